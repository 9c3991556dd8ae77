//! The names of the checks, and what one of them says when it does not pass.
//!
//! The rules stand in `token/header.rs` and `validate.rs`, in lists in the order in which they run; the authenticator stops
//! at the first that does not pass, `token explain` (`explain.rs`) walks on. Invariant: there is no other order and no other rule.

use super::Reason;

/// One check, in the order in which they run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Check {
    /// The characters and the size that a bearer token may have.
    Credential,
    /// Three parts of canonical base64url.
    Form,
    /// The header part is one JSON object without duplicates.
    Header,
    /// `alg`.
    Algorithm,
    /// Header parameters that change what a token means.
    HeaderParameters,
    /// `typ`.
    TokenType,
    /// `kid` is there.
    KeyName,
    /// The claims part is one JSON object without duplicates.
    Claims,
    /// Issuer, audience and times are there, each with its type.
    ValidityClaims,
    /// `aud`.
    Audience,
    /// `exp`, `nbf` and `iat`.
    Times,
    /// `iss`.
    Issuer,
    /// A key with the token's `kid` is there.
    SigningKey,
    /// The key signed the token.
    Signature,
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
    /// How the check is called in what `token explain` prints; the name of a claim or of a header parameter where it is
    /// about one.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Check::Credential => "credential",
            Check::Form => "form",
            Check::Header => "header",
            Check::Algorithm => "alg",
            Check::HeaderParameters => "header parameters",
            Check::TokenType => "typ",
            Check::KeyName => "kid",
            Check::Claims => "claims",
            Check::ValidityClaims => "validity claims",
            Check::Audience => "aud",
            Check::Times => "times",
            Check::Issuer => "iss",
            Check::SigningKey => "signing key",
            Check::Signature => "signature",
            Check::IdentityClaims => "identity claims",
            Check::Tenant => "tid",
            Check::Version => "ver",
            Check::KeyOwner => "key owner",
            Check::CallerKind => "caller kind",
            Check::Client => "client",
            Check::Guest => "guest",
        }
    }

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
