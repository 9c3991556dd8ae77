//! Who may call an endpoint, as its annotation says it.

use crate::{RoleDef, ScopeDef};

/// The access rule of one endpoint. There is no default: a rule is written out, or nobody gets in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Nobody. What a macro emits after an error, so that a mistake never opens anything.
    DenyAll,
    /// Anyone, with or without a credential.
    Public {
        /// Why no credential is asked for; shown in the access matrix.
        reason: &'static str,
    },
    /// Any verified caller, user or application.
    SignedIn,
    /// Callers that meet the requirements.
    Restricted(Requirements),
}

/// What a caller must hold. At least one list is non-empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Requirements {
    /// A user must hold any one of these roles. Empty: no role asked for.
    pub roles: &'static [RoleDef],
    /// A user's token must carry all of these scopes. Empty: no scope asked for.
    pub scopes: &'static [ScopeDef],
    /// An application must hold any one of these app roles. Empty: applications are refused.
    pub applications: &'static [RoleDef],
    /// A user must have signed in as this authentication context demands (Conditional Access, `c1` to `c99`). Applications
    /// do not sign in, and their app role alone counts.
    pub context: Option<&'static str>,
}

impl Requirements {
    /// Says whether users can be admitted at all: `applications(..)` alone refuses them.
    #[must_use]
    pub const fn admits_users(&self) -> bool {
        !self.roles.is_empty() || !self.scopes.is_empty()
    }

    /// Says whether applications can be admitted at all.
    #[must_use]
    pub const fn admits_applications(&self) -> bool {
        !self.applications.is_empty()
    }
}

impl Access {
    /// The word for it, in documents that machines read.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Access::DenyAll => "deny_all",
            Access::Public { .. } => "public",
            Access::SignedIn => "signed_in",
            Access::Restricted(_) => "restricted",
        }
    }

    /// What a caller must hold, where the rule asks for more than a credential.
    #[must_use]
    pub const fn requirements(&self) -> Option<&Requirements> {
        match self {
            Access::Restricted(requirements) => Some(requirements),
            Access::DenyAll | Access::Public { .. } | Access::SignedIn => None,
        }
    }

    /// Why no credential is asked for, where none is.
    #[must_use]
    pub const fn public_reason(&self) -> Option<&'static str> {
        match self {
            Access::Public { reason } => Some(reason),
            Access::DenyAll | Access::SignedIn | Access::Restricted(_) => None,
        }
    }

    /// Says whether the endpoint answers without looking at a credential.
    #[must_use]
    pub const fn is_public(&self) -> bool {
        matches!(self, Access::Public { .. })
    }

    /// The roles of which a user must hold any one, in the order of the annotation.
    #[must_use]
    pub const fn roles(&self) -> &'static [RoleDef] {
        match self.requirements() {
            Some(requirements) => requirements.roles,
            None => &[],
        }
    }

    /// Every scope a user's token must carry, in the order of the annotation.
    #[must_use]
    pub const fn scopes(&self) -> &'static [ScopeDef] {
        match self.requirements() {
            Some(requirements) => requirements.scopes,
            None => &[],
        }
    }

    /// The app roles of which an application must hold any one, in the order of the annotation.
    #[must_use]
    pub const fn applications(&self) -> &'static [RoleDef] {
        match self.requirements() {
            Some(requirements) => requirements.applications,
            None => &[],
        }
    }

    /// The authentication context that a user's sign-in must meet.
    #[must_use]
    pub const fn context(&self) -> Option<&'static str> {
        match self.requirements() {
            Some(requirements) => requirements.context,
            None => None,
        }
    }
}
