//! A plain tool call, answered in the task of its connection.
//!
//! rmcp's transport takes a message through four tasks, each of which may wake another thread: most of what a call costs there.
//! A call that is plainly right needs none of them, since it has one answer and says nothing before it.
//!
//! Invariant: what is taken here rmcp would take, and would answer the same: it reads the message, and decides about eras and
//! results, here too. Whatever is not known at sight is left to its transport, which also words every refusal.

use axum::response::{IntoResponse, Response};
use futures::{sink, stream};
use http::header::{self, HeaderName, HeaderValue};
use http::request::Parts;
use http::{HeaderMap, StatusCode};
use rmcp::model::{
    CallToolRequest, CallToolRequestParams, ClientCapabilities, ClientRequest, Implementation,
    InitializeRequestParams, JsonRpcMessage, JsonRpcVersion2_0, ProtocolVersion, RequestId,
    RequestMetaObject, ServerJsonRpcMessage,
};
use rmcp::service::{RequestContext, serve_directly};
use rmcp::{Peer, RoleServer, Service};
use serde::Deserialize;

use super::server::McpServer;
use crate::Problem;

const PROTOCOL_VERSION: HeaderName = HeaderName::from_static("mcp-protocol-version");
const METHOD: HeaderName = HeaderName::from_static("mcp-method");
const NAME: HeaderName = HeaderName::from_static("mcp-name");

const CALL: &str = "tools/call";
const JSON: &str = "application/json";
const EVENT_STREAM: &str = "text/event-stream";

const META_VERSION: &str = "io.modelcontextprotocol/protocolVersion";
const META_PROGRESS: &str = "progressToken";

/// Answers plain calls.
pub(super) struct DirectCalls {
    server: McpServer,
    /// One for each version of the protocol. Nothing is ever sent to them.
    peers: Vec<(&'static ProtocolVersion, Peer<RoleServer>)>,
}

/// A call that needs no transport.
pub(super) struct DirectCall {
    id: RequestId,
    params: CallToolRequestParams,
    meta: RequestMetaObject,
    version: &'static ProtocolVersion,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CallMessage<'a> {
    #[expect(dead_code, reason = "its type is what is checked")]
    jsonrpc: JsonRpcVersion2_0,
    id: RequestId,
    method: &'a str,
    params: CallToolRequestParams,
}

impl DirectCall {
    /// The call that a message is, if it is a plain one. `allowed_hosts` are those of rmcp's transport.
    pub(super) fn recognize(parts: &Parts, body: &[u8], allowed_hosts: &[String]) -> Option<Self> {
        let headers = &parts.headers;
        let is_ours = parts.uri.authority().is_none()
            && !headers.contains_key(header::ORIGIN)
            && is_allowed(only(headers, header::HOST)?, allowed_hosts);
        if !is_ours || only(headers, header::CONTENT_TYPE)? != JSON || !accepts_both(headers) {
            return None;
        }
        let version = known_version(only(headers, PROTOCOL_VERSION)?)?;
        let mut message: CallMessage<'_> = serde_json::from_slice(body).ok()?;
        let meta = message.params.meta.take().unwrap_or_default();
        let fits_its_era = match version.has_initialize() {
            true => !meta.contains_key(META_VERSION),
            false => {
                is_mirrored(headers, &message.params.name) && names_its_version(&meta, version)
            }
        };
        // Whoever asks for progress is told before the answer.
        let is_plain = message.method == CALL && fits_its_era && !meta.contains_key(META_PROGRESS);
        is_plain.then_some(Self {
            id: message.id,
            params: message.params,
            meta,
            version,
        })
    }
}

impl DirectCalls {
    pub(super) fn new(server: McpServer) -> Self {
        let versions = ProtocolVersion::KNOWN_VERSIONS.iter();
        let peer = |version| (version, idle_peer(&server, version));
        Self {
            peers: versions.map(peer).collect(),
            server,
        }
    }

    /// Answers a call. Dropped before its end, its client has gone away.
    pub(super) async fn answer(&self, call: DirectCall, parts: Parts) -> Response {
        let mut context = RequestContext::new(call.id.clone(), self.peer(call.version));
        context.meta = call.meta;
        context.extensions.insert(parts);
        let request = ClientRequest::CallToolRequest(CallToolRequest::new(call.params));
        let answered = Box::pin(self.server.handle_request(request, context)).await;
        let message: ServerJsonRpcMessage = match answered {
            Ok(result) => JsonRpcMessage::response(result, call.id),
            Err(error) => JsonRpcMessage::error(error, Some(call.id)),
        };
        match serde_json::to_vec(&message) {
            Ok(body) => (
                [(header::CONTENT_TYPE, HeaderValue::from_static(JSON))],
                body,
            )
                .into_response(),
            Err(error) => {
                tracing::error!(%error, "the answer to a tool call cannot be written");
                Problem::of_status(StatusCode::INTERNAL_SERVER_ERROR).into_response()
            }
        }
    }

