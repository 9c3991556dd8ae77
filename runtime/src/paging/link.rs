//! The link to the next page (RFC 8288), made where the request's own URI is known.

use axum::response::Response;
use http::{HeaderValue, Uri, header};
use url::form_urlencoded;

/// Longest `Link` that is sent, in bytes, as the document promises.
pub(super) const MAX_LINK_LENGTH: usize = 8192;

/// Left on a response by a page that another follows.
#[derive(Debug, Clone)]
pub(super) struct NextCursor(pub(super) String);

/// Adds `Link: <..>; rel="next"` to a page: the same path and query with another cursor. A path, not a whole URL: clients
/// resolve it against the address they asked, whatever stands in front of this service. Left out when the query has made it
/// too long: `next_cursor` in the body says the same.
pub(crate) fn with_next_link(mut response: Response, uri: &Uri) -> Response {
    let Some(NextCursor(cursor)) = response.extensions_mut().remove() else {
        return response;
    };
    let query = uri.query().unwrap_or_default();
    let kept = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name != "cursor");
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(kept)
        .append_pair("cursor", &cursor)
        .finish();
    let link = format!("<{}?{query}>; rel=\"next\"", uri.path());
    if link.len() <= MAX_LINK_LENGTH
        && let Ok(link) = HeaderValue::try_from(link)
    {
        response.headers_mut().insert(header::LINK, link);
    }
    response
}

#[cfg(test)]
mod tests {
    use axum::response::IntoResponse;

    use super::*;

    fn link(uri: &str, cursor: &str) -> Option<String> {
        let mut response = "page".into_response();
        let next = NextCursor(cursor.to_owned());
        response.extensions_mut().insert(next);
        let response = with_next_link(response, &uri.parse().unwrap());
        let link = response.headers().get(header::LINK)?;
        Some(link.to_str().unwrap().to_owned())
    }

    #[test]
    fn the_link_keeps_every_condition_and_replaces_the_cursor() {
        for (uri, expected) in [
            ("/reports", "</reports?cursor=b>; rel=\"next\""),
            (
                "/reports?cursor=a&search=x%3E%2C+y&limit=2",
                "</reports?search=x%3E%2C+y&limit=2&cursor=b>; rel=\"next\"",
            ),
        ] {
            assert_eq!(link(uri, "b").as_deref(), Some(expected));
        }
    }

    #[test]
    fn a_link_longer_than_the_document_says_is_left_out() {
        let shortest = link("/reports?x=", "b").unwrap().len();
        let filled = |length: usize| link(&format!("/reports?x={}", "a".repeat(length)), "b");
        let longest = filled(MAX_LINK_LENGTH - shortest).unwrap();
        assert_eq!(longest.len(), MAX_LINK_LENGTH);
        assert!(filled(MAX_LINK_LENGTH - shortest + 1).is_none());
    }

    #[test]
    fn a_response_that_is_no_page_gets_no_link() {
        let response = with_next_link("fine".into_response(), &Uri::from_static("/reports"));
        assert!(response.headers().get(header::LINK).is_none());
    }
}
