//! Registration of clients that are in no tenant (RFC 7591): what a client of MCP does when it knows no client id.
//!
//! Everyone is given the id of the tenant's one native client, as is done before Entra, which has no registration. Nothing
//! is stored: a client that remembers its id can go on after a restart. Invariant: codes go to this machine only.

use std::sync::Arc;

use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::issuer::Tenant;
use crate::loopback;
use crate::oauth_error::{NO_STORE, OAuthError};

/// Entra's number for a request that is malformed in some other way.
const MALFORMED: u32 = 900_561;

/// What a client says of itself. What it says beside is not looked at (RFC 7591 section 2).
#[derive(Debug, Deserialize)]
pub(super) struct ClientMetadata {
    #[serde(default)]
    redirect_uris: Vec<String>,
    grant_types: Option<Vec<String>>,
    client_name: Option<String>,
}

pub(super) async fn register(
    State(tenant): State<Arc<Tenant>>,
    metadata: Result<axum::Json<ClientMetadata>, JsonRejection>,
) -> Response {
    let answer = match metadata {
        Ok(axum::Json(metadata)) => render_client(&tenant, &metadata),
        Err(_) => Err(OAuthError::new(
            "invalid_client_metadata",
            MALFORMED,
            "The body must be client metadata as JSON, of type 'application/json', and short.",
        )),
    };
    match answer {
        Ok(client) => (StatusCode::CREATED, NO_STORE, axum::Json(client)).into_response(),
        Err(error) => error.into_response(),
    }
}

/// The client as it is registered, with whatever of its wishes is granted (RFC 7591 section 3.2.1).
fn render_client(tenant: &Tenant, metadata: &ClientMetadata) -> Result<Value, OAuthError> {
    let Some(client_id) = tenant.settings.native_client else {
        let sentence = "This tenant registers no clients.";
        let error = OAuthError::new("access_denied", 90_002, sentence);
        return Err(error.with_status(StatusCode::NOT_FOUND));
    };
    let asked = metadata.redirect_uris.iter();
    let granted: Vec<&String> = asked.filter(|uri| loopback::is_redirect_uri(uri)).collect();
    if granted.is_empty() {
        let sentence = "None of the redirect_uris is an http address of this machine: codes of this issuer go nowhere else.";
        return Err(OAuthError::new("invalid_redirect_uri", 50_011, sentence));
    }
    if let Some(grant_types) = &metadata.grant_types
        && !grant_types
            .iter()
            .any(|grant_type| grant_type == "authorization_code")
    {
        let sentence = "A client that registers signs users in: its grant_types must have 'authorization_code'.";
        return Err(OAuthError::new(
            "invalid_client_metadata",
            MALFORMED,
            sentence,
        ));
    }
    let mut client = json!({
        "client_id": client_id,
        "redirect_uris": granted,
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "token_endpoint_auth_method": "none",
    });
    if let Some(client_name) = &metadata.client_name {
        client["client_name"] = json!(client_name);
    }
    Ok(client)
}
