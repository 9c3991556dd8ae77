//! Throw-away RSA keys: made when first used, gone with the process, never written anywhere.

use std::sync::LazyLock;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RsaEncoding};
use aws_lc_rs::{hmac, signature};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

/// The key that the kit's tenant publishes. One for all tests of a process: making one takes a while.
pub(super) static TENANT_KEY: LazyLock<SigningKey> =
    LazyLock::new(|| SigningKey::generate("kit-tenant-key"));
/// A key of somebody else. No document lists it.
pub(super) static FOREIGN_KEY: LazyLock<SigningKey> =
    LazyLock::new(|| SigningKey::generate("kit-foreign-key"));

/// An RSA key and its id.
pub(crate) struct SigningKey {
    pub(crate) key_id: &'static str,
    pair: KeyPair,
}

impl SigningKey {
    pub(crate) fn generate(key_id: &'static str) -> Self {
        let pair = KeyPair::generate(KeySize::Rsa2048);
        Self {
            key_id,
            pair: pair.expect("the cryptography library can make a key"),
        }
    }

    /// The public half as it stands in a key document.
    pub(crate) fn jwk(&self) -> Value {
        let public = self.pair.public_key();
        json!({
            "kty": "RSA",
            "use": "sig",
            "kid": self.key_id,
            "n": encode(public.modulus().big_endian_without_leading_zero()),
            "e": encode(public.exponent().big_endian_without_leading_zero()),
        })
    }

    /// The signature of RS256, encoded.
    pub(crate) fn sign_rs256(&self, input: &str) -> String {
        self.sign_with(&signature::RSA_PKCS1_SHA256, input)
    }

    /// The signature of RS384: good cryptography, and not what is accepted.
    pub(super) fn sign_rs384(&self, input: &str) -> String {
        self.sign_with(&signature::RSA_PKCS1_SHA384, input)
    }

    /// The signature of PS256.
    pub(super) fn sign_ps256(&self, input: &str) -> String {
        self.sign_with(&signature::RSA_PSS_SHA256, input)
    }

    /// The signature of HS256 whose secret is this key's public half: what a validator that lets the token choose the
    /// algorithm would accept (RFC 8725 section 2.1).
    pub(super) fn sign_hs256_with_public_key(&self, input: &str) -> String {
        let secret = self.pair.public_key().as_ref();
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
        encode(hmac::sign(&key, input.as_bytes()))
    }

    fn sign_with(&self, encoding: &'static dyn RsaEncoding, input: &str) -> String {
        let mut signature = vec![0; self.pair.public_modulus_len()];
        let random = SystemRandom::new();
        self.pair
            .sign(encoding, &random, input.as_bytes(), &mut signature)
            .expect("a key that was just made can sign");
        encode(signature)
    }
}

/// Encodes as the parts of a token are: base64url without padding.
pub(crate) fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
