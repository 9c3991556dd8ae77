//! Signed assertions that clients send: read, and their signature checked against one known key.

use aws_lc_rs::signature::{
    RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256, RsaParameters, UnparsedPublicKey,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

/// A compact JWS, its signature not yet looked at.
pub(crate) struct Assertion<'a> {
    signed_part: &'a str,
    signature: Vec<u8>,
    pub(crate) header: Value,
    pub(crate) claims: Value,
}

impl<'a> Assertion<'a> {
    /// Reads the form; `None` when it is not a JWT.
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let (signed_part, signature) = text.rsplit_once('.')?;
        let (header, claims) = signed_part.split_once('.')?;
        Some(Self {
            signed_part,
            signature: URL_SAFE_NO_PAD.decode(signature).ok()?,
            header: decode(header)?,
            claims: decode(claims)?,
        })
    }

    /// Says whether the key (DER `RSAPublicKey`) signed this, with RS256 or PS256.
    pub(crate) fn is_signed_by(&self, public_key: &[u8]) -> bool {
        let algorithm: &'static RsaParameters = match self.header["alg"].as_str() {
            Some("RS256") => &RSA_PKCS1_2048_8192_SHA256,
            Some("PS256") => &RSA_PSS_2048_8192_SHA256,
            Some(_) | None => return false,
        };
        UnparsedPublicKey::new(algorithm, public_key)
            .verify(self.signed_part.as_bytes(), &self.signature)
            .is_ok()
    }

    /// Says whether `exp` lies after `now`, in seconds since 1970, and `nbf`, if any, not after it.
    pub(crate) fn is_valid_at(&self, now: u64) -> bool {
        let starts = self.claims["nbf"].as_u64().unwrap_or(0);
        starts <= now && self.claims["exp"].as_u64().is_some_and(|end| now < end)
    }
}

fn decode(part: &str) -> Option<Value> {
    let bytes = URL_SAFE_NO_PAD.decode(part).ok()?;
    let value: Value = serde_json::from_slice(&bytes).ok()?;
    value.is_object().then_some(value)
}
