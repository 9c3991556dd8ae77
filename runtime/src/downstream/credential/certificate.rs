//! A certificate: an assertion signed with its key, for one request (RFC 7523 section 3, and Microsoft's "certificate
//! credentials", which asks for PS256 and the SHA-256 thumbprint).

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::json;
use url::Url;
use uuid::Uuid;

use super::{CredentialError, DownstreamSetupError};
use crate::identity::Clock;

/// How long an assertion is valid: long enough for one request over a slow line, too short to be of use to a thief.
const LIFETIME_SECONDS: u64 = 300;

/// The certificate of the app registration, with its key.
pub(in crate::downstream) struct Certificate {
    key: EncodingKey,
    /// `x5t#S256` (RFC 7515 section 4.1.8).
    thumbprint: String,
}

impl Certificate {
    /// Reads PEM text that holds the certificate and its RSA key, in any order. Of several certificates the first is
    /// the registration's; others are its chain.
    pub(in crate::downstream) fn parse(pem: &str) -> Result<Self, DownstreamSetupError> {
        let der = certificate_of(pem).ok_or(DownstreamSetupError::NoCertificate)?;
        let key = private_key_of(pem)
            .and_then(|key| EncodingKey::from_rsa_pem(key.as_bytes()).ok())
            .ok_or(DownstreamSetupError::NoPrivateKey)?;
        Ok(Self {
            key,
            thumbprint: URL_SAFE_NO_PAD.encode(digest(&SHA256, &der)),
        })
    }

    pub(super) fn sign(
        &self,
        client_id: &str,
        token_endpoint: &Url,
    ) -> Result<String, CredentialError> {
        let now = Clock::system().now_unix_seconds();
        let header = Header {
            x5t_s256: Some(self.thumbprint.clone()),
            ..Header::new(Algorithm::PS256)
        };
        let claims = json!({
            "aud": token_endpoint.as_str(),
            "iss": client_id,
            "sub": client_id,
            "jti": Uuid::new_v4(),
            "nbf": now,
            "iat": now,
            "exp": now + LIFETIME_SECONDS,
        });
        jsonwebtoken::encode(&header, &claims, &self.key).map_err(|_| CredentialError::Certificate)
    }
}

fn certificate_of(pem: &str) -> Option<Vec<u8>> {
    let (_, rest) = pem.split_once("-----BEGIN CERTIFICATE-----")?;
    let (body, _) = rest.split_once("-----END CERTIFICATE-----")?;
    let body: String = body.split_ascii_whitespace().collect();
    STANDARD.decode(body).ok().filter(|der| !der.is_empty())
}

/// The block of the key alone: what reads keys takes one block only.
fn private_key_of(pem: &str) -> Option<String> {
    let (label, end) = ["PRIVATE KEY", "RSA PRIVATE KEY"]
        .map(|kind| {
            (
                format!("-----BEGIN {kind}-----"),
                format!("-----END {kind}-----"),
            )
        })
        .into_iter()
        .find(|(begin, _)| pem.contains(begin.as_str()))?;
    let (_, rest) = pem.split_once(&label)?;
    let (body, _) = rest.split_once(&end)?;
    Some(format!("{label}{body}{end}\n"))
}
