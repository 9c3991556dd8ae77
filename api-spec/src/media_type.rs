//! Media types that bodies are read from and written in, and whether people and models can read the content.

/// JSON (RFC 8259).
pub const JSON: &str = "application/json";

/// Name-value pairs as HTML forms send them (WHATWG URL standard, section 5).
pub const FORM: &str = "application/x-www-form-urlencoded";

/// Forms with files (RFC 7578).
pub const MULTIPART: &str = "multipart/form-data";

/// A stream of server-sent events (WHATWG HTML standard, section 9.2).
pub const EVENT_STREAM: &str = "text/event-stream";

/// Says whether content of this media type is text, JSON included. Parameters such as `charset` do not matter.
#[must_use]
pub fn is_text_media_type(media_type: &str) -> bool {
    let essence = media_type.split(';').next().unwrap_or_default();
    let essence = essence.trim().to_ascii_lowercase();
    let is_structured = ["json", "xml", "yaml"].iter().any(|syntax| {
        let before = essence.strip_suffix(syntax).unwrap_or_default();
        before.ends_with('+') || before.ends_with('/')
    });
    essence.starts_with("text/") || is_structured
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_what_can_be_read() {
        for media_type in [
            "text/csv",
            "Text/Plain; charset=utf-8",
            "application/json",
            "application/problem+json",
            "image/svg+xml",
        ] {
            assert!(is_text_media_type(media_type), "{media_type}");
        }
        for media_type in [
            "application/pdf",
            "image/png",
            "application/octet-stream",
            "application/geojson",
            "",
        ] {
            assert!(!is_text_media_type(media_type), "{media_type}");
        }
    }
}
