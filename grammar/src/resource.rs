//! The grammar of the URI templates of resources.
//!
//! A template is `scheme://fixed/{parameter}/..`: a parameter is a whole segment, and the first segment is fixed, because
//! clients normalise what stands there as the name of a host.
//!
//! Invariant: a template that is accepted has exactly the parameters of the operation's path.

use crate::{Message, path, text};

const LONGEST_URI_BYTES: usize = 255;

/// Schemes that a client follows by itself, without our guard and without its token.
const FOREIGN_SCHEMES: &[&str] = &["http", "https", "file", "data"];

/// What is wrong with the URI template of an operation at `path`.
#[must_use]
pub const fn resource_fault(uri: &str, path: &str) -> Option<Message> {
    let scheme_end = text::find(uri, 0, b':');
    let scheme = text::slice(uri, 0, scheme_end);
    let after = text::slice(uri, scheme_end, uri.len());
    let Some(rest) = text::strip_prefix(after, "://") else {
        return Some(about(uri).text("write `scheme://name`, such as `desk://reports/{id}`"));
    };
    if !is_scheme(scheme) {
        let message = about(uri).text("scheme ").code(scheme);
        return Some(message.text(" is not `a-z`, then `a-z 0-9 + - .`"));
    }
    if text::contains(FOREIGN_SCHEMES, scheme) {
        let message = about(uri).text("clients follow ").code(scheme);
        return Some(
            message.text(" by themselves, past this service; choose a scheme of your own"),
        );
    }
    if uri.len() > LONGEST_URI_BYTES {
        return Some(about(uri).text("it must have at most 255 characters"));
    }
    if let Some(fault) = segments_fault(uri, rest) {
        return Some(fault);
    }
    parameters_fault(uri, rest, path)
}

/// How every sentence about a template begins.
const fn about(uri: &str) -> Message {
    Message::new("resource ").code(uri).text(": ")
}

const fn is_scheme(scheme: &str) -> bool {
    let [b'a'..=b'z', rest @ ..] = scheme.as_bytes() else {
        return false;
    };
    let mut rest = rest;
    while let [b'a'..=b'z' | b'0'..=b'9' | b'+' | b'-' | b'.', tail @ ..] = rest {
        rest = tail;
    }
    rest.is_empty()
}

/// What is wrong with the segments behind `://`.
const fn segments_fault(uri: &str, rest: &str) -> Option<Message> {
    if path::is_parameter(rest) {
        let message =
            about(uri).text("it begins with a parameter, where clients expect the name of a host");
        return Some(message.text("; begin with a fixed word, such as `desk://reports/{id}`"));
    }
    let mut left = rest.as_bytes();
    loop {
        let from = rest.len() - left.len();
        let Some(after) = path::skip_segment(left) else {
            let segment = text::slice(rest, from, text::find(rest, from, b'/'));
            let message = about(uri).text("segment ").code(segment);
            return Some(message.text(
                " is neither `{snake_case}` nor one or more of `A-Z a-z 0-9 - _ . ~`; a parameter takes a whole segment",
            ));
        };
        match after {
            [] => return None,
            [_, next @ ..] => left = next,
        }
    }
}

/// What is wrong with the parameters, beside those of the path.
const fn parameters_fault(uri: &str, rest: &str, path: &str) -> Option<Message> {
    if let Some(missing) = first_missing(rest, path) {
        let message = about(uri).code(missing).text(" is no parameter of path ");
        return Some(message.code(path).text("; both have the same ones"));
    }
    if let Some(missing) = first_missing(path, rest) {
        let message = about(uri)
            .text("path ")
            .code(path)
            .text(" has ")
            .code(missing);
        return Some(message.text(", which the URI must say too"));
    }
    if count_parameters(rest) != count_parameters(path) {
        return Some(about(uri).text("a parameter stands in it twice; write each once"));
    }
    None
}

/// The first parameter of `template` that `other` does not have.
const fn first_missing<'a>(template: &'a str, other: &str) -> Option<&'a str> {
    let mut from = 0;
    while from <= template.len() {
        let to = text::find(template, from, b'/');
        let segment = text::slice(template, from, to);
        if path::is_parameter(segment) && !has_segment(other, segment) {
            return Some(segment);
        }
        from = to + 1;
    }
    None
}

const fn has_segment(template: &str, wanted: &str) -> bool {
    let mut from = 0;
    while from <= template.len() {
        let to = text::find(template, from, b'/');
        if text::equal(text::slice(template, from, to), wanted) {
            return true;
        }
        from = to + 1;
    }
    false
}

const fn count_parameters(template: &str) -> usize {
    let mut count = 0;
    let mut rest = template.as_bytes();
    while let [byte, tail @ ..] = rest {
        if *byte == b'{' {
            count += 1;
        }
        rest = tail;
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(uri: &str, path: &str) -> String {
        resource_fault(uri, path).map_or_else(String::new, |fault| fault.as_str().to_owned())
    }

    #[test]
    fn templates_with_the_parameters_of_the_path_are_accepted() {
        for (uri, path) in [
            ("desk://reports/{id}", "/reports/{id}/markdown"),
            ("desk://conventions", "/conventions"),
            ("a+b-c.1://x/{page}/of/{id}", "/reports/{id}/pages/{page}"),
        ] {
            assert_eq!(said(uri, path), "", "{uri}");
        }
    }

    #[test]
    fn every_fault_is_named_with_its_mending() {
        let rows = [
            ("reports/{id}", "/{id}", "write `scheme://name`"),
            ("desk:reports", "/a", "write `scheme://name`"),
            ("", "/a", "write `scheme://name`"),
            ("Desk://reports", "/a", "scheme `Desk` is not"),
            ("://reports", "/a", "scheme `` is not"),
            (
                "https://reports",
                "/a",
                "clients follow `https` by themselves",
            ),
            (
                "file://reports",
                "/a",
                "clients follow `file` by themselves",
            ),
            ("desk://{id}", "/{id}", "begins with a parameter"),
            ("desk://", "/a", "segment `` is neither"),
            ("desk://reports/", "/a", "segment `` is neither"),
            ("desk://reports//x", "/a", "segment `` is neither"),
            ("desk://reports/..", "/a", "segment `..` is neither"),
            (
                "desk://reports?x=1",
                "/a",
                "segment `reports?x=1` is neither",
            ),
            (
                "desk://reports/a{id}",
                "/{id}",
                "segment `a{id}` is neither",
            ),
            ("desk://reports/{Id}", "/{id}", "segment `{Id}` is neither"),
            ("desk://reports/%41", "/a", "segment `%41` is neither"),
            (
                "desk://reports/{other}",
                "/{id}",
                "`{other}` is no parameter of path `/{id}`",
            ),
            (
                "desk://reports",
                "/{id}",
                "path `/{id}` has `{id}`, which the URI must say too",
            ),
            ("desk://reports/{id}/{id}", "/{id}", "stands in it twice"),
        ];
        for (uri, path, part) in rows {
            let said = said(uri, path);
            assert!(said.contains(part), "{uri}: {said:?} does not say {part:?}");
            assert!(said.starts_with(&format!("resource `{uri}`: ")), "{said}");
        }
        let long = format!("desk://{}", "a".repeat(LONGEST_URI_BYTES));
        assert!(said(&long, "/a").contains("at most 255"));
    }
}
