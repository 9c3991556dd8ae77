//! `File<M>`: bytes of a media type that is known from the type.

mod disposition;

use std::fmt;
use std::marker::PhantomData;

use axum::body::Bytes;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use portcullis_api_spec::{Op, Success, is_text_media_type};
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{KnownFormat, SchemaFormat};

use super::{MediaType, Reply};
use crate::problem::Problem;

/// Largest content that the document promises, in bytes.
const MAX_CONTENT: usize = i32::MAX as usize;

/// Bytes to download, such as a `File<media::Csv>`, with status 200.
///
/// The answer is always an attachment (RFC 6266): what somebody has uploaded is never shown as a page of this origin. A
/// page can still use it, as the source of an image or through `fetch`.
///
/// A tool call passes text, pictures and sounds on; a tool on an operation that answers with any other bytes stops the start.
///
/// # Examples
/// ```
/// # mod api {
/// #     #[derive(Clone, Copy, portcullis::Roles)]
/// #     pub enum Role {}
/// #     #[derive(Clone, Copy, portcullis::Scopes)]
/// #     pub enum Scope {}
/// #     portcullis::api! { state = (), roles = Role, scopes = Scope }
/// # }
/// use portcullis::{File, endpoint, media};
///
/// /// Fetch all prices.
/// #[endpoint(get, "/prices.csv", signed_in)]
/// async fn export_prices() -> File<media::Csv> {
///     File::new("date,close\n2026-01-30,41.5\n").named("prices of January.csv")
/// }
/// # fn main() { let _ = portcullis::endpoints![export_prices]; }
/// ```
#[must_use = "bytes that are not sent reach nobody"]
pub struct File<M> {
    bytes: Bytes,
    name: Option<String>,
    media_type: PhantomData<fn() -> M>,
}

impl<M: MediaType> File<M> {
    /// Takes the bytes.
    pub fn new(bytes: impl Into<Bytes>) -> Self {
        const { M::IS_CHECKED };
        Self {
            bytes: bytes.into(),
            name: None,
            media_type: PhantomData,
        }
    }

    /// Proposes a name under which a browser saves it. Folders and control characters in it are left out.
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }
}

impl<M> fmt::Debug for File<M> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("File")
            .field("length", &self.bytes.len())
            .field("name", &self.name)
            .finish()
    }
}

impl<M: MediaType> IntoResponse for File<M> {
    fn into_response(self) -> Response {
        let content_type = match M::NAME.starts_with("text/") {
            true => format!("{}; charset=utf-8", M::NAME),
            false => M::NAME.to_owned(),
        };
        let disposition = disposition::attachment(self.name.as_deref());
        let (Ok(content_type), Ok(disposition)) = (
            HeaderValue::try_from(content_type),
            HeaderValue::try_from(disposition),
        ) else {
            tracing::error!(
                media_type = M::NAME,
                "a file cannot be described in headers"
            );
            return Problem::of_status(StatusCode::INTERNAL_SERVER_ERROR).into_response();
        };
        let headers = [
            (header::CONTENT_TYPE, content_type),
            (header::CONTENT_DISPOSITION, disposition),
        ];
        (headers, self.bytes).into_response()
    }
}

impl<M: MediaType> Reply for File<M> {
    fn describe(op: &mut Op) {
        let mut content = ObjectBuilder::new()
            .schema_type(Type::String)
            .content_media_type(M::NAME)
            .max_length(Some(MAX_CONTENT));
        content = match is_text_media_type(M::NAME) {
            true => content.format(Some(SchemaFormat::Custom("text".to_owned()))),
            false => content.format(Some(SchemaFormat::KnownFormat(KnownFormat::Binary))),
        };
        let disposition = ObjectBuilder::new()
            .schema_type(Type::String)
            .max_length(Some(disposition::MAX_LENGTH))
            .pattern(Some("^attachment"));
        let disposition = HeaderBuilder::new()
            .schema(Some(disposition.build()))
            .description(Some("That it is to be saved, and under which name."));
        op.success = Some(Success {
            status: 200,
            description: "Done; the content is the body.".to_owned(),
            content: Some((M::NAME, content.into())),
            headers: [("Content-Disposition", disposition.build())].into(),
        });
    }
}
