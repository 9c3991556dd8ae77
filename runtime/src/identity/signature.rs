//! The signature check: RS256 with one key, through `jsonwebtoken`. Claims are checked by us, not by that crate.

use jsonwebtoken::crypto::{self, aws_lc};
use jsonwebtoken::{Algorithm, DecodingKey};

use super::Reason;
use super::token::UnverifiedToken;

/// Chooses the cryptography of `jsonwebtoken` for this process. Call it once at start; a second call changes nothing.
///
/// With two backends compiled in, that crate would panic at the first token. `reqwest` brings its own choice of the same
/// library, so TLS needs no call.
pub(crate) fn install_crypto_provider() {
    // An error says that one is installed already, which is what is wanted.
    let _ = aws_lc::DEFAULT_PROVIDER.install_default();
}

/// Checks that the key signed this token with RS256.
///
/// # Errors
/// [`Reason::SignatureInvalid`].
pub(super) fn check_signature(
    token: &UnverifiedToken<'_>,
    key: &DecodingKey,
) -> Result<(), Reason> {
    match verify_rs256(token.signed_part.as_bytes(), token.signature, key) {
        true => Ok(()),
        false => Err(Reason::SignatureInvalid),
    }
}

/// Says whether a signature (RSASSA-PKCS1-v1_5 with SHA-256, RFC 7518 section 3.3) in base64url is this key's.
fn verify_rs256(message: &[u8], signature: &str, key: &DecodingKey) -> bool {
    matches!(
        crypto::verify(signature, message, key, Algorithm::RS256),
        Ok(true)
    )
}

#[cfg(test)]
mod tests;
