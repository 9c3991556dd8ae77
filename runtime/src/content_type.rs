//! What a body says that it is.

use http::{HeaderMap, header};

/// The media type of the body in lower case, without parameters; empty when there is none.
pub(crate) fn media_type_of(headers: &HeaderMap) -> String {
    let value = headers.get(header::CONTENT_TYPE);
    let text = value.and_then(|value| value.to_str().ok());
    let essence = text.unwrap_or_default().split(';').next();
    essence.unwrap_or_default().trim().to_ascii_lowercase()
}
