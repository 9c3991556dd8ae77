//! The one decision: guard, tool list, OpenAPI and matrix all ask here.

use crate::{Access, CallerKind, Requirements, Rights};

/// The answer of [`decide`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// The caller may run the endpoint.
    Allow,
    /// The caller may not, and why.
    Deny(Denial),
}

/// Why a caller may not run an endpoint. For logs and challenges; a refusal never shows more than its status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Denial {
    /// No verified caller.
    Unauthenticated,
    /// The rule admits nobody.
    Nobody,
    /// An application called what only users may call.
    UsersOnly,
    /// A user called what only applications may call.
    ApplicationsOnly,
    /// None of the required roles is held. Wins over a missing scope: a client cannot obtain a role by itself.
    MissingRole,
    /// At least one required scope is not carried; a client can ask for it.
    MissingScope,
    /// The sign-in did not meet the authentication context; a client can ask for another one.
    MissingContext,
}

/// Decides whether a caller with these rights may run an endpoint with this rule.
///
/// `rights` is `None` when no credential has been verified. Pure: the same input gives the same answer.
#[must_use]
pub fn decide(access: &Access, rights: Option<&Rights>) -> Decision {
    match (access, rights) {
        (Access::DenyAll, _) => Decision::Deny(Denial::Nobody),
        (Access::Public { .. }, _) => Decision::Allow,
        (Access::SignedIn | Access::Restricted(_), None) => Decision::Deny(Denial::Unauthenticated),
        (Access::SignedIn, Some(_)) => Decision::Allow,
        (Access::Restricted(requirements), Some(rights)) => match rights.kind {
            CallerKind::User => decide_user(requirements, rights),
            CallerKind::Application => decide_application(requirements, rights),
        },
    }
}

fn decide_user(requirements: &Requirements, rights: &Rights) -> Decision {
    if !requirements.admits_users() {
        return Decision::Deny(Denial::ApplicationsOnly);
    }
    let roles = requirements.roles;
    if !roles.is_empty() && !roles.iter().any(|role| rights.has_role(role.name)) {
        return Decision::Deny(Denial::MissingRole);
    }
    let scopes = requirements.scopes;
    if !scopes.iter().all(|scope| rights.has_scope(scope.name)) {
        return Decision::Deny(Denial::MissingScope);
    }
    if let Some(context) = requirements.context
        && !rights.has_context(context)
    {
        return Decision::Deny(Denial::MissingContext);
    }
    Decision::Allow
}

fn decide_application(requirements: &Requirements, rights: &Rights) -> Decision {
    if !requirements.admits_applications() {
        return Decision::Deny(Denial::UsersOnly);
    }
    let roles = requirements.applications;
    if !roles.iter().any(|role| rights.has_role(role.name)) {
        return Decision::Deny(Denial::MissingRole);
    }
    Decision::Allow
}

#[cfg(test)]
mod tests;
