//! One exchange at the authority (Microsoft's "OAuth 2.0 on-behalf-of flow", RFC 7523), and what its answers mean.

mod answer;

use std::sync::Arc;
use std::time::Duration;

use http::header::{ACCEPT, CONTENT_TYPE};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode};
use tokio::time::Instant;
use url::{Url, form_urlencoded};

use super::credential::{ClientSecret, Credential};
use super::{DownstreamError, DownstreamSetupError, DownstreamToken};
use crate::Caller;
use crate::bounded_body;
use crate::config::Config;
use crate::identity::{Clock, IncomingToken, is_loopback};
use crate::telemetry::trace_headers;
use answer::{Granted, Refusal};

const GRANT_TYPE: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
/// Longest time one request to the authority may take.
const TIMEOUT: Duration = Duration::from_secs(10);
/// How long to wait before the one repetition.
const PAUSE: Duration = Duration::from_millis(200);
/// Largest answer that is read, in bytes. A token of Entra's stays far below.
const ANSWER_LIMIT_BYTES: usize = 128 * 1024;
/// A token is not remembered in its last five minutes, so that it does not end on its way to the other API.
const MARGIN: Duration = Duration::from_secs(300);

/// Asks the authority.
pub(super) struct Exchanger {
    client: Client,
    token_endpoint: Url,
    client_id: String,
    credential: Credential,
}

/// Whose token is to become one of which API.
pub(super) struct Request {
    pub(super) api: Arc<str>,
    pub(super) scopes: Arc<[String]>,
    pub(super) caller: Caller,
    pub(super) incoming: IncomingToken,
    /// `exp` of the caller's token.
    pub(super) incoming_end: u64,
}

/// What one attempt came to.
enum Attempt {
    Granted(Granted),
    Refused(Refusal),
    /// Worth a repetition; why, for the log.
    Failed(String),
}

impl Exchanger {
    pub(super) fn build(config: &Config) -> Result<Self, DownstreamSetupError> {
        let settings = &config.authentication;
        let authority = settings.authority.as_str().trim_end_matches('/');
        let token_endpoint = format!("{authority}/{}/oauth2/v2.0/token", settings.tenant_id);
        let mut builder = Client::builder()
            .timeout(TIMEOUT)
            .connect_timeout(TIMEOUT)
            .user_agent("portcullis")
            // Whoever answers with a redirect would be sent the caller's token and our credential.
            .redirect(Policy::none());
        if settings.authority.scheme() == "http" && is_loopback(&settings.authority) {
            builder = builder.no_proxy().tls_certs_only([]);
        }
        Ok(Self {
            client: builder.build().map_err(DownstreamSetupError::Client)?,
            token_endpoint: Url::parse(&token_endpoint)
                .expect("an authority is a URL that paths can be appended to"),
            client_id: settings.client_id.to_string(),
            credential: Credential::build(config)?,
        })
    }

    pub(super) fn client_secret(&self) -> Option<ClientSecret> {
        match &self.credential {
            Credential::Secret(secret) => Some(secret.clone()),
            Credential::FederatedToken(_)
            | Credential::ManagedIdentity(_)
            | Credential::Certificate(_)
            | Credential::Missing => None,
        }
    }

    /// Asks, and once more after a failure that may pass. Writes one event when there is no token.
    pub(super) async fn exchange(
        &self,
        request: &Request,
    ) -> Result<DownstreamToken, DownstreamError> {
        let mut attempt = self.attempt(request).await;
        if let Attempt::Failed(_) = attempt {
            tokio::time::sleep(PAUSE).await;
            attempt = self.attempt(request).await;
        }
        let (error, cause) = match attempt {
            Attempt::Granted(granted) => match token_of(&granted, request.incoming_end) {
                Some(token) => return Ok(token),
                None => (DownstreamError::Refused, "not a bearer token".to_owned()),
            },
            Attempt::Refused(refusal) => (refusal.error(), refusal.to_string()),
            Attempt::Failed(cause) => (DownstreamError::Unavailable, cause),
        };
        record(request, &error, &cause);
        Err(error)
    }

