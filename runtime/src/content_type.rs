//! What a body says that it is: its media type, and whether it is coded.

use http::{HeaderMap, HeaderValue, header};

use crate::problem::Problem;

/// The media type of the body in lower case, without parameters; empty when there is none.
///
/// Several are none: who stands in front of the service may go by another one than it would, and on one line they are a list,
/// which is no media type (RFC 9110 sections 5.3 and 8.3).
pub(crate) fn media_type_of(headers: &HeaderMap) -> String {
    let mut values = headers.get_all(header::CONTENT_TYPE).iter();
    let value = match (values.next(), values.next()) {
        (Some(value), None) => value,
        (None | Some(_), _) => return String::new(),
    };
    let essence = value.to_str().unwrap_or_default().split(';').next();
    essence.unwrap_or_default().trim().to_ascii_lowercase()
}

/// Checks that a body is sent as it is. Nothing here decodes one, and what it decodes to was not judged by who stands in front.
///
/// # Errors
/// `unsupported`, which is 415, with what is accepted instead (RFC 9110 sections 8.4 and 12.5.3).
pub(crate) fn check_uncoded(
    headers: &HeaderMap,
    unsupported: impl FnOnce() -> Problem,
) -> Result<(), Problem> {
    let mut codings = headers.get_all(header::CONTENT_ENCODING).iter();
    let is_uncoded = codings.all(|coding| {
        coding
            .as_bytes()
            .trim_ascii()
            .eq_ignore_ascii_case(b"identity")
    });
    if is_uncoded {
        return Ok(());
    }
    let problem = unsupported()
        .with_detail("send the body as it is, without Content-Encoding")
        .with_header(
            header::ACCEPT_ENCODING,
            HeaderValue::from_static("identity"),
        );
    Err(problem)
}

#[cfg(test)]
mod tests {
    use http::StatusCode;

    use super::*;

    fn headers(name: http::HeaderName, values: &[&'static str]) -> HeaderMap {
        let values = values.iter().map(|value| HeaderValue::from_static(value));
        values.map(|value| (name.clone(), value)).collect()
    }

    #[test]
    fn a_body_has_one_media_type() {
        for (values, expected) in [
            (&["application/json"][..], "application/json"),
            (&["Application/JSON ; charset=utf-8"], "application/json"),
            (&[], ""),
            (&[""], ""),
            (&["text/plain", "application/json"], ""),
            (&["application/json", "application/json"], ""),
        ] {
            let headers = headers(header::CONTENT_TYPE, values);
            assert_eq!(media_type_of(&headers), expected, "{values:?}");
        }
    }

    #[test]
    fn a_coded_body_is_not_taken_for_what_it_decodes_to() {
        for (values, expected) in [
            (&[][..], true),
            (&["identity"], true),
            (&["Identity", "identity"], true),
            (&["gzip"], false),
            (&["identity", "br"], false),
            (&["identity, gzip"], false),
            (&[""], false),
        ] {
            let headers = headers(header::CONTENT_ENCODING, values);
            let unsupported = || Problem::of_status(StatusCode::UNSUPPORTED_MEDIA_TYPE);
            let checked = check_uncoded(&headers, unsupported);
            assert_eq!(checked.is_ok(), expected, "{values:?}");
        }
    }
}
