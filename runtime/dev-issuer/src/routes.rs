//! The routes of the tenant, as Entra has them, each below `/{tenant}`.
//!
//! Browsers may read what is public from anywhere; a token only pages served from this machine may read.

mod authorize;
mod discovery;
mod on_behalf_of;
mod register;
mod token;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use http::{HeaderName, Method, StatusCode, header};
use tower_http::cors::{AllowOrigin, Any, CorsLayer};

use crate::issuer::Tenant;
use crate::loopback;
use crate::oauth_error::OAuthError;

/// Far more than any token request needs.
const FORM_LIMIT_BYTES: usize = 64 * 1024;

pub(crate) fn build_router(tenant: Arc<Tenant>) -> Router {
    // Written out, not captured: a request for another tenant matches nothing.
    let tenant_id = tenant.settings.tenant_id;
    let public = Router::new()
        .route(
            &format!("/{tenant_id}/v2.0/.well-known/openid-configuration"),
            get(discovery::v2),
        )
        // RFC 8414 section 3.1 puts the well-known part before the issuer's path, OpenID Connect behind it, and clients
        // of MCP try one after the other.
        .route(
            &format!("/.well-known/oauth-authorization-server/{tenant_id}/v2.0"),
            get(discovery::v2),
        )
        .route(
            &format!("/.well-known/openid-configuration/{tenant_id}/v2.0"),
            get(discovery::v2),
        )
        .route(
            &format!("/{tenant_id}/v2.0/.well-known/oauth-authorization-server"),
            get(discovery::v2),
        )
        .route(
            &format!("/{tenant_id}/.well-known/openid-configuration"),
            get(discovery::v1),
        )
        .route(
            &format!("/{tenant_id}/discovery/v2.0/keys"),
            get(discovery::keys),
        )
        .route(
            &format!("/{tenant_id}/discovery/keys"),
            get(discovery::keys),
        )
        .layer(
            CorsLayer::new()
                .allow_origin(Any)
                .allow_methods([Method::GET])
                .allow_headers(Any),
        );
    let token = Router::new()
        .route(
            &format!("/{tenant_id}/oauth2/v2.0/token"),
            post(token::exchange),
        )
        .route(
            &format!("/{tenant_id}/oauth2/v2.0/register"),
            post(register::register),
        )
        .layer(DefaultBodyLimit::max(FORM_LIMIT_BYTES))
        .layer(build_token_cors());
    Router::new()
        .route(
            &format!("/{tenant_id}/oauth2/v2.0/authorize"),
            get(authorize::authorize),
        )
        .merge(public)
        .merge(token)
        .fallback(not_found)
        .layer(middleware::from_fn(loopback::refuse_foreign_hosts))
        .with_state(tenant)
}

/// Without this restriction any page the developer visits could redeem or ask for tokens of the local API.
fn build_token_cors() -> CorsLayer {
    let is_loopback =
        |origin: &http::HeaderValue, _: &http::request::Parts| loopback::is_loopback_origin(origin);
    CorsLayer::new()
        .allow_origin(AllowOrigin::predicate(is_loopback))
        .allow_methods([Method::POST])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            HeaderName::from_static("mcp-protocol-version"),
            HeaderName::from_static("x-requested-with"),
        ])
}

async fn not_found() -> impl IntoResponse {
    let sentence = "Tenant not found: the path names another tenant than this one, or a route it does not have.";
    OAuthError::new("invalid_tenant", 90_002, sentence).with_status(StatusCode::NOT_FOUND)
}
