//! The link to the next page (RFC 8288), made where the request's own URI is known.

use axum::response::Response;
use http::{HeaderValue, Uri, header};
use url::form_urlencoded;

/// Left on a response by a page that another follows.
#[derive(Debug, Clone)]
pub(super) struct NextCursor(pub(super) String);

/// Adds `Link: <..>; rel="next"` to a page: the same path and query with another cursor. A path, not a whole URL: clients
/// resolve it against the address they asked, whatever stands in front of this service.
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
    if let Ok(link) = HeaderValue::try_from(link) {
        response.headers_mut().insert(header::LINK, link);
    }
    response
}

#[cfg(test)]
mod tests {
    use axum::response::IntoResponse;

    use super::*;

    fn link(uri: &'static str, cursor: &str) -> String {
        let mut response = "page".into_response();
        let next = NextCursor(cursor.to_owned());
        response.extensions_mut().insert(next);
        let response = with_next_link(response, &Uri::from_static(uri));
        let link = response.headers()[header::LINK].to_str().unwrap();
        link.to_owned()
    }

    #[test]
    fn the_link_keeps_every_condition_and_replaces_the_cursor() {
        assert_eq!(link("/reports", "b"), "</reports?cursor=b>; rel=\"next\"");
        assert_eq!(
            link("/reports?cursor=a&search=x%3E%2C+y&limit=2", "b"),
            "</reports?search=x%3E%2C+y&limit=2&cursor=b>; rel=\"next\""
        );
    }

    #[test]
    fn a_response_that_is_no_page_gets_no_link() {
        let response = with_next_link("fine".into_response(), &Uri::from_static("/reports"));
        assert!(response.headers().get(header::LINK).is_none());
    }
}
