//! One question to the deployment, and its answer, read to its end within bounds.
//!
//! Invariant: redirects are not followed, and a token goes to the target's own origin only, over https or loopback.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use http::header::{AUTHORIZATION, HeaderValue};
use reqwest::{Client, Method, Response};
use serde_json::Value;
use uuid::Uuid;

use super::answer::{Answer, find_response, is_event_stream};
use super::bearer::BearerToken;
use super::foreign;
use super::ledger::Finding;
use super::target::Target;
use crate::error_chain::chain;

/// Most that is read of one answer. A document of hundreds of operations has less.
const BODY_LIMIT_BYTES: usize = 8 * 1024 * 1024;

/// The deployment, and what has been met there so far.
pub(super) struct Probe {
    pub(super) target: Target,
    client: Client,
    timeout: Duration,
    has_met_anything: AtomicBool,
    was_last_from_api: AtomicBool,
}

/// One request.
pub(super) struct Question<'a> {
    pub(super) method: Method,
    /// With a slash in front, below the base address.
    pub(super) path: &'a str,
    pub(super) headers: Vec<(&'static str, &'a str)>,
    pub(super) body: Option<Value>,
    pub(super) token: Option<&'a BearerToken>,
}

impl<'a> Question<'a> {
    pub(super) fn get(path: &'a str) -> Self {
        Self {
            method: Method::GET,
            path,
            headers: Vec::new(),
            body: None,
            token: None,
        }
    }

    pub(super) fn with_token(mut self, token: Option<&'a BearerToken>) -> Self {
        self.token = token;
        self
    }

    pub(super) fn with_header(mut self, name: &'static str, value: &'a str) -> Self {
        self.headers.push((name, value));
        self
    }
}

impl Probe {
    /// Builds the client. Proxy variables count as everywhere, but this machine is not reached through a proxy.
    ///
    /// # Errors
    /// A sentence when the machine's certificates cannot be read.
    pub(super) fn build(target: Target, timeout: Duration) -> Result<Self, String> {
        crate::identity::install_crypto_provider();
        let mut builder = Client::builder()
            .timeout(timeout)
            .user_agent("portcullis-smoke")
            .redirect(reqwest::redirect::Policy::none());
        if target.is_local() {
            builder = builder.no_proxy();
        }
        if target.is_plain_loopback() {
            builder = builder.tls_certs_only([]);
        }
        let client = builder.build();
        let client = client.map_err(|error| format!("no HTTP client: {}", causes(&error)))?;
        Ok(Self {
            target,
            client,
            timeout,
            has_met_anything: AtomicBool::new(false),
            was_last_from_api: AtomicBool::new(false),
        })
    }

    /// Says whether anything has answered so far, whatever it was.
    pub(super) fn has_met_anything(&self) -> bool {
        self.has_met_anything.load(Ordering::Relaxed)
    }

    /// Says whether the latest answer came from the API itself.
    pub(super) fn was_last_from_api(&self) -> bool {
        self.was_last_from_api.load(Ordering::Relaxed)
    }

    /// Asks, and makes sure that it was the API that answered.
    ///
    /// # Errors
    /// A finding: nothing answered, or something else did.
    pub(super) async fn ask(&self, question: Question<'_>) -> Result<Answer, Finding> {
        self.was_last_from_api.store(false, Ordering::Relaxed);
        let answer = self.send(question).await?;
        self.has_met_anything.store(true, Ordering::Relaxed);
        match foreign::recognise(&answer, &self.target) {
            Some(finding) => Err(finding),
            None => {
                self.was_last_from_api.store(true, Ordering::Relaxed);
                Ok(answer)
            }
        }
    }

    async fn send(&self, question: Question<'_>) -> Result<Answer, Finding> {
        let sent_id = format!("smoke-{}", Uuid::new_v4().simple());
        let is_get = question.method == Method::GET;
        let url = self.target.url(question.path);
        let mut request = self
            .client
            .request(question.method, url)
            .header("x-correlation-id", &sent_id);
        for (name, value) in question.headers {
            request = request.header(name, value);
        }
        if let Some(body) = &question.body {
            request = request.json(body);
        }
        if let Some(token) = question.token {
            let header = self.authorization(token)?;
            request = request.header(AUTHORIZATION, header);
        }
        let silent = |error: reqwest::Error| self.unanswered(&error);
        let response = request.send().await.map_err(silent)?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        // A stream of events has no end; for a GET its head says enough.
        let is_stream = is_event_stream(&headers);
        let body = match (is_stream, is_get) {
            (true, true) => Vec::new(),
            (true, false) | (false, _) => read_body(response, is_stream).await.map_err(silent)?,
        };
        Ok(Answer {
            status,
            headers,
            body,
            sent_id,
        })
    }

    /// The header, if the token may be sent there at all.
    fn authorization(&self, token: &BearerToken) -> Result<HeaderValue, Finding> {
        if !self.target.may_see_tokens() {
            return Err(Finding::failed(
                "not asked: over http anybody on the way could take the token",
                "name the https address of the deployment",
            ));
        }
        let header = HeaderValue::from_str(&format!("Bearer {}", token.reveal()));
        let mut header = header.map_err(|_| {
            Finding::not_run("the token does not fit into a header", "ask for a new one")
        })?;
        header.set_sensitive(true);
        Ok(header)
    }

    fn unanswered(&self, error: &reqwest::Error) -> Finding {
        let address = self.target.as_str();
        let seconds = self.timeout.as_secs();
        let cause = causes(error);
        if error.is_timeout() {
            return Finding::failed(
                format!("no answer from {address} within {seconds} s"),
                "look whether the service runs and is ready, and whether a firewall drops the packets; --timeout waits longer",
            );
        }
        let fix = match cause.to_ascii_lowercase() {
            text if text.contains("certificate") => {
                "the certificate does not fit: compare its names, its end and its issuer with the address, and the clock of this machine"
            }
            text if text.contains("dns") || text.contains("lookup") => {
                "the name is not known here: compare the address, and whether this network resolves private names"
            }
            text if text.contains("refused") => {
                "nothing listens there: compare host and port, and look whether the service runs"
            }
            _ => "compare scheme, host and port, and look whether the service runs",
        };
        Finding::failed(format!("nothing answers at {address}: {cause}"), fix)
    }
}

/// Reads to the end, or in a stream of events to the response; what is beyond the limit is cut off.
async fn read_body(mut response: Response, is_stream: bool) -> reqwest::Result<Vec<u8>> {
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await? {
        body.extend_from_slice(&piece);
        body.truncate(BODY_LIMIT_BYTES);
        let is_enough = is_stream && find_response(&body).is_some();
        if is_enough || body.len() == BODY_LIMIT_BYTES {
            break;
        }
    }
    Ok(body)
}

/// An error and what caused it, without the address, which the row has already.
fn causes(error: &reqwest::Error) -> String {
    let mut text = String::new();
    for cause in chain(error).skip(1).map(ToString::to_string) {
        if !text.contains(&cause) {
            if !text.is_empty() {
                text.push_str(": ");
            }
            text.push_str(&cause);
        }
    }
    match text.is_empty() {
        true => "the connection failed".to_owned(),
        false => text,
    }
}
