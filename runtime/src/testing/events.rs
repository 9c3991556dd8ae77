//! Server-sent events of an answer, read one by one (WHATWG HTML, section 9.2.6).

use std::time::Duration;

use axum::body::Body;
use http_body_util::BodyExt;
use serde::de::DeserializeOwned;

use super::response::TestResponse;

/// How long a test waits for one event.
const PATIENCE: Duration = Duration::from_secs(30);

/// The events that an operation sends, as they come. Dropping this is going away.
pub struct TestEvents {
    head: TestResponse,
    body: Body,
    unread: String,
}

/// One event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestEvent {
    /// Its id, where it has one.
    pub id: Option<String>,
    /// Its name, where it has one.
    pub name: Option<String>,
    /// What it carries, as text.
    pub data: String,
}

impl TestEvents {
    pub(super) fn new(head: TestResponse, body: Body) -> Self {
        Self {
            head,
            body,
            unread: String::new(),
        }
    }

    /// The answer that began the stream: status and headers.
    #[must_use]
    pub fn response(&self) -> &TestResponse {
        &self.head
    }

    /// Reads an answer that is no event stream to its end.
    pub(super) async fn into_response(self) -> TestResponse {
        match self.body.collect().await {
            Ok(body) => self.head.with_body(body.to_bytes()),
            Err(error) => panic!("the answer broke off: {error}\n{}", self.head),
        }
    }

    /// Waits for the next event; `None` when the stream has ended.
    ///
    /// # Panics
    /// When it breaks off, or nothing comes for 30 seconds.
    pub async fn next(&mut self) -> Option<TestEvent> {
        match tokio::time::timeout(PATIENCE, self.read()).await {
            Ok(event) => event,
            Err(_) => panic!("no event and no end\n{}", self.head),
        }
    }

    async fn read(&mut self) -> Option<TestEvent> {
        loop {
            while let Some((block, rest)) = self.unread.split_once("\n\n") {
                let event = TestEvent::parse(block);
                self.unread = rest.to_owned();
                if event.is_some() {
                    return event;
                }
            }
            let frame = match self.body.frame().await? {
                Ok(frame) => frame,
                Err(error) => panic!("the stream broke off: {error}\n{}", self.head),
            };
            if let Some(bytes) = frame.data_ref() {
                self.unread.push_str(&String::from_utf8_lossy(bytes));
            }
        }
    }
}

impl TestEvent {
    /// Reads what it carries as JSON.
    ///
    /// # Panics
    /// When it is not, or not of this type.
    #[track_caller]
    #[must_use]
    pub fn json<T: DeserializeOwned>(&self) -> T {
        match serde_json::from_str(&self.data) {
            Ok(value) => value,
            Err(error) => panic!("not the event that was expected: {error}\n{self:?}"),
        }
    }

    /// `None` for a comment.
    fn parse(block: &str) -> Option<Self> {
        let field = |name: &str| {
            let lines = block.lines().filter_map(|line| line.strip_prefix(name));
            let values: Vec<&str> = lines
                .map(|value| value.strip_prefix(' ').unwrap_or(value))
                .collect();
            (!values.is_empty()).then(|| values.join("\n"))
        };
        Some(Self {
            data: field("data:")?,
            id: field("id:"),
            name: field("event:"),
        })
    }
}
