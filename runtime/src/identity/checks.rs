//! The names of the checks, and what one of them says when it does not pass.
//!
//! The rules stand in `token/header.rs` and `validate.rs`, in lists in the order in which they run; the authenticator stops
//! at the first that does not pass. Invariant: there is no other order and no other rule.

use super::Reason;

/// One check, in the order in which they run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Check {
    /// `alg`.
    Algorithm,
    /// Header parameters that change what a token means.
    HeaderParameters,
    /// `typ`.
    TokenType,
    /// `kid` is there.
    KeyName,
    /// Issuer, audience and times are there, each with its type.
    ValidityClaims,
    /// `aud`.
    Audience,
    /// `exp`, `nbf` and `iat`.
    Times,
    /// `iss`.
    Issuer,
    /// The claims about the caller are there, each with its type.
    IdentityClaims,
    /// `tid`.
    Tenant,
    /// `ver` belongs to `iss`.
    Version,
    /// The key may speak for the issuer.
    KeyOwner,
    /// User or application.
    CallerKind,
    /// `azp` or `appid`.
    Client,
    /// `acct` or `idp`.
    Guest,
}

/// What a check says when it does not pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Failure {
    /// The token is refused.
    Rejected(Reason),
    /// The current set has no key of this name, also after a fetch if one was due.
    UnknownKey,
    /// There are no keys, and without them nothing can be said.
    KeysUnavailable,
}

/// A failure, and the check that is responsible for it.
///
/// A later check that needs what an earlier one could not give passes on the earlier one's fault: it was not reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) check: Check,
    pub(super) failure: Failure,
}

impl Check {
    /// The fault of this check.
    pub(super) fn fault(self, failure: Failure) -> Fault {
        Fault {
            check: self,
            failure,
        }
    }

    /// The fault of this check when it refuses the token.
    pub(super) fn rejects(self) -> impl FnOnce(Reason) -> Fault {
        move |reason| self.fault(Failure::Rejected(reason))
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        fault.failure
    }
}
