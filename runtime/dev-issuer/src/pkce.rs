//! Proof Key for Code Exchange (RFC 7636), method S256 only.
//!
//! Invariant: a [`Challenge`] has the form S256 gives it, so comparing it with the digest of a verifier is enough.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// A well-formed `code_challenge` of method S256.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Challenge([u8; 32]);

impl Challenge {
    /// Parses the base64url text of a SHA-256 digest.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        bytes.try_into().ok().map(Self)
    }

    /// Says whether `verifier` is the secret that this challenge was made from.
    pub(crate) fn is_met_by(&self, verifier: &str) -> bool {
        let is_well_formed = (43..=128).contains(&verifier.len())
            && verifier
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte));
        is_well_formed && digest(&SHA256, verifier.as_bytes()).as_ref() == self.0
    }
}

#[cfg(test)]
mod tests {
    use super::Challenge;

    #[test]
    fn the_pair_of_rfc_7636_appendix_b_matches() {
        let challenge = Challenge::parse("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM").unwrap();
        assert!(challenge.is_met_by("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"));
        assert!(!challenge.is_met_by("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXl"));
    }

    #[test]
    fn a_challenge_that_is_no_digest_is_refused() {
        assert_eq!(Challenge::parse("plain-verifier"), None);
        assert_eq!(Challenge::parse(""), None);
    }
}
