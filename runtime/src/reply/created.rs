//! `Created<T>`: something new, and where it is.

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use portcullis_api_spec::Op;

use super::{Reply, location};

/// 201 with `Location` (RFC 9110 section 15.3.2) around another reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Created<R> {
    location: String,
    reply: R,
}

impl<R> Created<R> {
    /// Says where the new thing is: a path such as `/api/v1/reports/42`.
    #[must_use]
    pub fn at(location: impl Into<String>, reply: R) -> Self {
        Self {
            location: location.into(),
            reply,
        }
    }
}

impl<R: IntoResponse> IntoResponse for Created<R> {
    fn into_response(self) -> Response {
        let mut response = self.reply.into_response();
        if response.status().is_success() {
            *response.status_mut() = StatusCode::CREATED;
            response = location::set(response, self.location);
        }
        response
    }
}

impl<R: Reply> Reply for Created<R> {
    fn describe(op: &mut Op) {
        R::describe(op);
        let Some(success) = &mut op.success else {
            return;
        };
        success.status = 201;
        success.description = "Created; `Location` says where.".to_owned();
        location::describe(success, "Path of what was created.");
    }
}
