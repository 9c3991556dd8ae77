//! What a client is told when a request fails: OAuth's error code with an AADSTS number, shaped like Entra's.
//!
//! The numbers are Entra's own, so that what a developer meets here finds its explanation in Entra's documentation.

use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, StatusCode, header};
use serde_json::json;

use crate::random;

/// One failed OAuth request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OAuthError {
    pub(crate) status: StatusCode,
    /// The `error` member (RFC 6749 4.1.2.1 and 5.2).
    pub(crate) error: &'static str,
    /// Entra's number.
    pub(crate) number: u32,
    /// A sentence for the developer. May repeat what the client sent: escape it wherever it is shown.
    pub(crate) sentence: String,
    /// Entra's finer code, where it has one.
    suberror: Option<&'static str>,
    /// What a new sign-in must ask for (a claims challenge).
    claims: Option<String>,
}

impl OAuthError {
    pub(crate) fn new(error: &'static str, number: u32, sentence: impl Into<String>) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            error,
            number,
            sentence: sentence.into(),
            suberror: None,
            claims: None,
        }
    }

    pub(crate) fn with_status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }

    pub(crate) fn with_suberror(self, suberror: &'static str) -> Self {
        Self {
            suberror: Some(suberror),
            ..self
        }
    }

    pub(crate) fn with_claims(self, claims: String) -> Self {
        Self {
            claims: Some(claims),
            ..self
        }
    }

    pub(crate) fn missing_parameter(name: &str) -> Self {
        let sentence = format!("The request must contain the following parameter: '{name}'.");
        Self::new("invalid_request", 900_144, sentence)
    }

    pub(crate) fn unknown_client(client_id: &str) -> Self {
        let sentence =
            format!("Application with identifier '{client_id}' was not found in the directory.");
        Self::new("unauthorized_client", 700_016, sentence)
    }

    /// The `error_description` member.
    pub(crate) fn description(&self) -> String {
        format!("AADSTS{}: {}", self.number, self.sentence)
    }
}

impl IntoResponse for OAuthError {
    fn into_response(self) -> Response {
        let mut body = json!({
            "error": self.error,
            "error_description": self.description(),
            "error_codes": [self.number],
            "trace_id": random::draw_text::<12>(),
        });
        if let Some(suberror) = self.suberror {
            body["suberror"] = json!(suberror);
        }
        if let Some(claims) = self.claims {
            body["claims"] = json!(claims);
        }
        (self.status, NO_STORE, axum::Json(body)).into_response()
    }
}

/// Headers of every answer that may hold a code or a token (RFC 6749 5.1).
pub(crate) const NO_STORE: [(HeaderName, HeaderValue); 2] = [
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (header::PRAGMA, HeaderValue::from_static("no-cache")),
];
