//! A certificate: an assertion signed with its key, for one request (RFC 7523 section 3, and Microsoft's "certificate
//! credentials", which asks for PS256 and the SHA-256 thumbprint).

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair;
use aws_lc_rs::signature::RSA_PSS_SHA256;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::{Value, json};
use url::Url;
use uuid::Uuid;

use super::{CredentialError, DownstreamSetupError};
use crate::identity::Clock;

/// How long an assertion is valid: long enough for one request over a slow line, too short to be of use to a thief.
const LIFETIME_SECONDS: u64 = 300;

/// The certificate of the app registration, with its key.
pub(in crate::downstream) struct Certificate {
    key: KeyPair,
    /// `x5t#S256` (RFC 7515 section 4.1.8).
    thumbprint: String,
}

impl Certificate {
    /// Reads PEM text that holds the certificate and its RSA key, in any order. Of several certificates the first is
    /// the registration's; others are its chain.
    pub(in crate::downstream) fn parse(pem: &str) -> Result<Self, DownstreamSetupError> {
        let der = CertificateDer::from_pem_slice(pem.as_bytes())
            .ok()
            .filter(|der| !der.is_empty())
            .ok_or(DownstreamSetupError::NoCertificate)?;
        Ok(Self {
            key: rsa_key_of(pem).ok_or(DownstreamSetupError::NoPrivateKey)?,
            thumbprint: URL_SAFE_NO_PAD.encode(digest(&SHA256, &der)),
        })
    }

    pub(super) fn sign(
        &self,
        client_id: &str,
        token_endpoint: &Url,
    ) -> Result<String, CredentialError> {
        let now = Clock::system().now_unix_seconds();
        let header = json!({ "typ": "JWT", "alg": "PS256", "x5t#S256": self.thumbprint });
        let claims = json!({
            "aud": token_endpoint.as_str(),
            "iss": client_id,
            "sub": client_id,
            "jti": Uuid::new_v4(),
            "nbf": now,
            "iat": now,
            "exp": now + LIFETIME_SECONDS,
        });
        let signed = format!("{}.{}", encode(&header), encode(&claims));
        let mut signature = vec![0; self.key.public_modulus_len()];
        let random = SystemRandom::new();
        self.key
            .sign(&RSA_PSS_SHA256, &random, signed.as_bytes(), &mut signature)
            .map_err(|_| CredentialError::Certificate)?;
        Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }
}

fn encode(part: &Value) -> String {
    URL_SAFE_NO_PAD.encode(part.to_string())
}

/// The first private key, in PKCS #8 or as `openssl genrsa -traditional` writes it.
fn rsa_key_of(pem: &str) -> Option<KeyPair> {
    match PrivateKeyDer::from_pem_slice(pem.as_bytes()).ok()? {
        PrivateKeyDer::Pkcs8(der) => KeyPair::from_pkcs8(der.secret_pkcs8_der()).ok(),
        PrivateKeyDer::Pkcs1(der) => KeyPair::from_der(der.secret_pkcs1_der()).ok(),
        // Others cannot sign with RSA.
        PrivateKeyDer::Sec1(_) | _ => None,
    }
}
