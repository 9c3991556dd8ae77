//! A plain tool call, answered in the task of its connection.
//!
//! rmcp's transport takes a message through four tasks, each of which may wake another thread: most of what a call costs there.
//! A call that is plainly right needs none of them, since it has one answer and says nothing before it.
//!
//! Invariant: what is taken here rmcp's transport would take, and would answer the same: rmcp's types read the message and
//! shape the result, and the same server answers. Whatever is not known at sight is left to the transport, which also words
//! every refusal. The body has been read strictly before (`rpc::Envelope`): serde alone is more lenient about what it skips.

use std::borrow::Cow;

use axum::response::{IntoResponse, Response};
use http::header::{self, HeaderName, HeaderValue};
use http::request::Parts;
use http::uri::Authority;
use http::{HeaderMap, StatusCode};
use rmcp::ServerHandler;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, ErrorCode, ErrorData, JsonRpcError, JsonRpcResponse,
    JsonRpcVersion2_0, ProtocolVersion, RequestId, RequestMetaObject, ServerResult,
};
use rmcp::transport::streamable_http_server::StreamableHttpServerConfig;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::accept::{self, JSON};
use super::confirmation;
use super::relay::Relay;
use super::tool_server::{CallAnswer, CallContext, ToolServer};
use crate::Problem;

const PROTOCOL_VERSION: HeaderName = HeaderName::from_static("mcp-protocol-version");
const METHOD: HeaderName = HeaderName::from_static("mcp-method");
const NAME: HeaderName = HeaderName::from_static("mcp-name");

const CALL: &str = "tools/call";

/// How many headers an answer has room for before the map grows: its own, and those that everything around it adds.
const HEADERS: usize = 12;

/// How much an answer has room for before it grows, in bytes: most are small.
const BODY_BYTES: usize = 512;

const META_VERSION: &str = "io.modelcontextprotocol/protocolVersion";
const META_PROGRESS: &str = "progressToken";

/// Knows plain calls, and answers them.
pub(super) struct DirectCalls<S> {
    server: S,
    allowed_hosts: Vec<String>,
    versions: Cow<'static, [ProtocolVersion]>,
}

/// A call that needs no transport.
pub(super) struct DirectCall<'a> {
    id: RequestId,
    params: CallToolRequestParams,
    meta: RequestMetaObject,
    version: &'a ProtocolVersion,
    can_ask: bool,
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

impl<S: ServerHandler + ToolServer> DirectCalls<S> {
    /// For the server behind a transport of this configuration.
    ///
    /// # Panics
    /// A transport with sessions, with streams for answers, or that wants metadata of older clients too, answers otherwise.
    pub(super) fn new(server: S, transport: &StreamableHttpServerConfig) -> Self {
        assert!(
            !transport.legacy_session_mode
                && transport.json_response
                && !transport.stateless_protocol_metadata_required,
            "a call would be answered otherwise than by the transport"
        );
        Self {
            versions: server.supported_protocol_versions(),
            allowed_hosts: transport.allowed_hosts.clone(),
            server,
        }
    }

