//! Numbers for what each endpoint of a list has for itself: what two of them share has the same number.
//!
//! The macro computes them of what an annotation says, the vocabulary crate of a definition made in another way. They only
//! find the endpoints that have to be compared; whether two can stand side by side is decided by what they say.
//!
//! Invariant: the same words have the same numbers, whoever asks.

use crate::Mount;

/// What is said about one endpoint that has to be its own.
#[derive(Debug, Clone, Copy)]
pub struct Named<'a> {
    /// Where the path begins.
    pub mount: Mount,
    /// The path template as written.
    pub path: &'a str,
    /// The function's name.
    pub operation_id: &'a str,
    /// The tool's name.
    pub tool: Option<&'a str>,
    /// The prompt's name.
    pub prompt: Option<&'a str>,
    /// The URI template of the resource.
    pub resource: Option<&'a str>,
}

/// The numbers of one endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fingerprints {
    /// Of path template, operation id, tool, prompt and resource, in this order; the templates whatever their parameters are
    /// called. 0 stands for what the endpoint does not have.
    pub kinds: [u64; Self::KINDS],
    /// Of the path template, with the names of its parameters.
    pub path: u64,
}

impl Fingerprints {
    /// How many things an endpoint has for itself.
    pub const KINDS: usize = 5;
    /// The path template among [`Self::kinds`].
    pub const TEMPLATE: usize = 0;

    /// Computes the numbers of one endpoint.
    #[must_use]
    pub const fn of(named: &Named<'_>) -> Self {
        let prefix = named.mount.prefix();
        Self {
            kinds: [
                nonzero(hash_template(hash_template(START, prefix), named.path)),
                of_name(Some(named.operation_id)),
                of_name(named.tool),
                of_name(named.prompt),
                match named.resource {
                    Some(uri) => nonzero(hash_template(START, uri)),
                    None => 0,
                },
            ],
            path: hash(hash(START, prefix), named.path),
        }
    }
}

const fn of_name(name: Option<&str>) -> u64 {
    match name {
        Some(name) => nonzero(hash(START, name)),
        None => 0,
    }
}

const fn nonzero(hash: u64) -> u64 {
    if hash == 0 { 1 } else { hash }
}

const START: u64 = 0xcbf2_9ce4_8422_2325;
const PRIME: u64 = 0x0000_0100_0000_01b3;

/// Continues a hash over a text: FNV-1a with 64 bits.
const fn hash(start: u64, text: &str) -> u64 {
    let mut hash = start;
    let mut rest = text.as_bytes();
    while let [byte, tail @ ..] = rest {
        hash = (hash ^ *byte as u64).wrapping_mul(PRIME);
        rest = tail;
    }
    hash
}

/// Continues a hash over a template, leaving out what its parameters are called.
const fn hash_template(start: u64, template: &str) -> u64 {
    let mut hash = start;
    let mut rest = template.as_bytes();
    while let [byte, tail @ ..] = rest {
        hash = (hash ^ *byte as u64).wrapping_mul(PRIME);
        rest = tail;
        if *byte == b'{' {
            while let [byte, tail @ ..] = rest
                && *byte != b'/'
            {
                rest = tail;
            }
        }
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: Named<'_> = Named {
        mount: Mount::Api,
        path: "/reports/{id}",
        operation_id: "get_report",
        tool: Some("get_report"),
        prompt: None,
        resource: Some("desk://reports/{id}"),
    };

    #[test]
    fn names_of_parameters_count_in_the_path_only() {
        let other = Named {
            path: "/reports/{report}",
            resource: Some("desk://reports/{report}"),
            ..BASE
        };
        let (base, other) = (Fingerprints::of(&BASE), Fingerprints::of(&other));
        assert_eq!(base.kinds, other.kinds);
        assert_ne!(base.path, other.path);
    }

    #[test]
    fn the_prefix_is_part_of_the_path() {
        let at_root = Named {
            mount: Mount::Root,
            path: "/api/v1/reports/{id}",
            ..BASE
        };
        assert_eq!(Fingerprints::of(&BASE), Fingerprints::of(&at_root));
    }

    #[test]
    fn what_is_not_there_has_no_number_and_everything_else_has_its_own() {
        let [template, id, tool, prompt, resource] = Fingerprints::of(&BASE).kinds;
        assert_eq!((id, prompt), (tool, 0));
        for number in [template, id, resource] {
            assert_ne!(number, 0);
        }
        let longer = Named {
            path: "/reports/{id}/pages",
            operation_id: "get_reports",
            ..BASE
        };
        let other = Fingerprints::of(&longer).kinds;
        assert!(other[0] != template && other[1] != id);
    }
}
