//! `Contents`: several pieces of content, mixed, for models.

use axum::response::{IntoResponse, Response};
use portcullis_api_spec::{JSON, Op, Success};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Content, Reply};

/// Text, pictures, sounds and resources in one answer, with status 200.
///
/// A tool passes each on as what it is, in order. Over REST it is JSON, spelled as the Model Context Protocol does:
/// `{"content": [..]}`. Answer with [`Json`](crate::Json) where there is structure, which models read too, and programs better.
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
/// use portcullis::{Content, Contents, endpoint, media};
///
/// /// Describe a chart, and show it.
/// #[endpoint(get, "/chart", signed_in, mcp)]
/// async fn describe_chart() -> Contents {
///     Contents::from_iter([
///         Content::text("Milk prices, by month:"),
///         Content::image::<media::Png>(&[0x89, b'P', b'N', b'G'][..]),
///     ])
/// }
/// # fn main() { let _ = portcullis::endpoints![describe_chart]; }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(description = "Pieces of content for a model, in order.")]
#[must_use = "content that is not sent reaches nobody"]
pub struct Contents {
    /// The pieces, in order.
    #[schema(max_items = 1000)]
    content: Vec<Content>,
}

impl FromIterator<Content> for Contents {
    fn from_iter<I: IntoIterator<Item = Content>>(pieces: I) -> Self {
        Self {
            content: pieces.into_iter().collect(),
        }
    }
}

impl IntoResponse for Contents {
    fn into_response(self) -> Response {
        axum::Json(self).into_response()
    }
}

impl Reply for Contents {
    fn describe(op: &mut Op) {
        let schema = op.schema_of::<Self>();
        op.answers_contents = true;
        op.success = Some(Success {
            status: 200,
            description: "Pieces of content for models.".to_owned(),
            content: Some((JSON, schema)),
            headers: Default::default(),
        });
    }
}
