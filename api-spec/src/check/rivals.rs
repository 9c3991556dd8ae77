//! Which endpoints of a list cannot stand side by side, found without comparing each with each.
//!
//! rustc interprets this code whenever an application is compiled, and a list of 500 endpoints has 125 000 pairs. So
//! endpoints are put into buckets by what must be their own, and only those that share it are compared.
//!
//! Invariant: two endpoints that [`among::clash_fault`] refuses share a fingerprint of some kind.

use portcullis_grammar::Fingerprints;

use super::among;
use crate::EndpointDef;

/// One endpoint of a list.
#[derive(Debug, Clone, Copy)]
pub struct ListedEndpoint {
    /// What it says.
    pub definition: &'static EndpointDef,
    /// [`EndpointDef::fingerprints`] of it, which the macro has computed.
    pub fingerprints: &'static Fingerprints,
}

/// The checks of the endpoints of one list against each other: route, operation id, tool name, prompt name and resource are
/// each endpoint's own.
///
/// What clashes is found once for the list, so that the time rustc takes grows with its length and not with its square.
pub struct EndpointChecks<'a, const N: usize> {
    endpoints: &'a [ListedEndpoint; N],
    /// For each endpoint the first one before it that it clashes with; its own index where there is none.
    rivals: [usize; N],
}

impl<'a, const N: usize> EndpointChecks<'a, N> {
    /// Finds what clashes.
    #[must_use]
    pub const fn of(endpoints: &'a [ListedEndpoint; N]) -> Self {
        let mut rivals = [0; N];
        let mut index = 0;
        while index < N {
            rivals[index] = index;
            index += 1;
        }
        let mut kind = 0;
        while kind < Fingerprints::KINDS {
            note_rivals(endpoints, kind, &mut rivals);
            kind += 1;
        }
        Self { endpoints, rivals }
    }

    /// Checks the endpoint at `index` against those before it.
    ///
    /// # Panics
    /// When an earlier endpoint of the list has what must be its own; the message names both.
    #[track_caller]
    pub const fn check(&self, index: usize) {
        let rival = self.rivals[index];
        if rival < index
            && let Some(fault) = among::clash_fault(
                self.endpoints[rival].definition,
                self.endpoints[index].definition,
            )
        {
            panic!("{}", fault.as_str());
        }
    }
}

const fn note_rivals<const N: usize>(
    endpoints: &[ListedEndpoint; N],
    kind: usize,
    rivals: &mut [usize; N],
) {
    // An index of N stands for none.
    let mut newest_in_bucket = [N; N];
    let mut before_in_bucket = [N; N];
    let mut index = 0;
    while index < N {
        let fingerprint = endpoints[index].fingerprints.kinds[kind];
        if fingerprint != 0 {
            let bucket = (fingerprint % N as u64) as usize;
            let mut earlier = newest_in_bucket[bucket];
            while earlier < N {
                if endpoints[earlier].fingerprints.kinds[kind] == fingerprint
                    && earlier < rivals[index]
                    && may_clash(&endpoints[earlier], &endpoints[index], kind)
                    && among::clash_fault(
                        endpoints[earlier].definition,
                        endpoints[index].definition,
                    )
                    .is_some()
                {
                    rivals[index] = earlier;
                }
                earlier = before_in_bucket[earlier];
            }
            before_in_bucket[index] = newest_in_bucket[bucket];
            newest_in_bucket[bucket] = index;
        }
        index += 1;
    }
}

/// Says whether two endpoints of one fingerprint have to be compared as a whole.
///
/// Methods of one path need not: most of what shares a fingerprint. What else they may share, they share of another kind.
const fn may_clash(first: &ListedEndpoint, second: &ListedEndpoint, kind: usize) -> bool {
    kind != Fingerprints::TEMPLATE
        || first.definition.method as u8 == second.definition.method as u8
        || first.fingerprints.path != second.fingerprints.path
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Access, Method, Mount};

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

    fn find_rivals<const N: usize>(definitions: &'static [EndpointDef; N]) -> [usize; N] {
        let listed = definitions.each_ref().map(|definition| ListedEndpoint {
            definition,
            fingerprints: Box::leak(Box::new(definition.fingerprints())),
        });
        EndpointChecks::of(&listed).rivals
    }

    /// What comparing each with each finds.
    fn compare_all(endpoints: &[EndpointDef]) -> Vec<usize> {
        let first_rival = |index: usize| {
            let is_rival = |earlier: &usize| {
                among::clash_fault(&endpoints[*earlier], &endpoints[index]).is_some()
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
        let list = Box::leak(Box::new(list));
        assert_eq!(find_rivals(list), [0, 1, 2, 1, 1, 0, 0, 7, 8, 1, 1, 7]);
        assert_eq!(find_rivals(list).to_vec(), compare_all(list));
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
        let list = Box::leak(Box::new(list));
        assert_eq!(find_rivals(list), [0, 1, 0, 1, 4, 5]);
        assert_eq!(find_rivals(list).to_vec(), compare_all(list));
    }

    #[test]
    fn an_empty_list_has_no_rivals() {
        assert!(find_rivals(&[]).is_empty());
    }
}
