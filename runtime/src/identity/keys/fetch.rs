//! Reads discovery and key documents over HTTP, with a limit on everything: time, size, hops and hosts.

use std::time::Duration;

use http::header::{ACCEPT, CONTENT_TYPE};
use reqwest::redirect::{Attempt, Policy};
use reqwest::{Client, Response, StatusCode};
use tokio::time::Instant;
use url::Url;

use super::discovery::{DiscoveryError, is_loopback, parse_discovery, parse_v1_issuer};
use super::document::parse_key_document;
#[cfg(any(test, feature = "testing"))]
use super::in_process::InProcessDocuments;
use super::store::KeySet;
use crate::bounded_body::{self, BodyError};
use crate::config::{Config, Environment, VerdictCacheConfig};
use crate::identity::json::Json;
use crate::identity::verdicts::VerdictCache;

/// Largest document that is read, in bytes. Entra's are a few tens of KiB.
const DOCUMENT_LIMIT_BYTES: usize = 1024 * 1024;
const REDIRECTS_LIMIT: usize = 3;

/// The client that fetches signing keys could not be made.
#[derive(Debug, thiserror::Error)]
#[error("the machine's certificate store cannot be used to reach the authority")]
pub(crate) struct KeyClientError(#[source] reqwest::Error);

/// Why a refresh failed. The old keys stay.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FetchError {
    #[error("{0} cannot be read")]
    Unreachable(Url, #[source] reqwest::Error),
    #[error("{0} was not read within {took}, which one fetch may take (auth.keys.timeout)", took = humantime::format_duration(*.1))]
    TimedOut(Url, Duration),
    #[error("{0} answered {1}")]
    Status(Url, StatusCode),
    #[error("{0} is not JSON by its content type")]
    ContentType(Url),
    #[error("{0} is over 1 MiB")]
    TooLarge(Url),
    #[error("{0} is not JSON")]
    NotJson(Url),
    #[error("{0}: refused")]
    Discovery(Url, #[source] DiscoveryError),
    #[error("{0} is not a key document")]
    NotAKeyDocument(Url),
    #[error("{0} has no usable key")]
    NoUsableKey(Url),
}

/// Where the bytes of a document come from.
enum DocumentSource {
    Network {
        client: Client,
        /// For all documents of one fetch together.
        timeout: Duration,
    },
    #[cfg(any(test, feature = "testing"))]
    InProcess(InProcessDocuments),
}

/// Knows where the documents of the configured tenant lie.
pub(crate) struct KeyFetcher {
    source: DocumentSource,
    environment: Environment,
    authority: Url,
    issuer: String,
    tenant_id: String,
    accepts_v1_tokens: bool,
    /// Asks for the keys of this registration (`auth.keys.app_specific`).
    app_id: Option<String>,
    verdict_cache: VerdictCacheConfig,
}

impl KeyFetcher {
    /// Makes the client. No I/O but reading the machine's certificates.
    pub(crate) fn build(config: &Config) -> Result<Self, KeyClientError> {
        let settings = &config.authentication;
        let source = DocumentSource::Network {
            client: build_client(&settings.authority)?,
            timeout: settings.keys.timeout,
        };
        Ok(Self::over(source, config))
    }

    /// Makes a fetcher that asks this process for the documents. What it then does with their bytes is the same.
    #[cfg(any(test, feature = "testing"))]
    pub(crate) fn in_process(config: &Config, documents: InProcessDocuments) -> Self {
        Self::over(DocumentSource::InProcess(documents), config)
    }

    fn over(source: DocumentSource, config: &Config) -> Self {
        let settings = &config.authentication;
        let app_id = settings.client_id.hyphenated().to_string();
        Self {
            source,
            environment: config.environment,
            authority: settings.authority.clone(),
            issuer: settings.issuer.clone(),
            tenant_id: settings.tenant_id.hyphenated().to_string(),
            accepts_v1_tokens: settings.accept_v1_tokens,
            app_id: settings.keys.app_specific.then_some(app_id),
            verdict_cache: settings.verdict_cache,
        }
    }

    /// Fetches the current key set, in no more time than `auth.keys.timeout`: callers wait for the first one.
    pub(super) async fn fetch(&self) -> Result<KeySet, FetchError> {
        let started = Instant::now();
        let v2_url = self.metadata_url("v2.0/.well-known/openid-configuration")?;
        let document = self.read_json(&v2_url, started).await?;
        let discovery = parse_discovery(&document, &self.issuer, &self.authority, self.environment)
            .map_err(|error| FetchError::Discovery(v2_url, error))?;
        let v1_issuer = match self.accepts_v1_tokens {
            true => Some(self.fetch_v1_issuer(started).await?),
            false => None,
        };
        let keys_url = self.with_app_id(discovery.keys_url);
        let Some(document) = parse_key_document(&self.read_json(&keys_url, started).await?) else {
            return Err(FetchError::NotAKeyDocument(keys_url));
        };
        if document.skipped > 0 {
            tracing::debug!(
                skipped = document.skipped,
                "entries of the key document are not usable"
            );
        }
        if document.keys.is_empty() {
            return Err(FetchError::NoUsableKey(keys_url));
        }
        Ok(KeySet::new(
            document.keys,
            self.issuer.clone(),
            v1_issuer,
            discovery.cloud_instance_name,
            VerdictCache::new(&self.verdict_cache),
        ))
    }

    async fn fetch_v1_issuer(&self, started: Instant) -> Result<String, FetchError> {
        let url = self.metadata_url(".well-known/openid-configuration")?;
        let document = self.read_json(&url, started).await?;
        parse_v1_issuer(&document, &self.tenant_id)
            .map_err(|error| FetchError::Discovery(url, error))
    }

    fn metadata_url(&self, path: &str) -> Result<Url, FetchError> {
        let authority = self.authority.as_str().trim_end_matches('/');
        let url = Url::parse(&format!("{authority}/{}/{path}", self.tenant_id)).map_err(|_| {
            let error = DiscoveryError::NotADiscoveryDocument;
            FetchError::Discovery(self.authority.clone(), error)
        })?;
        Ok(self.with_app_id(url))
    }

    fn with_app_id(&self, mut url: Url) -> Url {
        if let Some(app_id) = &self.app_id
            && !url.query_pairs().any(|(name, _)| name == "appid")
        {
            url.query_pairs_mut().append_pair("appid", app_id);
        }
        url
    }

    async fn read_json(&self, url: &Url, started: Instant) -> Result<Json, FetchError> {
        let body = match &self.source {
            DocumentSource::Network { client, timeout } => {
                let left = timeout.saturating_sub(started.elapsed());
                let read = tokio::time::timeout(left, read_from_network(client, url));
                let timed_out = |_| FetchError::TimedOut(url.clone(), *timeout);
                read.await.map_err(timed_out)??
            }
            #[cfg(any(test, feature = "testing"))]
            DocumentSource::InProcess(documents) => documents
                .read(url)
                .ok_or_else(|| FetchError::Status(url.clone(), StatusCode::NOT_FOUND))?,
        };
        Json::parse(&body).map_err(|_| FetchError::NotJson(url.clone()))
    }
}

async fn read_from_network(client: &Client, url: &Url) -> Result<Vec<u8>, FetchError> {
    let unreachable =
        |error: reqwest::Error| FetchError::Unreachable(url.clone(), error.without_url());
    let request = client.get(url.clone()).header(ACCEPT, "application/json");
    let response = request.send().await.map_err(unreachable)?;
    if response.status() != StatusCode::OK {
        return Err(FetchError::Status(url.clone(), response.status()));
    }
    if !is_json(&response) {
        return Err(FetchError::ContentType(url.clone()));
    }
    let body = bounded_body::read(response, DOCUMENT_LIMIT_BYTES).await;
    body.map_err(|error| match error {
        BodyError::Oversized => FetchError::TooLarge(url.clone()),
        BodyError::Broken(error) => unreachable(error),
    })
}

/// Makes a client without timeouts: whoever asks with it knows how much time is left.
fn build_client(authority: &Url) -> Result<Client, KeyClientError> {
    let mut builder = Client::builder()
        // An hour passes between two fetches; a kept connection would only be found broken.
        .pool_max_idle_per_host(0)
        .user_agent("portcullis")
        .redirect(Policy::custom(follow_same_origin));
    if authority.scheme() == "http" && is_loopback(authority) {
        // Elsewhere the usual proxy variables count, as many networks have no other way out. This machine is not reached through a proxy, and without TLS no certificates need to be there.
        builder = builder.no_proxy().tls_certs_only([]);
    }
    builder.build().map_err(KeyClientError)
}

/// A redirect may move a document within its origin, never to another host, port or scheme.
fn follow_same_origin(attempt: Attempt<'_>) -> reqwest::redirect::Action {
    let is_same_origin = attempt
        .previous()
        .first()
        .is_some_and(|first| first.origin() == attempt.url().origin());
    if !is_same_origin {
        attempt.error("redirect to another origin")
    } else if attempt.previous().len() > REDIRECTS_LIMIT {
        attempt.error("too many redirects")
    } else {
        attempt.follow()
    }
}

/// A content type that is there must be JSON's: an error page or a download is not a key document.
fn is_json(response: &Response) -> bool {
    let Some(value) = response.headers().get(CONTENT_TYPE) else {
        return true;
    };
    let essence = value.to_str().unwrap_or_default().split(';').next();
    let essence = essence.unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json"
        || (essence.starts_with("application/") && essence.ends_with("+json"))
}

#[cfg(test)]
mod tests;