    fn peer(&self, version: &ProtocolVersion) -> Peer<RoleServer> {
        let found = self.peers.iter().find(|(known, _)| *known == version);
        let (_, peer) = found.expect("a call is of a known version");
        peer.clone()
    }
}

/// What tells rmcp which version a client speaks. It hands one out with a service that runs, which ends at once here.
fn idle_peer(server: &McpServer, version: &ProtocolVersion) -> Peer<RoleServer> {
    let client =
        InitializeRequestParams::new(ClientCapabilities::default(), Implementation::default())
            .with_protocol_version(version.clone());
    let nobody = (sink::drain(), stream::pending());
    let service = serve_directly(server.clone(), nobody, Some(client));
    service.peer().clone()
}

/// The value of a header that stands once.
fn only(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}

/// An entry without a port stands for any port.
fn is_allowed(host: &str, allowed_hosts: &[String]) -> bool {
    allowed_hosts.iter().any(|allowed| {
        let port = host.strip_prefix(allowed.as_str());
        port.is_some_and(|port| port.is_empty() || is_port(port))
    })
}

fn is_port(text: &str) -> bool {
    let digits = text.strip_prefix(':').unwrap_or_default();
    digits.parse::<u16>().is_ok() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn accepts_both(headers: &HeaderMap) -> bool {
    let Some(accepted) = only(headers, header::ACCEPT) else {
        return false;
    };
    // A quoted comma separates nothing.
    let has = |wanted| accepted.split(',').any(|it| it.trim() == wanted);
    !accepted.contains('"') && has(JSON) && has(EVENT_STREAM)
}

fn known_version(text: &str) -> Option<&'static ProtocolVersion> {
    let mut known = ProtocolVersion::KNOWN_VERSIONS.iter();
    known.find(|version| version.as_str() == text)
}

/// From 2026-07-28 on headers say what is called. Base64 is not read here.
fn is_mirrored(headers: &HeaderMap, name: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
    only(headers, METHOD) == Some(CALL)
        && only(headers, NAME) == Some(name)
        && name.bytes().all(is_plain)
}

fn names_its_version(meta: &RequestMetaObject, version: &ProtocolVersion) -> bool {
    meta.protocol_version().as_ref() == Some(version)
        && meta.missing_required_keys(version).is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    const HOSTS: [&str; 3] = ["api.example", "localhost", "[::1]"];

    fn is_known(headers: &[(&str, &str)], body: &Value) -> bool {
        let request = headers.iter().fold(
            http::Request::post("/api/v1/mcp"),
            |request, (name, value)| request.header(*name, *value),
        );
        let (parts, ()) = request.body(()).unwrap().into_parts();
        let hosts = HOSTS.map(str::to_owned);
        DirectCall::recognize(&parts, body.to_string().as_bytes(), &hosts).is_some()
    }

    fn headers<'a>(host: &'a str, version: &'a str) -> Vec<(&'static str, &'a str)> {
        vec![
            ("host", host),
            ("accept", "application/json, text/event-stream"),
            ("content-type", "application/json"),
            ("mcp-protocol-version", version),
            ("mcp-method", "tools/call"),
            ("mcp-name", "get_note"),
        ]
    }

    fn call(meta: &Value) -> Value {
        let params = json!({"name": "get_note", "arguments": {"id": "a"}, "_meta": meta});
        json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params})
    }

    fn modern() -> Value {
        json!({META_VERSION: "2026-07-28", "io.modelcontextprotocol/clientCapabilities": {}})
    }

    #[test]
    fn a_plain_call_of_each_version_is_known() {
        for version in ProtocolVersion::KNOWN_VERSIONS {
            let meta = match version.has_initialize() {
                true => json!({"traceparent": "00-a-b-01"}),
                false => modern(),
            };
            let headers = headers("api.example", version.as_str());
            assert!(is_known(&headers, &call(&meta)), "{version}");
        }
    }

    #[test]
    fn a_host_is_known_with_any_port_and_in_one_spelling() {
        let table = [
            ("api.example", true),
            ("api.example:443", true),
            ("localhost:1", true),
            ("[::1]:8080", true),
            ("api.example:", false),
            ("api.example:70000", false),
            ("api.example:+1", false),
            ("api.example.evil.example", false),
            ("api.example@evil.example", false),
            ("API.example", false),
            ("evil.example", false),
            ("", false),
        ];
        for (host, expected) in table {
            let known = is_known(&headers(host, "2025-11-25"), &call(&json!({})));
            assert_eq!(known, expected, "{host}");
        }
    }

    #[test]
    fn a_page_is_left_to_the_transport_whichever_its_origin() {
        for origin in ["https://api.example", "https://evil.example", "null", ""] {
            let mut headers = headers("api.example", "2025-11-25");
            headers.push(("origin", origin));
            assert!(!is_known(&headers, &call(&json!({}))), "{origin}");
        }
    }

    #[test]
    fn whoever_wants_progress_is_left_to_the_transport() {
        let headers = headers("localhost", "2025-11-25");
        for token in [json!(1), json!("a"), json!(null), json!({})] {
            assert!(!is_known(&headers, &call(&json!({META_PROGRESS: token}))));
        }
    }
}
