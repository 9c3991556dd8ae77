//! An answer, read to its end, with assertions that show all of it when they fail.

use std::fmt;

use axum::body::Bytes;
use http::HeaderMap;
use http::response::Parts;
use portcullis_api_spec::EVENT_STREAM;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::content_type::media_type_of;

/// Most of a body that a failed assertion shows, in bytes.
const SHOWN_BYTES: usize = 4096;

/// The answer to a [`TestRequest`](super::TestRequest). Of an event stream it has the head only.
#[derive(Clone)]
pub struct TestResponse {
    /// The request's method and path.
    what: String,
    status: u16,
    headers: HeaderMap,
    body: Bytes,
}

impl TestResponse {
    /// The same head with another body.
    pub(super) fn with_body(self, body: impl Into<Bytes>) -> Self {
        let body = body.into();
        Self { body, ..self }
    }

    pub(super) fn new(what: String, parts: Parts, body: Bytes) -> Self {
        Self {
            what,
            status: parts.status.as_u16(),
            headers: parts.headers,
            body,
        }
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.status
    }

    /// A header, when it is there and readable.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    pub(super) fn is_event_stream(&self) -> bool {
        media_type_of(&self.headers) == EVENT_STREAM
    }

    /// The body as it came.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.body
    }

    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Reads the body as JSON.
    ///
    /// # Panics
    /// When it is not, or not of this type; with the whole answer.
    #[track_caller]
    #[must_use]
    pub fn json<T: DeserializeOwned>(&self) -> T {
        match serde_json::from_slice(&self.body) {
            Ok(value) => value,
            Err(error) => panic!("not the JSON that was expected: {error}\n{self}"),
        }
    }

    /// Asserts the status, and hands the answer on.
    ///
    /// # Panics
    /// When the status is another; with the whole answer.
    #[track_caller]
    pub fn assert_status(self, expected: u16) -> Self {
        assert_eq!(self.status, expected, "status\n{self}");
        self
    }

    /// Asserts a problem of this status and code (RFC 9457), and gives it.
    ///
    /// # Panics
    /// When the answer is another; with all of it.
    #[track_caller]
    pub fn assert_problem(&self, status: u16, code: &str) -> Value {
        let found = (self.status, self.problem_code());
        assert_eq!(found, (status, Some(code.to_owned())), "problem\n{self}");
        self.json()
    }

    /// The stable code of a problem; `None` for every other answer.
    pub(super) fn problem_code(&self) -> Option<String> {
        let media_type = self.header("content-type")?;
        if !media_type.starts_with("application/problem+json") {
            return None;
        }
        let problem: Value = serde_json::from_slice(&self.body).ok()?;
        problem["code"].as_str().map(str::to_owned)
    }

    /// `403 forbidden`, or the status alone.
    pub(super) fn in_short(&self) -> String {
        match self.problem_code() {
            Some(code) => format!("{} {code}", self.status),
            None => self.status.to_string(),
        }
    }
}

impl fmt::Display for TestResponse {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "{} answered {}", self.what, self.status)?;
        for (name, value) in &self.headers {
            writeln!(
                formatter,
                "{name}: {}",
                String::from_utf8_lossy(value.as_bytes())
            )?;
        }
        let shown = &self.body[..self.body.len().min(SHOWN_BYTES)];
        write!(formatter, "\n{}", String::from_utf8_lossy(shown))
    }
}

impl fmt::Debug for TestResponse {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}
