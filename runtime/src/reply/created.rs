//! `Created<T>`: something new, and where it is.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use portcullis_api_spec::Op;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::schema::{ObjectBuilder, SchemaFormat, Type};

use super::Reply;
use crate::problem::Problem;

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
        let Ok(location) = HeaderValue::try_from(self.location) else {
            tracing::error!("the location of a created thing is not a header value");
            return Problem::of_status(StatusCode::INTERNAL_SERVER_ERROR).into_response();
        };
        let mut response = self.reply.into_response();
        if response.status().is_success() {
            *response.status_mut() = StatusCode::CREATED;
            response.headers_mut().insert(header::LOCATION, location);
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
        let schema = ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::Custom("uri-reference".to_owned())))
            .max_length(Some(2048));
        let location = HeaderBuilder::new()
            .schema(Some(schema.build()))
            .description(Some("Path of what was created."));
        success.headers.insert("Location", location.build());
    }
}
