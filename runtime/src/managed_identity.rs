//! A managed identity of the host: who this process itself is in Azure, without any secret.
//!
//! Asked from App Service and Container Apps (`IDENTITY_ENDPOINT`), or from the virtual machine's metadata service.
//! Key Vault is read as it, and its tokens stand for the app registration when other APIs are called for users.
//!
//! Invariant: which identity is asked for is said in every request. An endpoint that is not told one picks by itself,
//! and another one tomorrow, when a second is assigned.

use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode};
use serde::Deserialize;
use url::Url;
use uuid::Uuid;

use crate::bounded_body::{self, BodyError};
use crate::config::SecretText;

/// The metadata service has this address in every Azure network and answers at once or not at all.
const METADATA_SERVICE: &str = "http://169.254.169.254/metadata/identity/oauth2/token";
const TIMEOUT: Duration = Duration::from_secs(5);
/// Largest answer that is read, in bytes.
const ANSWER_LIMIT_BYTES: usize = 128 * 1024;

/// A managed identity, and what its tokens are asked for.
pub(crate) struct ManagedIdentity {
    client: Client,
    url: Url,
    header: (&'static str, SecretText),
    has_client_id: bool,
}

/// Why there is no token. No variant holds what the endpoint wrote.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ManagedIdentityError {
    /// Nobody listens, or no way leads there.
    #[error("its endpoint cannot be reached")]
    Unreachable,
    #[error("its endpoint does not answer in time")]
    TimedOut,
    /// The client id that was asked for is none of this host's.
    #[error("this host has no identity of that client id")]
    NotAssigned,
    /// None was asked for, and the host has no system-assigned one.
    #[error("this host has no system-assigned identity")]
    NoneAssigned,
    /// None was asked for, and the host has several.
    #[error("this host has several identities, and none was chosen")]
    Ambiguous,
    #[error("its endpoint answers {0}")]
    Refused(StatusCode),
    #[error("its answer is too large")]
    Oversized,
    #[error("its answer holds no token")]
    Unreadable,
}

#[derive(Deserialize)]
struct Answer {
    access_token: String,
}

impl ManagedIdentity {
    /// The identity of this client id, or the system-assigned one, for tokens that are issued for `audience`.
    ///
    /// `endpoint` is an address and what requests to it must carry; without one the metadata service is asked.
    ///
    /// # Errors
    /// When no HTTP client can be built on this machine.
    pub(crate) fn build(
        client_id: Option<Uuid>,
        endpoint: Option<(Url, SecretText)>,
        audience: &str,
    ) -> Result<Self, reqwest::Error> {
        // This machine is never reached through a proxy, nor by a redirect, and speaks plain HTTP.
        let client = Client::builder()
            .no_proxy()
            .redirect(Policy::none())
            .timeout(TIMEOUT)
            .tls_certs_only([])
            .build()?;
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
            .append_pair("resource", audience);
        if let Some(client_id) = client_id {
            let client_id = client_id.to_string();
            url.query_pairs_mut().append_pair("client_id", &client_id);
        }
        Ok(Self {
            client,
            url,
            header,
            has_client_id: client_id.is_some(),
        })
    }

    /// Asks once. The endpoints keep tokens for hours and limit how often they may be asked.
    ///
    /// # Errors
    /// [`ManagedIdentityError`].
    pub(crate) async fn token(&self) -> Result<SecretText, ManagedIdentityError> {
        let (name, value) = &self.header;
        let request = self.client.get(self.url.clone()).header(*name, &value.0);
        let response = request.send().await.map_err(ManagedIdentityError::of)?;
        let status = response.status();
        let body = bounded_body::read(response, ANSWER_LIMIT_BYTES).await?;
        if !status.is_success() {
            return Err(self.judge(status, &body));
        }
        let answer: Answer =
            serde_json::from_slice(&body).map_err(|_| ManagedIdentityError::Unreadable)?;
        Ok(SecretText(answer.access_token))
    }

    /// Both kinds of endpoint answer 400 to a question about an identity that they do not have.
    fn judge(&self, status: StatusCode, body: &[u8]) -> ManagedIdentityError {
        if status != StatusCode::BAD_REQUEST {
            return ManagedIdentityError::Refused(status);
        }
        let text = String::from_utf8_lossy(body).to_ascii_lowercase();
        if self.has_client_id {
            ManagedIdentityError::NotAssigned
        } else if text.contains("multiple user assigned") {
            ManagedIdentityError::Ambiguous
        } else {
            ManagedIdentityError::NoneAssigned
        }
    }
}

impl ManagedIdentityError {
    fn of(error: reqwest::Error) -> Self {
        if error.is_timeout() {
            ManagedIdentityError::TimedOut
        } else if error.is_connect() || error.is_request() {
            ManagedIdentityError::Unreachable
        } else {
            ManagedIdentityError::Unreadable
        }
    }

    /// Says whether another attempt may end differently: endpoints start beside the service, and later than it.
    pub(crate) fn may_pass(&self) -> bool {
        match self {
            ManagedIdentityError::Unreachable | ManagedIdentityError::TimedOut => true,
            ManagedIdentityError::Refused(status) => {
                status.is_server_error()
                    || matches!(
                        *status,
                        StatusCode::NOT_FOUND | StatusCode::GONE | StatusCode::TOO_MANY_REQUESTS
                    )
            }
            ManagedIdentityError::NotAssigned
            | ManagedIdentityError::NoneAssigned
            | ManagedIdentityError::Ambiguous
            | ManagedIdentityError::Oversized
            | ManagedIdentityError::Unreadable => false,
        }
    }
}

impl From<BodyError> for ManagedIdentityError {
    fn from(error: BodyError) -> Self {
        match error {
            BodyError::Oversized => ManagedIdentityError::Oversized,
            BodyError::Broken(error) => ManagedIdentityError::of(error),
        }
    }
}
