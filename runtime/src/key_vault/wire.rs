//! The way to the vault and to the token endpoint: HTTPS only, bounded, and without redirects.

use std::time::Duration;

use http::header::{ACCEPT, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, StatusCode};
use url::Url;

use crate::bounded_body::{self, BodyError};
use crate::config::SecretText;
use crate::error_chain::{chain, on_one_line};

/// Largest answer that is read, in bytes. A secret has at most 25 KiB.
const ANSWER_LIMIT_BYTES: usize = 256 * 1024;

/// A client for one reading.
pub(super) struct Wire {
    client: Client,
}

/// What came back. It is not `Debug`: it holds a secret or a token.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    /// How long the other side wants to be left alone.
    pub(super) retry_after: Option<Duration>,
    /// The lines of `WWW-Authenticate`.
    pub(super) challenges: Vec<String>,
    pub(super) body: Vec<u8>,
}

/// Why there was no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Trouble {
    UnknownHost,
    Certificate,
    /// Refused, no route, a proxy that does not let through; in the words of this machine.
    Unreachable(String),
    Oversized,
}

impl Wire {
    /// # Errors
    /// When this machine cannot make HTTPS connections at all.
    pub(super) fn build() -> Result<Self, reqwest::Error> {
        let client = Client::builder()
            .https_only(true)
            .redirect(Policy::none())
            .user_agent("portcullis")
            .build()?;
        Ok(Self { client })
    }

    /// # Errors
    /// [`Trouble`]; whoever asks bounds the time.
    pub(super) async fn get(
        &self,
        url: &Url,
        token: Option<&SecretText>,
    ) -> Result<Answer, Trouble> {
        let request = self.client.get(url.clone());
        send(match token {
            Some(token) => request.bearer_auth(&token.0),
            None => request,
        })
        .await
    }

    /// Sends a form.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub(super) async fn post(&self, url: &Url, form: String) -> Result<Answer, Trouble> {
        let request = self.client.post(url.clone());
        send(
            request
                .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(form),
        )
        .await
    }
}

async fn send(request: RequestBuilder) -> Result<Answer, Trouble> {
    let request = request.header(ACCEPT, "application/json");
    let response = request.send().await.map_err(|error| Trouble::of(&error))?;
    let status = response.status();
    let headers = response.headers();
    // Vaults and Entra say seconds; a date would need a clock that agrees with theirs.
    let retry_after = headers.get(RETRY_AFTER).and_then(|it| it.to_str().ok());
    let retry_after = retry_after
        .and_then(|seconds| seconds.parse().ok())
        .map(Duration::from_secs);
    let challenges = headers.get_all(WWW_AUTHENTICATE).iter();
    let challenges = challenges.filter_map(|line| Some(line.to_str().ok()?.to_owned()));
    let challenges = challenges.collect();
    let body = bounded_body::read(response, ANSWER_LIMIT_BYTES).await;
    Ok(Answer {
        status,
        retry_after,
        challenges,
        body: body.map_err(|error| match error {
            BodyError::Oversized => Trouble::Oversized,
            BodyError::Broken(error) => Trouble::of(&error),
        })?,
    })
}

impl Answer {
    /// Says whether another attempt may end differently: the statuses that clients of Azure ask again after.
    pub(super) fn may_pass(&self) -> bool {
        matches!(self.status.as_u16(), 408 | 429 | 500 | 502 | 503 | 504)
    }
}

impl Trouble {
    /// Says whether another attempt may end differently: names and routes come up beside a service, and later than it.
    pub(super) fn may_pass(&self) -> bool {
        match self {
            Trouble::UnknownHost | Trouble::Unreachable(_) => true,
            Trouble::Certificate | Trouble::Oversized => false,
        }
    }

    fn of(error: &reqwest::Error) -> Self {
        let text = on_one_line(error);
        let says = |words: &str| text.contains(words);
        if says("dns error") || says("failed to lookup address") {
            Trouble::UnknownHost
        } else if says("invalid peer certificate") {
            Trouble::Certificate
        } else {
            let innermost = chain(error).last().map(ToString::to_string);
            let text: String = innermost.unwrap_or_default().chars().take(100).collect();
            Trouble::Unreachable(text.escape_debug().to_string())
        }
    }
}
