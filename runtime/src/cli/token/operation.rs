//! `--operation`: whether the caller of a token may run an operation, by the one function that decides it.

use portcullis_api_spec::{Access, Decision, Denial, EndpointDef, Rights, decide, nearest};

use crate::application::Application;
use crate::identity::denial_code;

/// An operation, and what its rule says to the token's caller.
pub(super) struct OperationAnswer {
    pub(super) endpoint: &'static EndpointDef,
    /// `None` when the token does not say what its caller may do.
    pub(super) decision: Option<Decision>,
}

/// Finds an operation by its id.
///
/// # Errors
/// That there is none, with the nearest name.
pub(super) fn find(application: &Application, name: &str) -> Result<&'static EndpointDef, String> {
    let endpoints = application.endpoints.entries.iter();
    let ids: Vec<&str> = endpoints
        .clone()
        .map(|entry| entry.endpoint.operation_id)
        .collect();
    let mut endpoints = endpoints.map(|entry| entry.endpoint);
    endpoints
        .find(|endpoint| endpoint.operation_id == name)
        .ok_or_else(|| match nearest(name, ids.iter().copied()) {
            Some(near) => format!("there is no operation {name:?}; did you mean {near}?"),
            None => format!(
                "there is no operation {name:?}; there are {}",
                ids.join(", ")
            ),
        })
}

impl OperationAnswer {
    pub(super) fn decide(endpoint: &'static EndpointDef, rights: Option<&Rights>) -> Self {
        let decision = match (endpoint.access, rights) {
            // Without rights nothing is said, but for the rules that do not ask for any.
            (Access::SignedIn | Access::Restricted(_), None) => None,
            (Access::Public { .. } | Access::DenyAll, _)
            | (Access::SignedIn | Access::Restricted(_), Some(_)) => {
                Some(decide(&endpoint.access, rights))
            }
        };
        Self { endpoint, decision }
    }

    /// Why the operation is not run, for a token that is accepted.
    pub(super) fn objection(&self) -> Option<String> {
        let name = self.endpoint.operation_id;
        match self.decision {
            Some(Decision::Allow) => None,
            Some(Decision::Deny(denial)) => {
                let code = denial_code(denial);
                Some(format!(
                    "the token is accepted, but may not run {name}: {code}"
                ))
            }
            None => Some(format!(
                "it cannot be told whether the token may run {name}"
            )),
        }
    }

    /// What the service answers to the caller of an accepted token.
    pub(super) const fn answer(&self) -> &'static str {
        match self.decision {
            Some(Decision::Allow) => "the handler's own",
            Some(Decision::Deny(Denial::MissingScope)) => "403 insufficient_scope",
            Some(Decision::Deny(Denial::MissingContext)) => "401 insufficient_claims",
            Some(Decision::Deny(
                Denial::Nobody | Denial::UsersOnly | Denial::ApplicationsOnly | Denial::MissingRole,
            )) => "403 forbidden",
            Some(Decision::Deny(Denial::Unauthenticated)) | None => "401 unauthenticated",
        }
    }
}
