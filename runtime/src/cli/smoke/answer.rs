//! One answer of the deployment, and what of it may stand in a row.

use http::HeaderMap;
use portcullis_api_spec::EVENT_STREAM;
use serde_json::Value;

use crate::content_type::media_type_of;

/// One answer.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
    /// The correlation id that was sent.
    pub(super) sent_id: String,
}

impl Answer {
    /// The value of a header that is text.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The media type without its parameters, in lower case.
    pub(super) fn media_type(&self) -> String {
        media_type_of(&self.headers)
    }

    /// The body as JSON; an event stream's first JSON-RPC response.
    pub(super) fn json(&self) -> Option<Value> {
        match is_event_stream(&self.headers) {
            true => find_response(&self.body),
            false => serde_json::from_slice(&self.body).ok(),
        }
    }

    /// The code of a problem (RFC 9457), when it is spelled as ours are.
    pub(super) fn problem_code(&self) -> Option<String> {
        let code = self.json()?["code"].as_str()?.to_owned();
        let is_plain = code
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'_' || byte.is_ascii_digit());
        (is_plain && code.len() <= 64).then_some(code)
    }

    /// Status and code, for a row.
    pub(super) fn describe(&self) -> String {
        match self.problem_code() {
            Some(code) => format!("{} {code}", self.status),
            None => match self.media_type() {
                empty if empty.is_empty() => self.status.to_string(),
                media_type => format!("{} ({media_type})", self.status),
            },
        }
    }

    /// Where the log has more about it.
    pub(super) fn log_hint(&self) -> String {
        format!(
            "correlation id {}",
            self.header("x-correlation-id").unwrap_or(&self.sent_id)
        )
    }

    pub(super) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// Says whether the body is a stream of events, which may have no end.
pub(super) fn is_event_stream(headers: &HeaderMap) -> bool {
    media_type_of(headers) == EVENT_STREAM
}

/// The first message of an event stream that answers a request.
pub(super) fn find_response(body: &[u8]) -> Option<Value> {
    let text = String::from_utf8_lossy(body);
    let data = text.lines().filter_map(|line| line.strip_prefix("data:"));
    let messages = data.filter_map(|data| serde_json::from_str::<Value>(data.trim()).ok());
    let mut responses = messages.filter(|message| message.get("id").is_some());
    responses.next()
}

#[cfg(test)]
mod tests {
    use http::header::CONTENT_TYPE;
    use serde_json::json;

    use super::*;

    fn answer(media_type: &'static str, body: &str) -> Answer {
        let media_type = http::HeaderValue::from_static(media_type);
        Answer {
            status: 200,
            headers: HeaderMap::from_iter([(CONTENT_TYPE, media_type)]),
            body: body.into(),
            sent_id: "smoke-1".to_owned(),
        }
    }

    #[test]
    fn the_response_is_found_in_a_stream_of_events() {
        let events = "event: message\ndata: {\"method\":\"notifications/progress\"}\n\nid: 2\ndata: {\"id\":1,\"result\":{}}\n\n";
        let answer = answer("text/event-stream; charset=utf-8", events);
        assert_eq!(answer.json(), Some(json!({"id": 1, "result": {}})));
        assert_eq!(answer.media_type(), "text/event-stream");
    }

    #[test]
    fn a_code_that_is_spelled_otherwise_is_not_repeated() {
        for (code, is_ours) in [
            ("insufficient_scope", true),
            ("eyJhbGciOiJub25lIn0", false),
            ("see https://evil.example", false),
        ] {
            let answer = answer(
                "application/problem+json",
                &json!({ "code": code }).to_string(),
            );
            assert_eq!(answer.problem_code().is_some(), is_ours, "{code}");
        }
    }
}
