//! What on-behalf-of needs to know: how the API proves itself, and which other APIs it may call for its users.

use std::fmt;

use uuid::Uuid;

/// A credential of the API's own app registration.
#[derive(Clone)]
pub enum ApiCredential {
    /// A client secret.
    Secret(String),
    /// A certificate: the client signs assertions with its key.
    Certificate {
        /// SHA-256 of the certificate, base64url (`x5t#S256`, RFC 7515 section 4.1.8).
        thumbprint: String,
        /// The key: DER `RSAPublicKey`.
        public_key: Vec<u8>,
    },
    /// A federated identity credential: tokens of another issuer stand for the API.
    Federated {
        /// `iss` of those tokens.
        issuer: String,
        /// `sub` of those tokens.
        subject: String,
        /// The key they are signed with: DER `RSAPublicKey`.
        public_key: Vec<u8>,
    },
}

/// Another API of the tenant.
#[derive(Debug, Clone)]
pub struct DownstreamApi {
    /// Its registration: the `aud` of its tokens.
    pub client_id: Uuid,
    /// Its identifier URI. Scopes are asked for as `<uri>/<scope>`.
    pub app_id_uri: String,
    /// Short names of the scopes it exposes.
    pub scopes: Vec<String>,
    /// What the tenant says when a token for it is asked for on behalf of a user.
    pub policy: DownstreamPolicy,
}

/// What the tenant says to an exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DownstreamPolicy {
    /// An administrator has consented.
    Consented,
    /// Nobody has consented (AADSTS65001).
    ConsentMissing,
    /// Conditional access wants the user to sign in again, with more (AADSTS50076).
    StepUp,
}

impl fmt::Debug for ApiCredential {
    /// Names the kind only.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            ApiCredential::Secret(_) => "Secret(..)",
            ApiCredential::Certificate { .. } => "Certificate { .. }",
            ApiCredential::Federated { .. } => "Federated { .. }",
        })
    }
}
