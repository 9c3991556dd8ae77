//! Keys for a command: fetched once from the authority, or read from a file. By the rules of every other fetch.

use super::KeyClientError;
use super::document::parse_key_document;
use super::fetch::{FetchError, KeyFetcher};
use super::store::KeySet;
use crate::config::Config;
use crate::identity::json::Json;
use crate::identity::verdicts::VerdictCache;

/// Why the authority's keys are not at hand.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FetchOnceError {
    /// No client can be made.
    #[error(transparent)]
    Client(#[from] KeyClientError),
    /// The documents cannot be had, or are not what they must be.
    #[error(transparent)]
    Fetch(#[from] FetchError),
}

/// Why a file gives no keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum KeyFileError {
    /// Not JSON.
    #[error("not JSON")]
    NotJson,
    /// JSON without `keys`.
    #[error("not a key document: expected {{\"keys\": [..]}}, as the authority publishes it")]
    NotAKeyDocument,
    /// No entry is an RSA key that may sign.
    #[error("no usable key in it: expected public RSA keys of at least 2048 bits, each with a kid")]
    NoUsableKey,
}

impl KeySet {
    /// Fetches the keys of the configured tenant.
    ///
    /// # Errors
    /// [`FetchOnceError`].
    pub(crate) async fn fetch_once(config: &Config) -> Result<Self, FetchOnceError> {
        Ok(KeyFetcher::build(config)?.fetch().await?)
    }

    /// Reads a key document (RFC 7517). What only the discovery documents say is not known: the v1 issuer and the cloud.
    ///
    /// # Errors
    /// [`KeyFileError`].
    pub(crate) fn parse(document: &[u8], config: &Config) -> Result<Self, KeyFileError> {
        let document = Json::parse(document).map_err(|_| KeyFileError::NotJson)?;
        let document = parse_key_document(&document).ok_or(KeyFileError::NotAKeyDocument)?;
        match document.keys.is_empty() {
            true => Err(KeyFileError::NoUsableKey),
            false => {
                let issuer = config.authentication.issuer.clone();
                let verdicts = VerdictCache::new(&config.authentication.verdict_cache);
                Ok(Self::new(document.keys, issuer, None, None, verdicts))
            }
        }
    }
}
