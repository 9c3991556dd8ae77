//! Protected resource metadata (RFC 9728): where a client gets a token for this API, and which scopes to ask for.
//!
//! Public, and deaf to `Authorization`: a client whose token has expired must be able to read where to get a new one.

use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{HeaderValue, header};
use serde_json::json;

use super::PATH;

const WELL_KNOWN: &str = "/.well-known/oauth-protected-resource";

/// How long clients may keep the document.
const CACHE_CONTROL: HeaderValue = HeaderValue::from_static("public, max-age=300");

/// What the document says.
pub(super) struct Resource<'a> {
    pub(super) name: &'a str,
    pub(super) url: String,
    pub(super) issuer: &'a str,
    /// Fully qualified, as a client must ask for them.
    pub(super) scopes: Vec<String>,
}

/// Builds both well-known routes; the second is where RFC 9728 section 3.1 looks for a resource with a path.
pub(super) fn router(resource: &Resource<'_>) -> Router {
    let document = json!({
        "resource": resource.url,
        "resource_name": resource.name,
        "authorization_servers": [resource.issuer],
        "scopes_supported": resource.scopes,
        "bearer_methods_supported": ["header"],
    });
    let body = document.to_string();
    let answer = move || async move { document_response(body) };
    Router::new()
        .route(WELL_KNOWN, get(answer.clone()))
        .route(&format!("{WELL_KNOWN}{PATH}"), get(answer))
}

fn document_response(body: String) -> Response {
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        ),
        (header::CACHE_CONTROL, CACHE_CONTROL),
    ];
    (headers, body).into_response()
}
