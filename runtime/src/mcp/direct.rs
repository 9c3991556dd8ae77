//! A plain tool call, answered in the task of its connection.
//!
//! rmcp's transport takes a message through four tasks, each of which may wake another thread: most of what a call costs there.
//! A call that is plainly right needs none of them, since it has one answer and says nothing before it.
//!
//! Invariant: what is taken here rmcp's transport would take, and would answer the same: rmcp's types read the message, and its
//! service decides about eras and results, here too. Whatever is not known at sight is left to the transport, which also words
//! every refusal. The body has been read strictly before (`rpc::Envelope`): serde alone is more lenient about what it skips.

use axum::response::{IntoResponse, Response};
use futures::{sink, stream};
use http::header::{self, HeaderName, HeaderValue};
use http::request::Parts;
use http::uri::Authority;
use http::{HeaderMap, StatusCode};
use rmcp::model::{
    CallToolRequest, CallToolRequestParams, ClientCapabilities, ClientRequest, ErrorCode,
    Implementation, InitializeRequestParams, JsonRpcMessage, JsonRpcVersion2_0, ProtocolVersion,
    RequestId, RequestMetaObject, ServerJsonRpcMessage,
};
use rmcp::service::{RequestContext, serve_directly};
use rmcp::transport::streamable_http_server::StreamableHttpServerConfig;
use rmcp::{Peer, RoleServer, Service};
use serde::Deserialize;

use crate::Problem;

const PROTOCOL_VERSION: HeaderName = HeaderName::from_static("mcp-protocol-version");
const METHOD: HeaderName = HeaderName::from_static("mcp-method");
const NAME: HeaderName = HeaderName::from_static("mcp-name");

const CALL: &str = "tools/call";
const JSON: &str = "application/json";
const EVENT_STREAM: &str = "text/event-stream";

const META_VERSION: &str = "io.modelcontextprotocol/protocolVersion";
const META_PROGRESS: &str = "progressToken";

/// Knows plain calls, and answers them.
pub(super) struct DirectCalls<S> {
    service: S,
    allowed_hosts: Vec<String>,
    /// One for each version. Nothing is ever sent to them: who wants to be told before the answer makes no plain call.
    peers: Vec<(ProtocolVersion, Peer<RoleServer>)>,
}

/// A call that needs no transport.
pub(super) struct DirectCall<'a> {
    id: RequestId,
    params: CallToolRequestParams,
    meta: RequestMetaObject,
    version: &'a ProtocolVersion,
    peer: &'a Peer<RoleServer>,
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

impl<S: Service<RoleServer> + Clone> DirectCalls<S> {
    /// For the service behind a transport of this configuration. Needs tokio's runtime.
    ///
    /// # Panics
    /// A transport with sessions, with streams for answers, or that wants metadata of older clients too, answers otherwise.
    pub(super) fn new(service: S, transport: &StreamableHttpServerConfig) -> Self {
        assert!(
            !transport.legacy_session_mode
                && transport.json_response
                && !transport.stateless_protocol_metadata_required,
            "a call would be answered otherwise than by the transport"
        );
        let versions = service.supported_protocol_versions();
        let with_peer = |version: &ProtocolVersion| (version.clone(), idle_peer(&service, version));
        Self {
            peers: versions.iter().map(with_peer).collect(),
            allowed_hosts: transport.allowed_hosts.clone(),
            service,
        }
    }

    /// The call that a message is, if it is a plain one.
    pub(super) fn recognize(&self, parts: &Parts, body: &[u8]) -> Option<DirectCall<'_>> {
        let headers = &parts.headers;
        // What a page sends is judged by the transport.
        let is_ours = parts.uri.authority().is_none()
            && !headers.contains_key(header::ORIGIN)
            && self.allows(only(headers, header::HOST)?);
        if !is_ours || only(headers, header::CONTENT_TYPE)? != JSON || !accepts_both(headers) {
            return None;
        }
        let named = only(headers, PROTOCOL_VERSION)?;
        let mut peers = self.peers.iter();
        let (version, peer) = peers.find(|(version, _)| version.as_str() == named)?;
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
        is_plain.then_some(DirectCall {
            id: message.id,
            params: message.params,
            meta,
            version,
            peer,
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
        let mut context = RequestContext::new(call.id.clone(), call.peer.clone());
        context.meta = call.meta;
        context.extensions.insert(parts);
        let request = ClientRequest::CallToolRequest(CallToolRequest::new(call.params));
        let answered = Box::pin(self.service.handle_request(request, context)).await;
        let (status, message): (_, ServerJsonRpcMessage) = match answered {
            Ok(result) => (StatusCode::OK, JsonRpcMessage::response(result, call.id)),
            Err(error) => (
                status_of(error.code, call.version),
                JsonRpcMessage::error(error, Some(call.id)),
            ),
        };
        let content_type = (header::CONTENT_TYPE, HeaderValue::from_static(JSON));
        match serde_json::to_vec(&message) {
            Ok(body) => (status, [content_type], body).into_response(),
            Err(error) => {
                tracing::error!(%error, "the answer to a tool call cannot be written");
                Problem::of_status(StatusCode::INTERNAL_SERVER_ERROR).into_response()
            }
        }
    }
}

/// What tells rmcp which version a client speaks. It hands one out with a service that runs, which ends at once here.
fn idle_peer<S>(service: &S, version: &ProtocolVersion) -> Peer<RoleServer>
where
    S: Service<RoleServer> + Clone,
{
    let client =
        InitializeRequestParams::new(ClientCapabilities::default(), Implementation::default())
            .with_protocol_version(version.clone());
    let nobody = (sink::drain(), stream::pending());
    let service = serve_directly(service.clone(), nobody, Some(client));
    service.peer().clone()
}

/// The value of a header that stands once.
fn only(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}

fn accepts_both(headers: &HeaderMap) -> bool {
    let Some(accepted) = only(headers, header::ACCEPT) else {
        return false;
    };
    // A quoted comma separates nothing.
    let has = |wanted| accepted.split(',').any(|it| it.trim() == wanted);
    !accepted.contains('"') && has(JSON) && has(EVENT_STREAM)
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
