//! What an operation is to one caller of this endpoint: there, obtainable, or not there at all.
//!
//! Invariant: `decide` says so, from the rule that the guard enforces. Tools, resources and prompts are seen alike.

use http::Extensions;
use portcullis_api_spec::{Access, Decision, Denial, decide};

use crate::caller::Caller;

/// What an operation is to one caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Visibility {
    /// Listed; the guard decides about the call.
    Visible,
    /// Listed; the guard would ask for a scope, or for another sign-in: what a client can obtain.
    Obtainable,
    /// Not there.
    Hidden,
}

impl Visibility {
    /// What an operation under this rule is to the caller of a request.
    pub(super) fn of(access: &Access, extensions: &Extensions) -> Self {
        let rights = Caller::of_request(extensions).map(Caller::rights);
        match decide(access, rights) {
            Decision::Allow => Visibility::Visible,
            Decision::Deny(Denial::MissingScope | Denial::MissingContext) => Visibility::Obtainable,
            Decision::Deny(
                Denial::Unauthenticated
                | Denial::Nobody
                | Denial::UsersOnly
                | Denial::ApplicationsOnly
                | Denial::MissingRole,
            ) => Visibility::Hidden,
        }
    }

    /// Says whether the caller may know of it.
    pub(super) fn is_there(self) -> bool {
        match self {
            Visibility::Visible | Visibility::Obtainable => true,
            Visibility::Hidden => false,
        }
    }
}
