//! The tenant's RSA key: signs claims, and shows its public half as an entry of the key document.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{KeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::IssuerError;

/// One RSA key of 2048 bits with its key id.
pub(crate) struct SigningKey {
    key_pair: RsaKeyPair,
    key_id: String,
}

impl SigningKey {
    /// Generates a key. Takes up to a second; call it where blocking is fine.
    pub(crate) fn generate() -> Result<Self, IssuerError> {
        let key_pair =
            RsaKeyPair::generate(KeySize::Rsa2048).map_err(|_| IssuerError::KeyGeneration)?;
        let fingerprint = digest(&SHA256, key_pair.public_key().as_ref());
        // 20 bytes, so that `kid` and `x5t` look like Entra's, which are SHA-1 thumbprints of a certificate.
        let key_id = URL_SAFE_NO_PAD.encode(&fingerprint.as_ref()[..20]);
        Ok(Self { key_pair, key_id })
    }

    /// Signs claims as a compact JWS with RS256. The claims are taken as they are: nothing is added or checked.
    pub(crate) fn sign(&self, claims: &Value) -> String {
        let header = json!({ "typ": "JWT", "alg": "RS256", "kid": self.key_id });
        let signing_input = format!("{}.{}", encode(&header), encode(claims));
        let mut signature = vec![0; self.key_pair.public_modulus_len()];
        self.key_pair
            .sign(
                &RSA_PKCS1_SHA256,
                &SystemRandom::new(),
                signing_input.as_bytes(),
                &mut signature,
            )
            .expect("a generated key signs a message of any length");
        format!("{signing_input}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    /// The public half: DER `RSAPublicKey`.
    pub(crate) fn public_key(&self) -> &[u8] {
        self.key_pair.public_key().as_ref()
    }

    /// Renders the public half as Entra does, with the issuer the key belongs to.
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

fn encode(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}