    /// The call that a message is, if it is a plain one.
    pub(super) fn recognize(&self, parts: &Parts, body: &[u8]) -> Option<DirectCall<'_>> {
        let headers = &parts.headers;
        // What a page sends is judged by the transport.
        let is_ours = parts.uri.authority().is_none()
            && !headers.contains_key(header::ORIGIN)
            && self.allows(only(headers, header::HOST)?);
        if !is_ours || only(headers, header::CONTENT_TYPE)? != JSON || !accept::names_both(headers)
        {
            return None;
        }
        let named = only(headers, PROTOCOL_VERSION)?;
        let mut versions = self.versions.iter();
        let version = versions.find(|version| version.as_str() == named)?;
        // At once: of bytes serde_json would look at each string by itself.
        let text = str::from_utf8(body).ok()?;
        let mut message: CallMessage<'_> = serde_json::from_str(text).ok()?;
        let meta = message.params.meta.take().unwrap_or_default();
        // Whoever asks for progress is told before the answer.
        if message.method != CALL || meta.contains_key(META_PROGRESS) {
            return None;
        }
        let can_ask = match version.has_initialize() {
            true if meta.contains_key(META_VERSION) => return None,
            true => false,
            false if !is_mirrored(headers, &message.params.name) => return None,
            false => can_ask(&meta, version)?,
        };
        Some(DirectCall {
            id: message.id,
            params: message.params,
            meta,
            version,
            can_ask,
        })
    }

    /// An entry without a port stands for any port.
    fn allows(&self, host: &str) -> bool {
        let Ok(authority) = host.parse::<Authority>() else {
            return false;
        };
        let is_host_and_port = authority.port_u16().is_some() && !host.contains('@');
        self.allowed_hosts.iter().any(|allowed| {
            host == allowed || (is_host_and_port && authority.host() == allowed.as_str())
        })
    }

    /// Answers a call. Dropped before its end, its client has gone away.
    pub(super) async fn answer(&self, call: DirectCall<'_>, parts: Parts) -> Response {
        let (id, version) = (call.id, call.version);
        let context = CallContext {
            parts: &parts,
            meta: &call.meta,
            version: Some(version.clone()),
            can_ask: call.can_ask,
            relay: Relay::silent(),
        };
        // Boxed, or every message would carry the room for it.
        let answered = Box::pin(self.server.call(call.params, context)).await;
        match answered.and_then(|answer| result_of(answer, version)) {
            Ok(result) => {
                let jsonrpc = JsonRpcVersion2_0;
                let message = JsonRpcResponse {
                    jsonrpc,
                    id,
                    result,
                };
                respond(StatusCode::OK, &message)
            }
            Err(error) => {
                let status = status_of(error.code, version);
                respond(status, &JsonRpcError::new(Some(id), error))
            }
        }
    }
}

fn respond(status: StatusCode, message: &impl Serialize) -> Response {
    let mut body = Vec::with_capacity(BODY_BYTES);
    if let Err(error) = serde_json::to_writer(&mut body, message) {
        tracing::error!(%error, "the answer to a tool call cannot be written");
        return Problem::of_status(StatusCode::INTERNAL_SERVER_ERROR).into_response();
    }
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    let mut headers = HeaderMap::with_capacity(HEADERS);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(JSON));
    *response.headers_mut() = headers;
    response
}

/// What a client of this version can read of an answer. On the other road rmcp's service sees to it.
///
/// # Errors
/// There are no questions before 2026-07-28.
fn result_of(answer: CallAnswer, version: &ProtocolVersion) -> Result<ServerResult, ErrorData> {
    if !version.has_initialize() {
        return Ok(CallToolResponse::from(answer).into());
    }
    match answer {
        CallAnswer::Result(result) => {
            let mut result = ServerResult::CallToolResult(result);
            result.strip_result_type_for_legacy_peer();
            result.strip_non_object_output_for_legacy_peer();
            Ok(result)
        }
        CallAnswer::Question(_) => {
            let message =
                "The call needs an answer of the user, which this revision has no way to ask for";
            Err(ErrorData::invalid_request(message, None))
        }
    }
}

/// The value of a header that stands once.
fn only(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}

/// From 2026-07-28 on headers say what is called. Base64 is not read here.
fn is_mirrored(headers: &HeaderMap, name: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
    only(headers, METHOD) == Some(CALL)
        && only(headers, NAME) == Some(name)
        && name.bytes().all(is_plain)
}

/// From 2026-07-28 on a message says which version it is in, and what its client can: whether that is to ask. `None` where it
/// does not say so, or names another version than the headers.
fn can_ask(meta: &RequestMetaObject, version: &ProtocolVersion) -> Option<bool> {
    let named = meta.get(META_VERSION).and_then(Value::as_str)?;
    let capabilities = meta.client_capabilities()?;
    (named == version.as_str()).then(|| confirmation::shows_forms(Some(&capabilities)))
}

/// From 2026-07-28 on errors of the protocol have a status (Streamable HTTP, "Sending Messages to the Server").
fn status_of(code: ErrorCode, version: &ProtocolVersion) -> StatusCode {
    if version.has_initialize() {
        return StatusCode::OK;
    }
    match code {
        ErrorCode::METHOD_NOT_FOUND => StatusCode::NOT_FOUND,
        ErrorCode::UNSUPPORTED_PROTOCOL_VERSION
        | ErrorCode::MISSING_REQUIRED_CLIENT_CAPABILITY
        | ErrorCode::HEADER_MISMATCH => StatusCode::BAD_REQUEST,
        _ => StatusCode::OK,
    }
}

#[cfg(test)]
mod tests;
