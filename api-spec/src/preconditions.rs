//! Conditions of a request: header fields that make it depend on what is stored (RFC 9110 section 13.1).

use utoipa::openapi::path::ParameterIn;

use crate::{EndpointDef, Method, Op};

/// Names the version that is shown.
const ETAG: &str = "ETag";
const IF_MATCH: &str = "If-Match";
pub(crate) const IF_NONE_MATCH: &str = "If-None-Match";

/// The fields that compare entity tags. The others compare dates of modification, and are to be ignored where there are none
/// (sections 13.1.3 and 13.1.4); no reply type gives one.
const PRECONDITIONS: [&str; 2] = [IF_MATCH, IF_NONE_MATCH];

/// Longest condition that is read, in bytes over all lines of its field: some thousand versions.
pub const MAX_CONDITION_BYTES: usize = 8 * 1024;

/// Entity tags and commas, as a client may send them. Empty elements are read, but not to be sent (section 5.6.1).
pub const ENTITY_TAGS_PATTERN: &str = r#"^(W/)?"[!#-~]*"( *, *(W/)?"[!#-~]*")*$"#;

/// The same, or `*` for whatever is stored.
pub const CONDITION_PATTERN: &str = r#"^(\*|(W/)?"[!#-~]*"( *, *(W/)?"[!#-~]*")*)$"#;

/// The conditions that none of an operation's arguments reads, by the names of their fields.
///
/// A change must not be made when its condition does not hold (sections 13.1.1 and 13.1.2), and whoever does not read the
/// condition does not know. What only reads changes nothing, so that there none is listed.
#[must_use]
pub fn unread_preconditions(endpoint: &EndpointDef, op: &Op) -> Vec<&'static str> {
    match endpoint.method {
        Method::Get => Vec::new(),
        Method::Post | Method::Put | Method::Patch | Method::Delete => PRECONDITIONS
            .into_iter()
            .filter(|field| !reads_header(op, field))
            .collect(),
    }
}

/// Says whether `If-None-Match` is compared with the `ETag` of an operation's answer, so that it can be 304 (section 15.4.5).
///
/// That is a 200 with an `ETag` to a `GET`. An argument that reads the field leaves the comparison to the handler.
#[must_use]
pub fn answers_not_modified(endpoint: &EndpointDef, op: &Op) -> bool {
    let Some(success) = &op.success else {
        return false;
    };
    let mut headers = success.headers.keys();
    endpoint.method == Method::Get
        && endpoint.status.unwrap_or(success.status) == 200
        && headers.any(|name| name.eq_ignore_ascii_case(ETAG))
        && !reads_header(op, IF_NONE_MATCH)
}

/// Says whether a header field is about the content of an answer (section 8), which a 304 does not have.
///
/// Section 15.4.5 wants none of them there. `Last-Modified` has nothing to add to an `ETag`.
#[must_use]
pub fn describes_content(field: &str) -> bool {
    const FIELDS: [&str; 7] = [
        "Content-Disposition",
        "Content-Encoding",
        "Content-Language",
        "Content-Length",
        "Content-Range",
        "Content-Type",
        "Last-Modified",
    ];
    FIELDS.iter().any(|name| field.eq_ignore_ascii_case(name))
}

