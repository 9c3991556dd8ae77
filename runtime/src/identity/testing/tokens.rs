//! Real RSA keys, made once, and tokens signed with them: good ones, and any byte sequence.

use std::sync::LazyLock;

use serde_json::{Value, json};

pub(crate) use crate::testing::{SigningKey, encode};

/// The key that the issuer publishes.
pub(crate) static KEY_A: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate("key-a"));
/// A second one, for rotations and forgeries.
pub(crate) static KEY_B: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate("key-b"));

impl SigningKey {
    /// A token with this key's header.
    pub(crate) fn sign(&self, claims: &Value) -> String {
        let header = json!({ "alg": "RS256", "typ": "JWT", "kid": self.key_id });
        sign_parts(self, header.to_string(), claims.to_string())
    }
}

/// Signs any header and claims, as text and not checked.
pub(crate) fn sign_parts(
    key: &SigningKey,
    header: impl AsRef<[u8]>,
    claims: impl AsRef<[u8]>,
) -> String {
    let message = format!("{}.{}", encode(header), encode(claims));
    let signature = key.sign_rs256(&message);
    format!("{message}.{signature}")
}

/// A token with any header, claims and signature.
pub(crate) fn forge(header: &str, claims: &str, signature: &[u8]) -> String {
    format!(
        "{}.{}.{}",
        encode(header),
        encode(claims),
        encode(signature)
    )
}
