//! `NoContent`: done, and nothing to say.

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use portcullis_api_spec::{Op, Success};

use super::Reply;

/// 204: done, without a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoContent;

impl IntoResponse for NoContent {
    fn into_response(self) -> Response {
        StatusCode::NO_CONTENT.into_response()
    }
}

impl Reply for NoContent {
    fn describe(op: &mut Op) {
        op.success = Some(Success {
            status: 204,
            description: "Done; there is no body.".to_owned(),
            content: None,
            headers: Default::default(),
        });
    }
}
