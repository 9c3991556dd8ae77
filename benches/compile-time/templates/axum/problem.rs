//! What an error answers.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

/// An error answer (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem {
    /// The status, repeated.
    pub status: u16,
    /// What clients branch on.
    pub code: &'static str,
    /// A short sentence.
    pub title: &'static str,
}

/// Makes the answer of a problem.
pub fn answer(status: StatusCode, code: &'static str, title: &'static str) -> Response {
    let problem = Problem {
        status: status.as_u16(),
        code,
        title,
    };
    let mut response = (status, Json(problem)).into_response();
    let media_type = HeaderValue::from_static("application/problem+json");
    response.headers_mut().insert(header::CONTENT_TYPE, media_type);
    response
}
