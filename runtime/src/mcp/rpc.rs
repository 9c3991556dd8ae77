//! What the front reads of a JSON-RPC message, and the errors it answers in the protocol's own terms.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::identity::{Json, Object};
use crate::server::TooManyWaiting;

/// JSON-RPC: the body is not JSON.
const PARSE_ERROR: i32 = -32700;
/// JSON-RPC: the body is JSON, but no message.
const INVALID_REQUEST: i32 = -32600;
/// One of the codes that JSON-RPC leaves to servers: the caller's share is used up.
pub(super) const RATE_LIMITED: i32 = -32029;

/// The outline of a message. A member that stands twice, at any depth, is an error, so that no two readers of one body can
/// disagree about it: a gateway that looks at the arguments and the tool that runs on them. So is a member that serde_json
/// alone reads as something else than an object.
#[derive(Debug, Default)]
pub(super) struct Envelope {
    message: Object,
}

/// What a message asks an operation for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target<'a> {
    /// A tool, by name.
    Tool(&'a str),
    /// A resource, by URI.
    Resource(&'a str),
    /// A prompt, by name.
    Prompt(&'a str),
    /// Values for a parameter of a URI template.
    ResourceCompletion(&'a str),
    /// Values for an argument of a prompt, by its name.
    PromptCompletion(&'a str),
}

/// What is wrong with a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum EnvelopeError {
    NotJson,
    Batch,
    NotAMessage,
}

impl Envelope {
    /// Reads the outline of a message.
    pub(super) fn parse(body: &[u8]) -> Result<Self, EnvelopeError> {
        match Json::parse(body) {
            Err(_) => Err(EnvelopeError::NotJson),
            Ok(Json::Array(_)) => Err(EnvelopeError::Batch),
            Ok(message) if message.has_duplicate() || message.has_private_name() => {
                Err(EnvelopeError::NotAMessage)
            }
            Ok(Json::Object(message)) if Self::has_its_shape(&message) => Ok(Self { message }),
            Ok(_) => Err(EnvelopeError::NotAMessage),
        }
    }

    /// A method is text and parameters are an object, where they are there at all.
    fn has_its_shape(message: &Object) -> bool {
        let method = message.get("method").unwrap_or(&Json::Null);
        let params = message.get("params").unwrap_or(&Json::Null);
        matches!(method, Json::Null | Json::String(_))
            && matches!(params, Json::Null | Json::Object(_))
    }

    pub(super) fn method(&self) -> &str {
        let method = self.message.get("method").and_then(Json::as_str);
        method.unwrap_or_default()
    }

    fn params(&self) -> Option<&Object> {
        let Json::Object(params) = self.message.get("params")? else {
            return None;
        };
        Some(params)
    }

    fn param(&self, name: &str) -> Option<&str> {
        self.params()?.get(name)?.as_str()
    }

    /// What the values are for that a completion asks for.
    fn completed(&self) -> Option<Target<'_>> {
        let Json::Object(reference) = self.params()?.get("ref")? else {
            return None;
        };
        let text = |name: &str| reference.get(name)?.as_str();
        match text("type")? {
            "ref/prompt" => text("name").map(Target::PromptCompletion),
            "ref/resource" => text("uri").map(Target::ResourceCompletion),
            _ => None,
        }
    }

    /// Where a list goes on.
    pub(super) fn cursor(&self) -> Option<&str> {
        self.param("cursor")
    }

    /// What the message asks an operation for; only what the body says counts, whatever stands in `Mcp-Name`.
    pub(super) fn target(&self) -> Option<Target<'_>> {
        match self.method() {
            "tools/call" => self.param("name").map(Target::Tool),
            "prompts/get" => self.param("name").map(Target::Prompt),
            "resources/read" => self.param("uri").map(Target::Resource),
            "completion/complete" => self.completed(),
            _ => None,
        }
    }

    /// The name of the tool to call, if this is a call.
    pub(super) fn tool_name(&self) -> Option<&str> {
        match self.target()? {
            Target::Tool(name) => Some(name),
            Target::Resource(_)
            | Target::Prompt(_)
            | Target::ResourceCompletion(_)
            | Target::PromptCompletion(_) => None,
        }
    }
}

/// The id of a message that [`Envelope`] has read, to answer with; `null` where it is unknown or no id (JSON-RPC 2.0 section 5).
pub(super) fn id_of(body: &[u8]) -> Value {
    #[derive(Deserialize)]
    struct Identified {
        id: Value,
    }
    match serde_json::from_slice(body) {
        Ok(Identified { id }) if id.is_string() || id.is_number() => id,
        Ok(_) | Err(_) => Value::Null,
    }
}

/// The tool that a body calls, if any, and the id to answer with; or the status that refuses it.
#[cfg(any(test, feature = "testing"))]
pub(crate) fn read_outline(body: &[u8]) -> Result<(Option<String>, Value), StatusCode> {
    match Envelope::parse(body) {
        Ok(envelope) => Ok((envelope.tool_name().map(str::to_owned), id_of(body))),
        Err(error) => Err(error.into_response().status()),
    }
}

impl IntoResponse for EnvelopeError {
    fn into_response(self) -> Response {
        let (code, message) = match self {
            EnvelopeError::NotJson => (PARSE_ERROR, "Parse error: the body is not JSON"),
            EnvelopeError::Batch => (INVALID_REQUEST, "Invalid Request: batches are not served"),
            EnvelopeError::NotAMessage => {
                (INVALID_REQUEST, "Invalid Request: not a JSON-RPC message")
            }
        };
        error_response(Value::Null, code, message)
    }
}

/// The arguments of the call in a body that has been read before.
pub(super) fn arguments_of(body: &[u8]) -> Option<Map<String, Value>> {
    let message: Value = serde_json::from_slice(body).ok()?;
    arguments_in(message.get("params")?).cloned()
}

/// The argument that the completion in a body is about, which has been read before.
pub(super) fn completed_argument(body: &[u8]) -> Option<Map<String, Value>> {
    let message: Value = serde_json::from_slice(body).ok()?;
    let argument = message.get("params")?.get("argument")?;
    let name = argument.get("name")?.as_str()?.to_owned();
    Some(Map::from_iter([(name, argument.get("value")?.clone())]))
}

/// The arguments in the parameters of a call.
pub(super) fn arguments_in(params: &Value) -> Option<&Map<String, Value>> {
    params.get("arguments")?.as_object()
}

/// 400 for a message that rmcp could not read, or whose headers do not fit.
pub(super) fn invalid_request(id: Value, message: &str) -> Response {
    error_response(id, INVALID_REQUEST, message)
}

/// 429 for a message of a caller whose bucket is empty.
pub(super) fn rate_limited(id: Value, retry_after_seconds: u64) -> Response {
    let message = format!("Too many requests: try again in {retry_after_seconds} s");
    too_many(id, &message, retry_after_seconds)
}

/// 429 for a call that would wait beside as many of the caller's as may.
pub(super) fn too_many_waiting(id: Value) -> Response {
    let message = "Too many calls and streams of this caller are open: let some end first";
    too_many(id, message, TooManyWaiting::RETRY_AFTER_SECONDS)
}

fn too_many(id: Value, message: &str, retry_after_seconds: u64) -> Response {
    let mut response = error_response(id, RATE_LIMITED, message);
    *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
    let headers = response.headers_mut();
    headers.insert(header::RETRY_AFTER, retry_after_seconds.into());
    response
}

fn error_response(id: Value, code: i32, message: &str) -> Response {
    let error = json!({"code": code, "message": message});
    let body = json!({"jsonrpc": "2.0", "id": id, "error": error});
    let content_type = (
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    (StatusCode::BAD_REQUEST, [content_type], body.to_string()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error_of(body: &str) -> EnvelopeError {
        Envelope::parse(body.as_bytes()).unwrap_err()
    }

    #[test]
    fn the_method_says_what_a_name_or_a_uri_is_for() {
        let table = [
            ("tools/call", Some(Target::Tool("a"))),
            ("prompts/get", Some(Target::Prompt("a"))),
            ("resources/read", Some(Target::Resource("b"))),
            ("resources/list", None),
            ("tools/list", None),
        ];
        for (method, target) in table {
            let body = json!({"id": 1, "method": method, "params": {"name": "a", "uri": "b"}});
            let body = body.to_string();
            let envelope = Envelope::parse(body.as_bytes()).unwrap();
            assert_eq!(envelope.target(), target, "{method}");
        }
    }

    #[test]
    fn a_completion_is_for_what_its_reference_names() {
        let table = [
            (
                json!({"type": "ref/prompt", "name": "a", "uri": "b"}),
                Some(Target::PromptCompletion("a")),
            ),
            (
                json!({"type": "ref/resource", "name": "a", "uri": "b"}),
                Some(Target::ResourceCompletion("b")),
            ),
            (json!({"type": "ref/resource", "name": "a"}), None),
            (json!({"type": "ref/tool", "name": "a"}), None),
            (json!({"name": "a"}), None),
            (json!("ref/prompt"), None),
        ];
        for (reference, target) in table {
            let params = json!({"ref": reference, "name": "a", "uri": "b"});
            let body = json!({"id": 1, "method": "completion/complete", "params": params});
            let body = body.to_string();
            let envelope = Envelope::parse(body.as_bytes()).unwrap();
            assert_eq!(envelope.target(), target, "{body}");
        }
    }

    #[test]
    fn only_a_call_names_a_tool() {
        let call = br#"{"id":1,"method":"tools/call","params":{"name":"a","arguments":{}}}"#;
        assert_eq!(Envelope::parse(call).unwrap().tool_name(), Some("a"));
        let prompt = br#"{"id":1,"method":"prompts/get","params":{"name":"a"}}"#;
        assert_eq!(Envelope::parse(prompt).unwrap().tool_name(), None);
    }

    #[test]
    fn a_member_that_stands_twice_is_refused() {
        let table = [
            r#"{"id":1,"method":"tools/list","method":"tools/call","params":{"name":"a"}}"#,
            r#"{"id":1,"method":"tools/call","params":{"name":"a","name":"b"}}"#,
            r#"{"id":1,"method":"tools/call","params":{"name":"a"},"params":{"name":"b"}}"#,
            r#"{"id":1,"method":"tools/call","params":{"name":"a","n\u0061me":"b"}}"#,
            r#"{"id":1,"method":"tools/call","params":{"name":"a","arguments":{},"arguments":{}}}"#,
            r#"{"id":1,"method":"tools/call","params":{"name":"a","arguments":{"id":"x","id":"y"}}}"#,
            r#"{"id":1,"method":"tools/call","params":{"name":"a","arguments":{"rows":[{"x":1,"x":2}]}}}"#,
            r#"{"jsonrpc":"2.0","jsonrpc":"2.0","id":1,"method":"tools/list"}"#,
            r#"{"id":1,"method":"resources/read","params":{"uri":"desk://a","uri":"desk://b"}}"#,
            r#"{"id":1,"method":"resources/read","params":{"uri":"desk://a","u\u0072i":"desk://b"}}"#,
            r#"{"id":1,"method":"prompts/get","params":{"name":"a","name":"b"}}"#,
        ];
        for body in table {
            assert_eq!(error_of(body), EnvelopeError::NotAMessage, "{body}");
        }
    }

    #[test]
    fn a_batch_is_told_apart_from_a_message() {
        assert_eq!(
            error_of(" [1, \"tools/call\", {\"name\": \"a\"}]"),
            EnvelopeError::Batch
        );
    }

    #[test]
    fn json_of_another_shape_is_no_message() {
        for body in [
            "null",
            "\"x\"",
            r#"{"id":1,"method":5}"#,
            r#"{"id":1,"method":"tools/call","params":["a"]}"#,
            r#"{"id":1,"method":"tools/call","params":["a",{}]}"#,
        ] {
            assert_eq!(error_of(body), EnvelopeError::NotAMessage, "{body}");
        }
    }

    #[test]
    fn what_is_not_json_is_a_parse_error() {
        let deep = "[".repeat(100_000);
        for body in [
            "",
            "{",
            "nonsense",
            "[1,",
            "{\"a\":}",
            &format!("{{\"x\":{deep}"),
        ] {
            assert_eq!(error_of(body), EnvelopeError::NotJson);
        }
    }
}
