//! How this API proves who it is to the authority: by a token that stands for it, by a signature, or by a secret.
//!
//! Invariant: what is made here goes into the body of a request to the token endpoint, and into no log line.

pub(super) mod certificate;
mod client_secret;
mod managed_identity;

use std::path::PathBuf;

use url::Url;

use crate::config::{ClientCredentialConfig, Config, read_secret_file};
use crate::managed_identity::ManagedIdentityError;

use super::DownstreamSetupError;
use certificate::Certificate;
pub(crate) use client_secret::ClientSecret;
use managed_identity::Assertion;

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// The credential of this API.
pub(super) enum Credential {
    /// A file that the cluster keeps current: read for every exchange.
    FederatedToken(PathBuf),
    ManagedIdentity(Assertion),
    Certificate(Box<Certificate>),
    Secret(ClientSecret),
    /// None is configured; only in dev, test and POC mode.
    Missing,
}

/// Why the credential could not be presented; a sentence for the log.
#[derive(Debug, thiserror::Error)]
pub(super) enum CredentialError {
    #[error("no client credential is configured")]
    Missing,
    #[error("auth.federated_token_file cannot be read: {0}")]
    FederatedToken(String),
    #[error("the managed identity gave no token: {0}")]
    ManagedIdentity(ManagedIdentityError),
    #[error("the certificate's key does not sign")]
    Certificate,
}

impl Credential {
    /// # Errors
    /// [`DownstreamSetupError`] for a certificate without a usable key.
    pub(super) fn build(config: &Config) -> Result<Self, DownstreamSetupError> {
        Ok(match &config.downstream.credential {
            None => Credential::Missing,
            Some(ClientCredentialConfig::FederatedToken(path)) => {
                Credential::FederatedToken(path.clone())
            }
            Some(ClientCredentialConfig::ManagedIdentity {
                client_id,
                endpoint,
            }) => Credential::ManagedIdentity(Assertion::build(
                *client_id,
                endpoint.clone(),
                &config.authentication.authority,
            )?),
            Some(ClientCredentialConfig::Certificate(pem)) => {
                Credential::Certificate(Box::new(Certificate::parse(&pem.0)?))
            }
            Some(ClientCredentialConfig::Secret(secret)) => {
                Credential::Secret(ClientSecret::new(secret.clone()))
            }
        })
    }

    /// The form parameters that prove `client_id` to the token endpoint.
    ///
    /// # Errors
    /// [`CredentialError`].
    pub(super) async fn present(
        &self,
        client_id: &str,
        token_endpoint: &Url,
    ) -> Result<Vec<(&'static str, String)>, CredentialError> {
        let assertion = match self {
            Credential::Missing => return Err(CredentialError::Missing),
            Credential::Secret(secret) => return Ok(vec![("client_secret", secret.reveal())]),
            Credential::FederatedToken(path) => {
                let path = path.clone();
                let read = tokio::task::spawn_blocking(move || read_secret_file(&path)).await;
                read.unwrap_or_else(|_| Err("the reader was stopped".to_owned()))
                    .map_err(CredentialError::FederatedToken)?
            }
            Credential::ManagedIdentity(identity) => identity.token().await?.0,
            Credential::Certificate(certificate) => certificate.sign(client_id, token_endpoint)?,
        };
        Ok(vec![
            ("client_assertion_type", ASSERTION_TYPE.to_owned()),
            ("client_assertion", assertion),
        ])
    }
}