    async fn attempt(&self, request: &Request) -> Attempt {
        let credential = self
            .credential
            .present(&self.client_id, &self.token_endpoint)
            .await;
        let credential = match credential {
            Ok(credential) => credential,
            Err(error) => return Attempt::Failed(error.to_string()),
        };
        let body = form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", GRANT_TYPE)
            .append_pair("requested_token_use", "on_behalf_of")
            .append_pair("client_id", &self.client_id)
            .extend_pairs(credential)
            .append_pair("assertion", request.incoming.reveal())
            .append_pair("scope", &request.scopes.join(" "))
            .finish();
        let sent = self
            .client
            .post(self.token_endpoint.clone())
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(ACCEPT, "application/json")
            .headers(trace_headers())
            .body(body)
            .send()
            .await;
        match sent {
            Ok(response) => read_attempt(response).await,
            Err(error) => Attempt::Failed(error.without_url().to_string()),
        }
    }
}

async fn read_attempt(response: Response) -> Attempt {
    let status = response.status();
    let body = match bounded_body::read(response, ANSWER_LIMIT_BYTES).await {
        Ok(body) => body,
        Err(error) => return Attempt::Failed(error.to_string()),
    };
    if status == StatusCode::OK {
        return match serde_json::from_slice(&body) {
            Ok(granted) => Attempt::Granted(granted),
            Err(_) => Attempt::Failed("the answer is not a token".to_owned()),
        };
    }
    match serde_json::from_slice::<Refusal>(&body) {
        Ok(refusal) if status.is_client_error() && !refusal.is_temporary() => {
            Attempt::Refused(refusal)
        }
        Ok(_) | Err(_) => Attempt::Failed(format!("the authority answered {status}")),
    }
}

/// The token, with the moment until which it may be remembered; `None` for one that is no bearer token.
fn token_of(granted: &Granted, incoming_end: u64) -> Option<DownstreamToken> {
    if !granted.token_type.eq_ignore_ascii_case("bearer") {
        return None;
    }
    let now = Clock::system().now_unix_seconds();
    let remembered = remembered_for(granted.expires_in, incoming_end.saturating_sub(now));
    let usable_until = Instant::now().checked_add(remembered)?;
    DownstreamToken::new(&granted.access_token, usable_until)
}

/// Until shortly before the token ends, and never after the caller's own has ended. Arguments are seconds left.
fn remembered_for(token_left: u64, incoming_left: u64) -> Duration {
    let token_left = Duration::from_secs(token_left).saturating_sub(MARGIN);
    token_left.min(Duration::from_secs(incoming_left))
}

/// One event for each exchange that gave nothing. Identifiers and codes; never a token, nor the authority's sentence.
fn record(request: &Request, error: &DownstreamError, cause: &str) {
    tracing::warn!(
        downstream = &*request.api,
        %error,
        cause,
        tid = %request.caller.tenant_id(),
        oid = %request.caller.object_id(),
        azp = request.caller.client_id(),
        uti = request.caller.token_id(),
        "no token of a downstream API"
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_remembered_until_shortly_before_its_end_and_never_past_the_callers_own() {
        let table = [
            ("the other API's ends first", 3600, 7200, 3300),
            ("the caller's ends first", 3600, 60, 60),
            ("a day, within the caller's hour", 86_400, 3600, 3600),
            ("a short one", 300, 3600, 0),
            ("a shorter one", 1, 3600, 0),
            ("the caller's has ended within the skew", 3600, 0, 0),
        ];
        for (name, token_left, incoming_left, expected) in table {
            let remembered = remembered_for(token_left, incoming_left);
            assert_eq!(remembered, Duration::from_secs(expected), "{name}");
        }
    }
}
