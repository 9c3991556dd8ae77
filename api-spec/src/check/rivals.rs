//! Which endpoints of a list cannot stand side by side, found without comparing each with each.
//!
//! rustc interprets this code whenever an application is compiled, and a list of 500 endpoints has 125 000 pairs. So
//! endpoints are put into buckets by what must be their own, and only those that share it are compared.
//!
//! Invariant: two endpoints that [`among::clash_fault`] refuses share a fingerprint of some [`Kind`].

use super::{among, text};
use crate::{EndpointDef, Mount};

/// What each endpoint of a list has for itself.
#[derive(Clone, Copy)]
enum Kind {
    /// The path template, whatever its parameters are called.
    Template,
    OperationId,
    ToolName,
    PromptName,
    /// The URI template, whatever its parameters are called.
    Resource,
}

/// For each endpoint the first one before it that it clashes with; its own index where there is none.
pub(super) const fn find_rivals<const N: usize>(endpoints: &[&EndpointDef; N]) -> [usize; N] {
    let mut rivals = [0; N];
    let mut index = 0;
    while index < N {
        rivals[index] = index;
        index += 1;
    }
    note_rivals(endpoints, Kind::Template, &mut rivals);
    note_rivals(endpoints, Kind::OperationId, &mut rivals);
    note_rivals(endpoints, Kind::ToolName, &mut rivals);
    note_rivals(endpoints, Kind::PromptName, &mut rivals);
    note_rivals(endpoints, Kind::Resource, &mut rivals);
    rivals
}

const fn note_rivals<const N: usize>(
    endpoints: &[&EndpointDef; N],
    kind: Kind,
    rivals: &mut [usize; N],
) {
    // An index of N stands for none.
    let mut newest_in_bucket = [N; N];
    let mut before_in_bucket = [N; N];
    let mut fingerprints = [0; N];
    let mut index = 0;
    while index < N {
        let Some(fingerprint) = fingerprint(endpoints[index], kind) else {
            index += 1;
            continue;
        };
        let bucket = fingerprint as usize % N;
        let mut earlier = newest_in_bucket[bucket];
        while earlier < N {
            if fingerprints[earlier] == fingerprint
                && earlier < rivals[index]
                && may_clash(endpoints[earlier], endpoints[index], kind)
                && among::clash_fault(endpoints[earlier], endpoints[index]).is_some()
            {
                rivals[index] = earlier;
            }
            earlier = before_in_bucket[earlier];
        }
        before_in_bucket[index] = newest_in_bucket[bucket];
        newest_in_bucket[bucket] = index;
        fingerprints[index] = fingerprint;
        index += 1;
    }
}

/// Says whether two endpoints of one fingerprint have to be compared as a whole.
///
/// Methods of one path need not: most of what shares a fingerprint. What else they may share, they share of another kind.
const fn may_clash(first: &EndpointDef, second: &EndpointDef, kind: Kind) -> bool {
    match kind {
        Kind::Template => {
            first.method as u8 == second.method as u8
                || first.mount as u8 != second.mount as u8
                || !text::equal(first.path, second.path)
        }
        Kind::OperationId | Kind::ToolName | Kind::PromptName | Kind::Resource => true,
    }
}

/// The same number for all that share it; `None` for what the endpoint does not have.
const fn fingerprint(endpoint: &EndpointDef, kind: Kind) -> Option<u32> {
    match kind {
        Kind::Template => {
            let prefix = match endpoint.mount {
                Mount::Api => HASH_OF_API,
                Mount::Root => HASH_START,
            };
            Some(hash(prefix, endpoint.path))
        }
        Kind::OperationId => Some(hash(HASH_START, endpoint.operation_id)),
        Kind::ToolName => match endpoint.tool {
            Some(tool) => Some(hash(HASH_START, tool)),
            None => None,
        },
        Kind::PromptName => match endpoint.prompt {
            Some(prompt) => Some(hash(HASH_START, prompt)),
            None => None,
        },
        Kind::Resource => match endpoint.resource {
            Some(resource) => Some(hash(HASH_START, resource.uri)),
            None => None,
        },
    }
}

