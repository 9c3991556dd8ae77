//! RSA keys that sign whatever a test wants signed.

use std::sync::LazyLock;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{KeyPair, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RsaEncoding, RsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

/// One RSA key and its id.
pub(crate) struct SigningKey {
    key_pair: RsaKeyPair,
    pub(crate) key_id: &'static str,
}

/// The tenant's own key. One for all tests: making one takes a while.
pub(crate) fn tenant_key() -> &'static SigningKey {
    static KEY: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate("tenant-key-1"));
    &KEY
}

/// A key of somebody else, with an id that the tenant's document does not list.
pub(crate) fn foreign_key() -> &'static SigningKey {
    static KEY: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate("foreign-key-1"));
    &KEY
}

impl SigningKey {
    fn generate(key_id: &'static str) -> Self {
        Self {
            key_pair: RsaKeyPair::generate(KeySize::Rsa2048).expect("a key can be generated"),
            key_id,
        }
    }

    /// The signature part of an RS256 token.
    pub(crate) fn sign_rs256(&self, signing_input: &str) -> String {
        self.sign(&RSA_PKCS1_SHA256, signing_input)
    }

    /// The signature part of an RS384 token: good cryptography, but not what the product accepts.
    pub(crate) fn sign_rs384(&self, signing_input: &str) -> String {
        self.sign(&RSA_PKCS1_SHA384, signing_input)
    }

    fn sign(&self, algorithm: &'static dyn RsaEncoding, signing_input: &str) -> String {
        let mut signature = vec![0; self.key_pair.public_modulus_len()];
        let random = SystemRandom::new();
        let input = signing_input.as_bytes();
        let signed = self
            .key_pair
            .sign(algorithm, &random, input, &mut signature);
        signed.expect("a generated key signs");
        URL_SAFE_NO_PAD.encode(signature)
    }

    /// The signature part of an HS256 token whose secret is this key's public half.
    pub(crate) fn sign_hs256_with_public_key(&self, signing_input: &str) -> String {
        let secret = self.key_pair.public_key().as_ref();
        let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, secret);
        URL_SAFE_NO_PAD.encode(aws_lc_rs::hmac::sign(&key, signing_input.as_bytes()))
    }

    /// The entry of the key document, as Entra writes it.
    pub(crate) fn render_jwk(&self, issuer: &str) -> Value {
        let public_key = self.key_pair.public_key();
        json!({
            "kty": "RSA",
            "use": "sig",
            "kid": self.key_id,
            "x5t": self.key_id,
            "n": URL_SAFE_NO_PAD.encode(public_key.modulus().big_endian_without_leading_zero()),
            "e": URL_SAFE_NO_PAD.encode(public_key.exponent().big_endian_without_leading_zero()),
            "issuer": issuer,
        })
    }
}
