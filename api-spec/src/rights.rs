//! What a verified caller holds, as plain data.

use std::collections::BTreeSet;

/// Whether a person or a service is behind a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CallerKind {
    /// A signed-in person (delegated permissions: the token has `scp`).
    User,
    /// A service without a person (application permissions: the token has no `scp`).
    Application,
}

/// What [`decide`](crate::decide) looks at, and nothing else of a caller.
///
/// Names compare exactly: no case folding, no normalisation, no substring.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rights {
    /// Person or service.
    pub kind: CallerKind,
    /// Internal roles held.
    pub roles: BTreeSet<String>,
    /// Scopes the token carries. Always empty for an application.
    pub scopes: BTreeSet<String>,
    /// Authentication contexts that the sign-in met (`acrs`). Always empty for an application.
    pub contexts: BTreeSet<String>,
}

impl Rights {
    /// Says whether this role is held.
    #[must_use]
    pub fn has_role(&self, name: &str) -> bool {
        self.roles.contains(name)
    }

    /// Says whether this scope is carried.
    #[must_use]
    pub fn has_scope(&self, name: &str) -> bool {
        self.scopes.contains(name)
    }

    /// Says whether the sign-in met this authentication context.
    #[must_use]
    pub fn has_context(&self, name: &str) -> bool {
        self.contexts.contains(name)
    }
}
