//! `Versioned<R>`: a reply with the version of what it shows (RFC 9110 section 8.8.3).

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};
use portcullis_api_spec::Op;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::schema::{ObjectBuilder, Type};

use super::Reply;

/// A version number of a stored thing: 0 or above, grows by one with each change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Version(pub i64);

impl Version {
    pub(super) fn to_etag(self) -> String {
        format!("\"{}\"", self.0)
    }

    /// Reads what stands between the quotes of a tag of ours, and no other spelling of its number: tags are equal
    /// character by character (RFC 9110 section 8.8.3.2). `None` for a tag that no version has.
    pub(super) fn parse_opaque(opaque: &[u8]) -> Option<Self> {
        let text = str::from_utf8(opaque).ok()?;
        let number: i64 = text.parse().ok()?;
        (number.to_string() == text).then_some(Self(number))
    }
}

/// A reply with the `ETag` of what it shows.
///
/// A `get` that answers 200 with it says 304 to whoever has kept this version (`If-None-Match`, RFC 9110 section 13.1.2). So
/// whatever changes what is shown makes another version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Versioned<R> {
    /// The version shown.
    pub version: Version,
    /// The reply itself.
    pub reply: R,
}

impl<R: IntoResponse> IntoResponse for Versioned<R> {
    fn into_response(self) -> Response {
        let mut response = self.reply.into_response();
        let etag = HeaderValue::try_from(self.version.to_etag());
        let etag = etag.expect("digits between quotes are a header value");
        response.headers_mut().insert(header::ETAG, etag);
        response
    }
}

impl<R: Reply> Reply for Versioned<R> {
    fn describe(op: &mut Op) {
        R::describe(op);
        let Some(success) = &mut op.success else {
            return;
        };
        let schema = ObjectBuilder::new()
            .schema_type(Type::String)
            .max_length(Some(64))
            .pattern(Some("^\"(0|[1-9][0-9]*)\"$"));
        let etag = HeaderBuilder::new()
            .schema(Some(schema))
            .description(Some("Version of the answer; send it back as `If-Match`."));
        success.headers.insert("ETag", etag.build());
    }
}
