//! Why there is no token, or no secret, as an operator has to know it.

use super::wire::Trouble;
use crate::managed_identity::ManagedIdentityError;

/// Why there is no token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum IdentityFailure {
    Managed(ManagedIdentityError),
    /// Nothing came in time.
    TimedOut,
    /// `AZURE_FEDERATED_TOKEN_FILE` cannot be read.
    TokenFile(String),
    /// Entra does not exchange the pod's token; its code, if it gives one.
    Exchange(Option<String>),
    AuthorityUnreachable(String),
    /// `az` is not there, or nobody is signed in; which, in our words.
    Developer(String),
    /// This machine cannot make HTTPS connections at all.
    Client,
}

/// Why there is no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SecretFailure {
    /// The identity has no role that reads secrets; the vault's codes.
    NotAllowed(String),
    /// The vault's network rules do not let this host in.
    Firewall,
    Disabled,
    NotFound,
    /// Its value is empty, or a line end alone.
    Empty,
    /// The vault does not take the identity's token.
    TokenRefused(String),
    /// It asks for a token of something that is no vault.
    ForeignChallenge,
    NoAnswer(NoAnswer),
    /// It answers like no vault.
    Refused(u16),
    Unreadable,
    Oversized,
}

/// Why there is no answer that says anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NoAnswer {
    UnknownHost,
    Certificate,
    /// In the words of this machine.
    Unreachable(String),
    /// Nothing came in time.
    Silent,
    /// What came until the time was over was that it has no time.
    Busy(u16),
}

impl SecretFailure {
    /// Says whether it is the vault's trouble rather than one secret's, so that it is told once.
    pub(crate) fn is_of_the_vault(&self) -> bool {
        match self {
            SecretFailure::Firewall
            | SecretFailure::TokenRefused(_)
            | SecretFailure::ForeignChallenge
            | SecretFailure::NoAnswer(_)
            | SecretFailure::Refused(_) => true,
            SecretFailure::NotAllowed(_)
            | SecretFailure::Disabled
            | SecretFailure::NotFound
            | SecretFailure::Empty
            | SecretFailure::Unreadable
            | SecretFailure::Oversized => false,
        }
    }
}

impl From<Trouble> for SecretFailure {
    fn from(trouble: Trouble) -> Self {
        SecretFailure::NoAnswer(match trouble {
            Trouble::UnknownHost => NoAnswer::UnknownHost,
            Trouble::Certificate => NoAnswer::Certificate,
            Trouble::Unreachable(words) => NoAnswer::Unreachable(words),
            Trouble::Oversized => return SecretFailure::Oversized,
        })
    }
}

impl From<ManagedIdentityError> for IdentityFailure {
    fn from(error: ManagedIdentityError) -> Self {
        if error == ManagedIdentityError::TimedOut {
            IdentityFailure::TimedOut
        } else {
            IdentityFailure::Managed(error)
        }
    }
}
