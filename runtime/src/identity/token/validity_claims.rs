//! The claims that are looked at before a key is: who issued the token, for whom, and when it holds.

use super::Claims;
use crate::identity::Reason;

/// Issuer, audience and times, typed. Not believed before the signature is verified.
pub(crate) struct ValidityClaims<'a> {
    pub(crate) issuer: &'a str,
    pub(crate) audience: &'a str,
    pub(crate) times: Times,
    /// `ver` is 1.0: only used to name the mistake when the issuer is refused.
    pub(crate) names_version_1: bool,
}

/// `exp`, `nbf` and `iat`, in seconds since 1970.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Times {
    pub(crate) expires_at: u64,
    pub(crate) not_before: u64,
    pub(crate) issued_at: Option<u64>,
}

impl<'a> ValidityClaims<'a> {
    /// Reads them.
    ///
    /// # Errors
    /// [`Reason::ClaimMissing`] and [`Reason::ClaimMistyped`]; an `aud` that is a list is mistyped: a token for several
    /// services can be replayed by each of them against the others.
    pub(crate) fn parse(claims: &'a Claims) -> Result<Self, Reason> {
        Ok(Self {
            issuer: claims.required_str("iss")?,
            audience: claims.required_str("aud")?,
            times: Times {
                expires_at: claims.required_time("exp")?,
                not_before: claims.required_time("nbf")?,
                issued_at: claims.optional_time("iat")?,
            },
            names_version_1: claims.get("ver").and_then(|ver| ver.as_str()) == Some("1.0"),
        })
    }
}
