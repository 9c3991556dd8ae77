//! Real RSA keys, made once, and tokens signed with them: good ones, and any byte sequence.

use std::sync::LazyLock;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

/// The key that the issuer publishes.
pub(crate) static KEY_A: LazyLock<TestKey> = LazyLock::new(|| TestKey::generate("key-a"));
/// A second one, for rotations and forgeries.
pub(crate) static KEY_B: LazyLock<TestKey> = LazyLock::new(|| TestKey::generate("key-b"));

pub(crate) struct TestKey {
    pub(crate) kid: &'static str,
    pair: KeyPair,
}

impl TestKey {
    fn generate(kid: &'static str) -> Self {
        Self {
            kid,
            pair: KeyPair::generate(KeySize::Rsa2048).unwrap(),
        }
    }

    /// The public half as it stands in a key document.
    pub(crate) fn jwk(&self) -> Value {
        let public = self.pair.public_key();
        json!({
            "kty": "RSA",
            "use": "sig",
            "kid": self.kid,
            "n": encode(public.modulus().big_endian_without_leading_zero()),
            "e": encode(public.exponent().big_endian_without_leading_zero()),
        })
    }

    /// A token with this key's header.
    pub(crate) fn sign(&self, claims: &Value) -> String {
        let header = json!({ "alg": "RS256", "typ": "JWT", "kid": self.kid });
        sign_parts(self, header.to_string(), claims.to_string())
    }
}

pub(crate) fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Signs any header and claims, as text and not checked.
pub(crate) fn sign_parts(
    key: &TestKey,
    header: impl AsRef<[u8]>,
    claims: impl AsRef<[u8]>,
) -> String {
    let message = format!("{}.{}", encode(header), encode(claims));
    let mut signature = vec![0; key.pair.public_modulus_len()];
    let random = SystemRandom::new();
    key.pair
        .sign(
            &RSA_PKCS1_SHA256,
            &random,
            message.as_bytes(),
            &mut signature,
        )
        .unwrap();
    format!("{message}.{}", encode(signature))
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
