//! When an answer is 304, and what it says then.

use axum::response::IntoResponse;
use http::HeaderValue;
use portcullis_api_spec::{CONDITION_PATTERN, MAX_CONDITION_BYTES, compile_pattern};

use super::*;

fn read(lines: &[&str]) -> Result<Option<IfNoneMatch>, u16> {
    let mut headers = HeaderMap::new();
    for line in lines {
        let value = HeaderValue::from_bytes(line.as_bytes()).unwrap();
        headers.append(header::IF_NONE_MATCH, value);
    }
    IfNoneMatch::read(&headers).map_err(|problem| problem.status().as_u16())
}

/// Sends the lines, and says what becomes of a 200 with this tag.
fn status_of(lines: &[&str], etag: &'static str) -> u16 {
    match read(lines) {
        Ok(None) => 200,
        Ok(Some(kept)) => kept
            .settle(([(header::ETAG, etag)], "shown").into_response())
            .status()
            .as_u16(),
        Err(status) => status,
    }
}

#[test]
fn a_condition_is_what_the_standard_makes_of_it() {
    let overlong = format!("\"3\"{}", ",".repeat(MAX_CONDITION_BYTES));
    let rows: &[(&str, &[&str], u16)] = &[
        ("missing", &[], 200),
        ("what is shown", &[r#""3""#], 304),
        ("something else", &[r#""2""#], 200),
        ("one of a list", &[r#""2", "3""#], 304),
        ("none of a list", &[r#""2", "4""#], 200),
        ("one of several lines", &[r#""2""#, r#""1", "3""#], 304),
        ("none of several lines", &[r#""2""#, r#""4""#], 200),
        ("weak", &[r#"W/"3""#], 304),
        ("weak, of something else", &[r#"W/"2""#], 200),
        ("weak, in a list", &[r#""2", W/"3""#], 304),
        ("empty elements around it", &[r#", "3",,"#, ""], 304),
        ("any", &["*"], 304),
        ("any, between blanks", &[" * "], 304),
        ("an asterisk between quotes", &[r#""*""#], 200),
        ("no tag of ours", &[r#""abc""#], 200),
        ("padded", &[r#""03""#], 200),
        ("two numbers in one tag", &[r#""2,3""#], 200),
        ("any, in a list", &[r#"*, "3""#], 422),
        ("any, and a line more", &["*", r#""3""#], 422),
        ("an empty list", &[""], 422),
        ("nothing but commas", &[" ,", ","], 422),
        ("without quotes", &["3"], 422),
        ("a broken line after a good one", &[r#""3""#, "3"], 422),
        ("longer than what is read", &[&overlong], 422),
    ];
    for (name, lines, status) in rows {
        assert_eq!(status_of(lines, r#""3""#), *status, "{name}: {lines:?}");
    }
}

#[test]
fn tags_of_an_applications_own_are_compared_weakly_too() {
    for (sent, answered, status) in [
        (r#""abc""#, r#"W/"abc""#, 304),
        (r#"W/"abc""#, r#"W/"abc""#, 304),
        (r#""abd""#, r#"W/"abc""#, 200),
        (r#""abc""#, "abc", 200),
        ("*", r#"W/"abc""#, 304),
    ] {
        assert_eq!(status_of(&[sent], answered), status, "{sent} {answered}");
    }
}

#[test]
fn what_the_document_allows_is_never_malformed() {
    let pattern = compile_pattern(CONDITION_PATTERN).unwrap();
    for (line, is_allowed) in [
        (r#""3""#, true),
        (r#""1","2" , W/"!~,", """#, true),
        ("*", true),
        ("3", false),
        ("", false),
        (r#""1" "2""#, false),
        (r#"w/"1""#, false),
    ] {
        assert_eq!(pattern.is_match(line), is_allowed, "{line}");
        assert_eq!(read(&[line]).is_ok(), is_allowed, "{line}");
    }
}

#[test]
fn nothing_but_a_200_with_a_tag_becomes_a_304() {
    let etag = [("etag", r#""3""#)];
    for status in [201, 202, 204, 206, 302, 403, 404, 409, 412, 500] {
        let status = StatusCode::from_u16(status).unwrap();
        let answer = IfNoneMatch::Any.settle((status, etag, "shown").into_response());
        assert_eq!(answer.status(), status);
    }
    let answer = IfNoneMatch::Any.settle("shown".into_response());
    assert_eq!(answer.status(), 200, "nothing says what it is of");
}

#[test]
fn a_304_has_the_headers_that_a_cache_needs_and_none_of_the_content() {
    let headers = [
        ("etag", r#""3""#),
        ("cache-control", "private, no-cache"),
        ("content-location", "/notes/3"),
        ("expires", "0"),
        ("link", "</notes/4>; rel=\"next\""),
        ("vary", "accept"),
    ];
    let of_content = [
        ("content-disposition", "attachment"),
        ("content-encoding", "identity"),
        ("content-language", "en"),
        ("content-length", "5"),
        ("content-range", "bytes 0-4/5"),
        ("last-modified", "Mon, 30 Nov 2026 06:00:00 GMT"),
    ];
    // `text/plain` comes with the body.
    let shown = (of_content, headers, "shown").into_response();
    let answer = IfNoneMatch::Any.settle(shown);
    assert_eq!(answer.status(), 304);
    let said = answer.headers().iter();
    let mut said: Vec<_> = said
        .map(|(name, value)| (name.as_str(), value.to_str().unwrap()))
        .collect();
    said.sort_unstable();
    let mut expected = headers.to_vec();
    expected.sort_unstable();
    assert_eq!(said, expected);
    let body = http_body::Body::size_hint(answer.body());
    assert_eq!(body.exact(), None, "axum would write it down");
    assert!(http_body::Body::is_end_stream(answer.body()));
}
