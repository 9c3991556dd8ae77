//! The metadata of the tenant and its signing keys: what a token validator reads.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use crate::issuer::Tenant;

/// The cloud a key belongs to; Entra says it in the metadata and in the key document, and a validator compares.
const CLOUD_INSTANCE_NAME: &str = "microsoftonline.com";

pub(super) async fn v2(State(tenant): State<Arc<Tenant>>) -> Json<Value> {
    Json(render_metadata(&tenant, &tenant.issuer))
}

/// The v1 metadata differ by their issuer, which here as in Entra is not derived from the v2 one's.
pub(super) async fn v1(State(tenant): State<Arc<Tenant>>) -> Json<Value> {
    let issuer = format!("{}/{}/", tenant.authority, tenant.settings.tenant_id);
    Json(render_metadata(&tenant, &issuer))
}

pub(super) async fn keys(State(tenant): State<Arc<Tenant>>) -> Json<Value> {
    let mut key = tenant.signing_key().render_jwk(&tenant.issuer);
    key["cloud_instance_name"] = json!(CLOUD_INSTANCE_NAME);
    Json(json!({ "keys": [key] }))
}

fn render_metadata(tenant: &Tenant, issuer: &str) -> Value {
    let base = format!("{}/{}", tenant.authority, tenant.settings.tenant_id);
    let mut metadata = json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{base}/oauth2/v2.0/authorize"),
        "token_endpoint": format!("{base}/oauth2/v2.0/token"),
        "jwks_uri": format!("{base}/discovery/v2.0/keys"),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query", "fragment"],
        "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
        // Entra leaves this out; clients that follow RFC 8414 and MCP look for it.
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["none", "client_secret_post", "client_secret_basic"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        "tenant_region_scope": null,
        "cloud_instance_name": CLOUD_INSTANCE_NAME,
    });
    // Entra has no registration either way; clients that are in no tenant yet need it (RFC 7591).
    if tenant.settings.native_client.is_some() {
        metadata["registration_endpoint"] = json!(format!("{base}/oauth2/v2.0/register"));
    }
    metadata
}
