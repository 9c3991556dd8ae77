//! One answer of the service, read to its end.

use reqwest::header::HeaderMap;
use serde_json::Value;

use super::contract;

/// Status, headers and body.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// Asks the public listener, and holds the answer against the document.
    pub(crate) async fn of(request: reqwest::RequestBuilder) -> Self {
        let (client, request) = request.build_split();
        let request = request.expect("tests make requests that can be sent");
        let (method, url) = (request.method().clone(), request.url().clone());
        let answer = Self::read(client.execute(request)).await;
        contract::check(&method, &url, &answer);
        answer
    }

    /// Asks a listener that the document does not describe.
    pub(crate) async fn undocumented(request: reqwest::RequestBuilder) -> Self {
        Self::read(request.send()).await
    }

    async fn read(response: impl Future<Output = reqwest::Result<reqwest::Response>>) -> Self {
        let answer = super::within("an answer", async {
            let response = response.await?;
            let (status, headers) = (response.status().as_u16(), response.headers().clone());
            let body = response.bytes().await?.to_vec();
            Ok::<_, reqwest::Error>(Self {
                status,
                headers,
                body,
            })
        });
        answer.await.expect("the service answers")
    }

    /// The one value of a header, `None` without it.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.get_all(name).iter();
        let value = values.next()?;
        assert!(values.next().is_none(), "{name} is sent twice");
        Some(value.to_str().expect("headers of ours are text"))
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("bodies of ours are UTF-8")
    }

    pub(crate) fn json(&self) -> Value {
        match serde_json::from_slice(&self.body) {
            Ok(value) => value,
            Err(error) => panic!("{error} in: {} {}", self.status, self.text()),
        }
    }

    /// Checks the status, and shows the whole answer when it is another.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{self}");
        self
    }

    /// Checks that this is a complete problem (RFC 9457) with this status, and gives its body.
    #[track_caller]
    pub(crate) fn problem(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{self}");
        assert_eq!(
            self.header("content-type"),
            Some("application/problem+json"),
            "{self}"
        );
        assert_eq!(self.header("x-content-type-options"), Some("nosniff"));
        let problem = self.json();
        assert_eq!(problem["status"], status, "{self}");
        for member in ["type", "title", "code"] {
            let text = problem[member].as_str().unwrap_or_default();
            assert!(!text.is_empty(), "no {member} in {self}");
        }
        let correlation_id = self
            .header("x-correlation-id")
            .expect("every answer has one");
        assert_eq!(problem["correlation_id"], correlation_id, "{self}");
        problem
    }

    /// The body with the correlation id cut out, for comparing refusals byte by byte.
    #[track_caller]
    pub(crate) fn body_without_correlation_id(&self) -> String {
        let correlation_id = self
            .header("x-correlation-id")
            .expect("every answer has one");
        assert!(self.text().contains(correlation_id), "{self}");
        self.text().replace(correlation_id, "")
    }
}

impl std::fmt::Display for Answer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let body = String::from_utf8_lossy(&self.body);
        write!(formatter, "{} {:?}\n{body}", self.status, self.headers)
    }
}
