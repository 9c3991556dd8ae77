//! What the authenticating layer leaves on a request for the guard.

use super::Reason;
use crate::Caller;

/// What the authenticator found on a request. A private type: no header or extension from outside can make one.
#[derive(Debug, Clone)]
pub(crate) enum Authentication {
    /// No credential, or one of another scheme.
    Absent,
    /// A verified token, or the synthetic caller of POC mode.
    Verified(Caller),
    /// A credential that does not hold.
    Rejected(Reason),
    /// No signing keys have ever been loaded, or the last good ones are too old: nothing can be said about the token.
    KeysUnavailable,
}

/// How current the signing keys are; shown at `/health`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeysStatus {
    /// The last refresh worked.
    Fresh,
    /// The last refresh failed; the last good keys serve.
    Stale,
    /// None have ever been loaded, or the last good ones are too old.
    Missing,
}
