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
    let message = token.signed_part.as_bytes();
    match crypto::verify(token.signature, message, key, Algorithm::RS256) {
        Ok(true) => Ok(()),
        Ok(false) | Err(_) => Err(Reason::SignatureInvalid),
    }
}