const HASH_START: u32 = 0x811c_9dc5;
const HASH_OF_API: u32 = hash(HASH_START, Mount::Api.prefix());
const HASH_PRIME: u64 = 0x0100_0193;

/// Continues a hash over a text, leaving out what parameters are called: FNV-1a with 32 bits.
const fn hash(start: u32, text: &str) -> u32 {
    let mut hash = start as u64;
    let mut rest = text.as_bytes();
    while let [byte, tail @ ..] = rest {
        hash = ((hash ^ *byte as u64) * HASH_PRIME) & u32::MAX as u64;
        rest = tail;
        if *byte == b'{' {
            while let [byte, tail @ ..] = rest
                && *byte != b'/'
            {
                rest = tail;
            }
        }
    }
    hash as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Access, Method};

    const fn endpoint(
        operation_id: &'static str,
        method: Method,
        mount: Mount,
        path: &'static str,
        tool: Option<&'static str>,
    ) -> EndpointDef {
        EndpointDef {
            operation_id,
            method,
            path,
            mount,
            access: Access::SignedIn,
            tool,
            doc: "",
            ..EndpointDef::CLOSED
        }
    }

    /// What comparing each with each finds.
    fn compare_all(endpoints: &[&EndpointDef]) -> Vec<usize> {
        let first_rival = |index: usize| {
            let is_rival = |earlier: &usize| {
                among::clash_fault(endpoints[*earlier], endpoints[index]).is_some()
            };
            (0..index).find(is_rival).unwrap_or(index)
        };
        (0..endpoints.len()).map(first_rival).collect()
    }

    #[test]
    fn each_kind_of_clash_is_found_whatever_else_the_list_has() {
        use Method::{Delete, Get, Post, Put};
        use Mount::{Api, Root};
        let list = [
            endpoint("list_reports", Get, Api, "/reports", Some("list_reports")),
            endpoint("get_report", Get, Api, "/reports/{id}", Some("get_report")),
            endpoint("put_report", Put, Api, "/reports/{id}", None),
            endpoint("other_name", Delete, Api, "/reports/{report}", None),
            endpoint("get_report", Post, Api, "/notes", None),
            endpoint("same_tool", Get, Api, "/notes", Some("list_reports")),
            endpoint("at_root", Get, Root, "/api/v1/reports", None),
            endpoint("no_tool", Get, Api, "/pages/{id}/lines/{line}", None),
            endpoint("other_root", Get, Root, "/", None),
            endpoint("get_report", Get, Api, "/reports/{id}", Some("get_report")),
            endpoint("its_tool", Post, Api, "/reports/{id}", Some("get_report")),
            endpoint("no_tool", Put, Api, "/pages/{id}/lines/{line}", None),
        ];
        let list = list.each_ref();
        assert_eq!(find_rivals(&list), [0, 1, 2, 1, 1, 0, 0, 7, 8, 1, 1, 7]);
        assert_eq!(find_rivals(&list).to_vec(), compare_all(&list));
    }

    #[test]
    fn prompts_and_resources_are_each_endpoints_own() {
        use Method::Get;
        use Mount::Api;
        let mut list = [
            endpoint("a", Get, Api, "/a", None),
            endpoint("b", Get, Api, "/b/{id}", None),
            endpoint("c", Get, Api, "/c", None),
            endpoint("d", Get, Api, "/d/{key}", None),
            endpoint("e", Get, Api, "/e", None),
            endpoint("f", Get, Api, "/f", None),
        ];
        let resource = |uri| {
            Some(crate::ResourceWord {
                uri,
                listed_by: None,
            })
        };
        list[0].prompt = Some("review");
        list[1].resource = resource("desk://b/{id}");
        list[2].prompt = Some("review");
        list[3].resource = resource("desk://b/{key}");
        list[4].resource = resource("desk://b/e");
        list[5].resource = resource("desk2://b/e");
        let list = list.each_ref();
        assert_eq!(find_rivals(&list), [0, 1, 0, 1, 4, 5]);
        assert_eq!(find_rivals(&list).to_vec(), compare_all(&list));
    }

    #[test]
    fn an_empty_list_has_no_rivals() {
        assert!(find_rivals(&[]).is_empty());
    }
}
