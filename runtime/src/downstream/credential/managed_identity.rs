//! A managed identity: a token of it stands for the app registration, by a federated credential there. No secret at all.
//!
//! Asked from App Service and Container Apps (`IDENTITY_ENDPOINT`), or from the virtual machine's metadata service.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use reqwest::Client;
use reqwest::redirect::Policy;
use serde::Deserialize;
use tokio::time::Instant;
use url::Url;
use uuid::Uuid;

use super::{CredentialError, DownstreamSetupError};
use crate::config::SecretText;

/// The metadata service has this address in every Azure network and answers at once or not at all.
const METADATA_SERVICE: &str = "http://169.254.169.254/metadata/identity/oauth2/token";
const TIMEOUT: Duration = Duration::from_secs(5);
/// Largest answer that is read, in bytes.
const ANSWER_LIMIT_BYTES: usize = 128 * 1024;
/// The endpoints keep tokens for hours and limit how often they may be asked.
const REMEMBERED: Duration = Duration::from_secs(300);

/// A user-assigned managed identity.
pub(in crate::downstream) struct ManagedIdentity {
    client: Client,
    url: Url,
    header: (&'static str, SecretText),
    last: Mutex<Option<(String, Instant)>>,
}

#[derive(Deserialize)]
struct Answer {
    access_token: String,
}

impl ManagedIdentity {
    pub(super) fn build(
        client_id: Uuid,
        endpoint: Option<(Url, SecretText)>,
        authority: &Url,
    ) -> Result<Self, DownstreamSetupError> {
        // This machine is never reached through a proxy, nor by a redirect, and speaks plain HTTP.
        let client = Client::builder()
            .no_proxy()
            .redirect(Policy::none())
            .timeout(TIMEOUT)
            .tls_certs_only([])
            .build()
            .map_err(DownstreamSetupError::Client)?;
        let (mut url, version, header) = match endpoint {
            Some((url, secret)) => (url, "2019-08-01", ("x-identity-header", secret)),
            None => {
                let url = Url::parse(METADATA_SERVICE).expect("the constant is a URL");
                let header = ("metadata", SecretText("true".to_owned()));
                (url, "2018-02-01", header)
            }
        };
        url.query_pairs_mut()
            .append_pair("api-version", version)
            .append_pair("resource", exchange_audience(authority))
            .append_pair("client_id", &client_id.to_string());
        Ok(Self {
            client,
            url,
            header,
            last: Mutex::default(),
        })
    }

    pub(super) async fn token(&self) -> Result<String, CredentialError> {
        if let Some(token) = self.remembered() {
            return Ok(token);
        }
        let failed = |error: reqwest::Error| {
            CredentialError::ManagedIdentity(error.without_url().to_string())
        };
        let (name, value) = &self.header;
        let request = self.client.get(self.url.clone()).header(*name, &value.0);
        let response = request.send().await.and_then(|it| it.error_for_status());
        let mut response = response.map_err(failed)?;
        let mut body = Vec::new();
        while let Some(piece) = response.chunk().await.map_err(failed)? {
            body.extend_from_slice(&piece);
            if body.len() > ANSWER_LIMIT_BYTES {
                let cause = "its answer is too large".to_owned();
                return Err(CredentialError::ManagedIdentity(cause));
            }
        }
        let answer: Answer = serde_json::from_slice(&body).map_err(|_| {
            let cause = "its answer holds no token".to_owned();
            CredentialError::ManagedIdentity(cause)
        })?;
        let until = Instant::now() + REMEMBERED;
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        *last = Some((answer.access_token.clone(), until));
        Ok(answer.access_token)
    }

    fn remembered(&self) -> Option<String> {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let (token, until) = last.as_ref()?;
        (Instant::now() < *until).then(|| token.clone())
    }
}

/// What a token that stands for an app registration is issued for; each cloud has its own.
fn exchange_audience(authority: &Url) -> &'static str {
    match authority.host_str() {
        Some("login.microsoftonline.us") => "api://AzureADTokenExchangeUSGov",
        Some("login.partner.microsoftonline.cn" | "login.chinacloudapi.cn") => {
            "api://AzureADTokenExchangeChina"
        }
        Some(_) | None => "api://AzureADTokenExchange",
    }
}
