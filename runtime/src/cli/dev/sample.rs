//! A request that shows what an account may do, chosen from the annotations.

use std::collections::BTreeSet;

use portcullis_api_spec::{
    Access, CallerKind, Decision, EndpointDef, Method, Rights, Vocabulary, decide,
};

use super::accounts::DevAccount;

/// What an account holds, once its token has been verified: its role, and for a person every scope.
pub(super) fn rights_of(account: &DevAccount, vocabulary: &Vocabulary) -> Rights {
    let scopes = match account.kind {
        CallerKind::User => vocabulary.scopes,
        CallerKind::Application => &[],
    };
    Rights {
        kind: account.kind,
        roles: BTreeSet::from([account.role.name.to_owned()]),
        scopes: scopes.iter().map(|scope| scope.name.to_owned()).collect(),
        contexts: BTreeSet::new(),
    }
}

/// Chooses the path of a GET that these rights open and that needs no parameter in its path.
///
/// The most telling one: guarded by a role or scope, then open to any caller, then public.
pub(super) fn choose_path(endpoints: &[&'static EndpointDef], rights: &Rights) -> Option<String> {
    endpoints
        .iter()
        .filter(|endpoint| endpoint.method == Method::Get && !endpoint.path.contains('{'))
        .filter(|endpoint| decide(&endpoint.access, Some(rights)) == Decision::Allow)
        .min_by_key(|endpoint| match endpoint.access {
            Access::Restricted(_) => 0,
            Access::SignedIn => 1,
            Access::Public { .. } | Access::DenyAll => 2,
        })
        .map(|endpoint| endpoint.full_path())
}
