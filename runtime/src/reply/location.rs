//! `Location` (RFC 9110 section 10.2.2) of replies that name a place.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use portcullis_api_spec::Success;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::schema::{ObjectBuilder, SchemaFormat, Type};

use crate::problem::Problem;

/// Says in the response where something is.
pub(super) fn set(mut response: Response, location: String) -> Response {
    let Ok(location) = HeaderValue::try_from(location) else {
        tracing::error!("the location in a reply is not a header value");
        return Problem::of_status(StatusCode::INTERNAL_SERVER_ERROR).into_response();
    };
    response.headers_mut().insert(header::LOCATION, location);
    response
}

/// Says in the document that the response says where something is.
pub(super) fn describe(success: &mut Success, description: &str) {
    let schema = ObjectBuilder::new()
        .schema_type(Type::String)
        .format(Some(SchemaFormat::Custom("uri-reference".to_owned())))
        .max_length(Some(2048));
    let location = HeaderBuilder::new()
        .schema(Some(schema.build()))
        .description(Some(description));
    success.headers.insert("Location", location.build());
}
