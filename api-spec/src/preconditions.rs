//! Conditions of a change: header fields that make it depend on what is stored (RFC 9110 section 13.1).

use utoipa::openapi::path::ParameterIn;

use crate::{EndpointDef, Method, Op};

/// The fields that compare entity tags. The others compare dates of modification, and are to be ignored where there are none
/// (sections 13.1.3 and 13.1.4); no reply type gives one.
const PRECONDITIONS: [&str; 2] = ["If-Match", "If-None-Match"];

/// The conditions that none of an operation's arguments reads, by the names of their fields.
///
/// A change must not be made when its condition does not hold (sections 13.1.1 and 13.1.2), and whoever does not read the
/// condition does not know. What only reads changes nothing, so that there none is listed.
#[must_use]
pub fn unread_preconditions(endpoint: &EndpointDef, op: &Op) -> Vec<&'static str> {
    let is_read = |field: &str| {
        let mut headers = op
            .parameters
            .iter()
            .filter(|parameter| parameter.parameter_in == ParameterIn::Header);
        headers.any(|parameter| parameter.name.eq_ignore_ascii_case(field))
    };
    match endpoint.method {
        Method::Get => Vec::new(),
        Method::Post | Method::Put | Method::Patch | Method::Delete => PRECONDITIONS
            .into_iter()
            .filter(|field| !is_read(field))
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use utoipa::openapi::path::ParameterBuilder;

    use super::*;

    #[test]
    fn what_no_argument_of_a_change_reads_is_unread() {
        let parameter = |name: &str, place| {
            ParameterBuilder::new()
                .name(name)
                .parameter_in(place)
                .build()
        };
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
}
