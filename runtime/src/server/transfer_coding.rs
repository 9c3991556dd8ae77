//! `Transfer-Encoding`: `chunked` once, or none (RFC 9112 section 6.1).
//!
//! The server cuts a body by its last coding and undoes no other: what is compressed below it would be taken for the body itself, and
//! whoever stands in front may have seen another one.

use http::{HeaderMap, HeaderValue, StatusCode, header};

use crate::Problem;

/// Checks that nothing but `chunked` stands around the body.
///
/// # Errors
/// 501 `not_implemented`, and the end of the connection: where the body ends may be a matter of opinion.
pub(super) fn check_transfer_coding(headers: &HeaderMap) -> Result<(), Problem> {
    let mut codings = headers.get_all(header::TRANSFER_ENCODING).iter();
    let is_understood = match (codings.next(), codings.next()) {
        (None, _) => true,
        (Some(coding), None) => coding.as_bytes().eq_ignore_ascii_case(b"chunked"),
        (Some(_), Some(_)) => false,
    };
    if is_understood {
        return Ok(());
    }
    Err(Problem::of_status(StatusCode::NOT_IMPLEMENTED)
        .with_detail("send the body as it is, with no Transfer-Encoding but chunked")
        .with_header(header::CONNECTION, HeaderValue::from_static("close")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_chunked_is_understood() {
        for (lines, expected) in [
            (&[][..], true),
            (&["chunked"], true),
            (&["Chunked"], true),
            (&["gzip, chunked"], false),
            (&["chunked, chunked"], false),
            (&["chunked", "chunked"], false),
            (&["gzip", "chunked"], false),
            (&["identity"], false),
            (&["chunked;a=b"], false),
            (&[""], false),
        ] {
            let values = lines.iter().map(|line| HeaderValue::from_static(line));
            let headers = values
                .map(|value| (header::TRANSFER_ENCODING, value))
                .collect();
            assert_eq!(
                check_transfer_coding(&headers).is_ok(),
                expected,
                "{lines:?}"
            );
        }
    }
}