fn reads_header(op: &Op, field: &str) -> bool {
    let mut headers = op
        .parameters
        .iter()
        .filter(|parameter| parameter.parameter_in == ParameterIn::Header);
    headers.any(|parameter| parameter.name.eq_ignore_ascii_case(field))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use utoipa::openapi::header::HeaderBuilder;
    use utoipa::openapi::path::{Parameter, ParameterBuilder};

    use super::*;
    use crate::{Success, compile_pattern};

    fn parameter(name: &str, place: ParameterIn) -> Parameter {
        ParameterBuilder::new()
            .name(name)
            .parameter_in(place)
            .build()
    }

    #[test]
    fn what_no_argument_of_a_change_reads_is_unread() {
        let in_header = |name| vec![parameter(name, ParameterIn::Header)];
        let both = &PRECONDITIONS[..];
        for (method, parameters, expected) in [
            (Method::Get, vec![], &[][..]),
            (Method::Delete, vec![], both),
            (Method::Post, vec![], both),
            (Method::Put, in_header("If-Match"), &["If-None-Match"]),
            (Method::Patch, in_header("if-none-match"), &["If-Match"]),
            (Method::Put, in_header("If-Matches"), both),
            (
                Method::Put,
                vec![parameter("If-Match", ParameterIn::Query)],
                both,
            ),
        ] {
            let endpoint = EndpointDef {
                method,
                ..EndpointDef::CLOSED
            };
            let op = Op {
                parameters,
                ..Op::default()
            };
            assert_eq!(
                unread_preconditions(&endpoint, &op),
                expected,
                "{method:?}: {op:?}"
            );
        }
    }

    #[test]
    fn a_200_with_an_etag_to_a_get_can_be_304_unless_the_handler_reads_the_condition() {
        struct Case {
            method: Method,
            annotated: Option<u16>,
            status: u16,
            header: Option<&'static str>,
            reads: Option<&'static str>,
        }
        const SHOWN: Case = Case {
            method: Method::Get,
            annotated: None,
            status: 200,
            header: Some(ETAG),
            reads: None,
        };
        #[rustfmt::skip]
        let rows = [
            ("a version is shown", SHOWN, true),
            ("in another spelling", Case { header: Some("etag"), ..SHOWN }, true),
            ("nothing is shown", Case { header: None, ..SHOWN }, false),
            ("something else is shown", Case { header: Some("Link"), ..SHOWN }, false),
            ("by a change", Case { method: Method::Put, ..SHOWN }, false),
            ("by a POST", Case { method: Method::Post, ..SHOWN }, false),
            ("of what is new", Case { status: 201, ..SHOWN }, false),
            ("as annotated", Case { annotated: Some(202), ..SHOWN }, false),
            ("as annotated, after all", Case { annotated: Some(200), status: 202, ..SHOWN }, true),
            ("the handler compares", Case { reads: Some("if-none-match"), ..SHOWN }, false),
            ("the handler compares otherwise", Case { reads: Some(IF_MATCH), ..SHOWN }, true),
        ];
        for (name, case, expected) in rows {
            let endpoint = EndpointDef {
                method: case.method,
                status: case.annotated,
                ..EndpointDef::CLOSED
            };
            let headers = case.header.map(|name| (name, HeaderBuilder::new().build()));
            let read = case.reads.map(|name| parameter(name, ParameterIn::Header));
            let op = Op {
                parameters: read.into_iter().collect(),
                success: Some(Success {
                    status: case.status,
                    description: String::new(),
                    content: None,
                    headers: BTreeMap::from_iter(headers),
                }),
                ..Op::default()
            };
            assert_eq!(answers_not_modified(&endpoint, &op), expected, "{name}");
        }
        assert!(!answers_not_modified(&EndpointDef::CLOSED, &Op::default()));
    }

    #[test]
    fn the_two_patterns_differ_in_the_asterisk_alone() {
        let tags = compile_pattern(ENTITY_TAGS_PATTERN).unwrap();
        let condition = compile_pattern(CONDITION_PATTERN).unwrap();
        for (line, is_tags, is_condition) in [
            (r#""3""#, true, true),
            (r#"W/"3" , "4""#, true, true),
            (r#""*""#, true, true),
            ("*", false, true),
            ("**", false, false),
            (r#"*, "3""#, false, false),
            (r#""3", *"#, false, false),
            ("3", false, false),
            ("", false, false),
        ] {
            assert_eq!(tags.is_match(line), is_tags, "{line}");
            assert_eq!(condition.is_match(line), is_condition, "{line}");
        }
    }

    #[test]
    fn what_a_cache_needs_of_an_answer_is_not_about_its_content() {
        for field in ["content-type", "Content-Length", "content-disposition"] {
            assert!(describes_content(field), "{field}");
        }
        for field in [
            "cache-control",
            "content-location",
            "content-security-policy",
            "date",
            "etag",
            "expires",
            "vary",
        ] {
            assert!(!describes_content(field), "{field}");
        }
    }
}
