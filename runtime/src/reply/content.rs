//! Content that models read: text, pictures, sounds and resources, spelled as the Model Context Protocol does.

use axum::body::Bytes;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use portcullis_api_spec::is_text_media_type;
use serde::Serialize;
use utoipa::ToSchema;

use super::MediaType;

/// One piece of content for a model.
///
/// Text that somebody else wrote, such as a report, is best embedded as a [`Content::resource`]: a model can then tell what
/// it is to read from what it is asked to do.
///
/// # Examples
/// ```
/// use portcullis::{Content, media};
///
/// let text = Content::text("Review the report.");
/// let report = Content::resource::<media::Markdown>("desk://reports/7", "# Milk prices turn");
/// let picture = Content::image::<media::Png>(&[0x89, b'P', b'N', b'G'][..]);
/// assert_eq!(Content::from("Review the report."), text);
/// # let _ = (report, picture);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(transparent)]
#[schema(
    description = "One piece of content for a model: text, a picture, a sound, or a resource."
)]
pub struct Content(ContentBlock);

/// One piece of content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
enum ContentBlock {
    /// Text.
    Text(TextContent),
    /// A picture.
    Image(BytesContent),
    /// A sound.
    Audio(BytesContent),
    /// A resource with its content.
    Resource(EmbeddedContent),
    /// Where a resource can be read.
    ResourceLink(LinkContent),
}

/// Text for a model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
struct TextContent {
    /// The text.
    #[schema(format = "text", max_length = 2_147_483_647)]
    text: String,
}

/// A picture or a sound.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct BytesContent {
    /// The bytes, in base64.
    #[schema(format = Byte, max_length = 2_147_483_647)]
    data: String,
    /// Their media type.
    #[schema(pattern = "^[a-z0-9.+_-]+/[a-z0-9.+_-]+$", max_length = 255)]
    mime_type: String,
}

/// A resource with its content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
struct EmbeddedContent {
    /// The resource.
    resource: EmbeddedResource,
}

/// What a resource is, and its content: text, or bytes in base64.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct EmbeddedResource {
    /// The URI that it is read by.
    #[schema(format = "uri", max_length = 2048)]
    uri: String,
    /// The media type of the content.
    #[schema(pattern = "^[a-z0-9.+_-]+/[a-z0-9.+_-]+$", max_length = 255)]
    mime_type: String,
    /// The content, where it is text.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = "text", max_length = 2_147_483_647)]
    text: Option<String>,
    /// The content in base64, where it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = Byte, max_length = 2_147_483_647)]
    blob: Option<String>,
}

/// Where a resource can be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
struct LinkContent {
    /// The URI that it is read by.
    #[schema(format = "uri", max_length = 2048)]
    uri: String,
    /// What it is called.
    #[schema(format = "text", max_length = 255)]
    name: String,
}

impl Content {
    /// Text.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self(ContentBlock::Text(TextContent { text: text.into() }))
    }

    /// A picture of media type `M`, such as `Content::image::<media::Png>(bytes)`.
    #[must_use]
    pub fn image<M: MediaType>(bytes: impl AsRef<[u8]>) -> Self {
        Self(ContentBlock::Image(BytesContent::of::<M>(bytes.as_ref())))
    }

    /// A sound of media type `M`.
    #[must_use]
    pub fn audio<M: MediaType>(bytes: impl AsRef<[u8]>) -> Self {
        Self(ContentBlock::Audio(BytesContent::of::<M>(bytes.as_ref())))
    }

    /// A resource of media type `M` with its content. Bytes of a text media type that are no UTF-8 go in base64.
    ///
    /// # Security
    /// Nothing checks that the caller could read this URI: embed what the handler has found for this caller.
    #[must_use]
    pub fn resource<M: MediaType>(uri: impl Into<String>, content: impl Into<Bytes>) -> Self {
        const { M::IS_CHECKED };
        let bytes: Bytes = content.into();
        let text = std::str::from_utf8(&bytes).ok();
        let text = text.filter(|_| is_text_media_type(M::NAME));
        let (text, blob) = match text {
            Some(text) => (Some(text.to_owned()), None),
            None => (None, Some(STANDARD.encode(&bytes))),
        };
        Self(ContentBlock::Resource(EmbeddedContent {
            resource: EmbeddedResource {
                uri: uri.into(),
                mime_type: M::NAME.to_owned(),
                text,
                blob,
            },
        }))
    }

    /// Where a resource can be read, and what it is called. The client reads it as its user, if it wants to.
    #[must_use]
    pub fn resource_link(uri: impl Into<String>, name: impl Into<String>) -> Self {
        Self(ContentBlock::ResourceLink(LinkContent {
            uri: uri.into(),
            name: name.into(),
        }))
    }
}

impl BytesContent {
    fn of<M: MediaType>(bytes: &[u8]) -> Self {
        const { M::IS_CHECKED };
        Self {
            data: STANDARD.encode(bytes),
            mime_type: M::NAME.to_owned(),
        }
    }
}

impl From<&str> for Content {
    fn from(text: &str) -> Self {
        Self::text(text)
    }
}

impl From<String> for Content {
    fn from(text: String) -> Self {
        Self::text(text)
    }
}

#[cfg(test)]
mod tests {
    use rmcp::model::ContentBlock as Block;
    use serde_json::{Value, json};

    use super::*;
    use crate::media;

    #[test]
    fn content_is_spelled_as_the_protocol_does() {
        let rows = [
            (Content::text("a"), json!({"type": "text", "text": "a"})),
            (
                Content::image::<media::Png>(b"\x89"),
                json!({"type": "image", "data": "iQ==", "mimeType": "image/png"}),
            ),
            (
                Content::resource::<media::Markdown>("desk://a", "# A"),
                json!({"type": "resource", "resource": {"uri": "desk://a", "mimeType": "text/markdown", "text": "# A"}}),
            ),
            (
                Content::resource::<media::Markdown>("desk://a", &b"\xff"[..]),
                json!({"type": "resource", "resource": {"uri": "desk://a", "mimeType": "text/markdown", "blob": "/w=="}}),
            ),
            (
                Content::resource::<media::Pdf>("desk://a", "%PDF"),
                json!({"type": "resource", "resource": {"uri": "desk://a", "mimeType": "application/pdf", "blob": "JVBERg=="}}),
            ),
            (
                Content::resource_link("desk://a", "A"),
                json!({"type": "resource_link", "uri": "desk://a", "name": "A"}),
            ),
        ];
        for (content, expected) in rows {
            let written = serde_json::to_value(&content).unwrap();
            assert_eq!(written, expected);
            // And the protocol's own reader has it back whole.
            let read: Block = serde_json::from_value(written).unwrap();
            assert_eq!(serde_json::to_value(read).unwrap(), expected);
        }
    }

    #[test]
    fn the_document_describes_what_is_written() {
        let audio = Content::audio::<media::OctetStream>(b"x");
        for content in [
            Content::text("a"),
            Content::resource_link("desk://a", "A"),
            audio,
        ] {
            let written: Value = serde_json::to_value(&content).unwrap();
            let faults = portcullis_api_spec::check_against::<Content>(&written);
            assert!(faults.is_empty(), "{written}: {faults:?}");
        }
    }
}
