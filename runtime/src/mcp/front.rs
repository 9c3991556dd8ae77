//! The HTTP side of the endpoint: answers what rmcp cannot, and makes rmcp's own refusals readable.
//!
//! Order: signed in, or 401 -> one token of the caller's bucket, or 429 -> body within the limit and a JSON-RPC message -> scope of the operation behind
//! what it asks for, or 403 -> `direct` or rmcp's transport. A missing scope is the one refusal that a client can mend by itself, with a new token, and rmcp's handlers can
//! answer neither 401 nor 403. A courtesy to clients, not the protection: the guard decides again about every call.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::{Extensions, HeaderMap, HeaderValue, StatusCode, header};
use http_body::Body as _;
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use opentelemetry::Context;
use portcullis_api_spec::Access;
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use serde_json::Value;

use super::accept;
use super::audit;
use super::direct::DirectCalls;
use super::rpc::{self, Envelope};
use super::server::McpServer;
use crate::Problem;
use crate::content_type::check_uncoded;
use crate::gate::{self, Gate, Refusal};
use crate::server::{CountedMessage, Holder, Place, TooManyWaiting};
use crate::telemetry::{RateLimitKind, route_label};

/// Longest sentence of rmcp's that is passed on, in bytes.
const MESSAGE_BYTES: usize = 256;

/// How much of a message over the caller's rate is read for its id, in bytes.
const REFUSED_BYTES: usize = 8 * 1024;

/// For how long. A message of this size is a few packets, which follow its head at once; whoever trickles it would
/// otherwise hold a request and a connection for `server.request_timeout` at no cost.
const REFUSED_TIME: Duration = Duration::from_millis(500);

/// The endpoint's state. One for the whole service.
pub(super) struct Front {
    server: McpServer,
    direct: DirectCalls<McpServer>,
    transport: StreamableHttpService<McpServer, NeverSessionManager>,
    challenge_access: Access,
    body_limit_bytes: usize,
    settings: FrontSettings,
}

/// Carried through rmcp, whose tasks would otherwise log outside of the request.
#[derive(Debug, Clone)]
pub(super) struct RequestSpan {
    pub(super) span: tracing::Span,
    pub(super) trace: Context,
}

impl RequestSpan {
    /// The span of the HTTP request that a message came with.
    pub(super) fn of(extensions: &Extensions) -> Cow<'_, Self> {
        match extensions.get::<Self>() {
            Some(carried) => Cow::Borrowed(carried),
            None => Cow::Owned(Self::current()),
        }
    }

    fn current() -> Self {
        Self {
            span: tracing::Span::current(),
            trace: Context::current(),
        }
    }
}

/// What bounds the endpoint, and who its callers are.
pub(super) struct FrontSettings {
    pub(super) read_timeout: Duration,
    pub(super) gate: Arc<Gate>,
}

impl Front {
    pub(super) fn new(
        server: McpServer,
        transport_config: StreamableHttpServerConfig,
        challenge_access: Access,
        settings: FrontSettings,
    ) -> Self {
        let body_limit_bytes = transport_config.max_request_body_bytes;
        let for_each_request = server.clone();
        let direct = DirectCalls::new(server.clone(), &transport_config);
        Self {
            server,
            direct,
            transport: StreamableHttpService::new(
                move || Ok(for_each_request.clone()),
                Arc::new(NeverSessionManager::default()),
                transport_config,
            ),
            challenge_access,
            body_limit_bytes,
            settings,
        }
    }

    /// Any verified caller may connect; what it sees and calls is decided tool by tool.
    fn admit(&self, request: &Request) -> Result<(), Refusal> {
        gate::admit(&Access::SignedIn, request.extensions())
            .map_err(|refusal| ask_for_scopes(refusal, self.challenge_access))
    }

    async fn answer(&self, mut request: Request) -> Result<Response, Response> {
        gate::authenticate(&self.settings.gate, &mut request).await?;
        self.admit(&request).map_err(IntoResponse::into_response)?;
        let limits = self.settings.gate.rate_limits.as_deref();
        let counted = limits.and_then(|limits| limits.count_message(request.extensions()));
        let response = match &counted {
            Some(CountedMessage::Refused {
                retry_after_seconds,
                ..
            }) => self.refuse_rate(request, *retry_after_seconds).await,
            Some(CountedMessage::Paid { .. }) | None => {
                let answered = self.answer_message(request).await;
                answered.unwrap_or_else(|refusal| refusal)
            }
        };
        Ok(announced(response, counted.as_ref()))
    }

    fn enter(&self, extensions: &Extensions) -> Result<Option<Arc<Place>>, TooManyWaiting> {
        let Some(holder) = Holder::of(extensions) else {
            return Ok(None);
        };
        let gate = &self.settings.gate;
        let entered = gate.waiting.enter(holder);
        entered
            .map(|place| Some(Arc::new(place)))
            .inspect_err(|TooManyWaiting| {
                let route = route_label(extensions);
                gate.telemetry.rate_limited(RateLimitKind::Waiting, route);
            })
    }

    /// The message is read for its id and its record, and a large or slow one not at all: who has nothing left is to cost little.
    /// Whichever it is, it writes one line at the most.
    async fn refuse_rate(&self, request: Request, retry_after_seconds: u64) -> Response {
        let (parts, body) = request.into_parts();
        let timeout = self.settings.read_timeout.min(REFUSED_TIME);
        let begun = Instant::now();
        let Ok(body) = read_body(body, REFUSED_BYTES, timeout).await else {
            audit::record_unread(&parts, begun);
            return rpc::rate_limited(Value::Null, retry_after_seconds);
        };
        let id = match Envelope::parse(&body) {
            Ok(envelope) => {
                self.server.record_refused_rate(&envelope, &parts, &body);
                rpc::id_of(&body)
            }
            Err(_) => Value::Null,
        };
        rpc::rate_limited(id, retry_after_seconds)
    }

    async fn answer_message(&self, request: Request) -> Result<Response, Response> {
        check_head(request.headers()).map_err(IntoResponse::into_response)?;
        let (mut parts, body) = request.into_parts();
        let body = read_body(body, self.body_limit_bytes, self.settings.read_timeout)
            .await
            .map_err(IntoResponse::into_response)?;
        let envelope = Envelope::parse(&body).map_err(IntoResponse::into_response)?;
        if let Some(target) = envelope.target() {
            self.server
                .check_obtainable(target, &parts, &body)
                .map_err(IntoResponse::into_response)?;
        }
        if let Some(name) = envelope.tool_name()
            && self.server.waits(name, &parts.extensions)
        {
            match self.enter(&parts.extensions) {
                // It goes with the request, and is given back when the call has ended, whichever way.
                Ok(place) => parts.extensions.insert(place),
                Err(TooManyWaiting) => {
                    self.server.record_refused_wait(name, &parts, &body);
                    return Err(rpc::too_many_waiting(rpc::id_of(&body)));
                }
            };
        }
        // A call may wait long.
        drop(envelope);
        // The credential has done its work; nothing behind this point can pass it on.
        parts.headers.remove(header::AUTHORIZATION);
        parts.headers.remove(header::COOKIE);
        parts.extensions.insert(RequestSpan::current());
        accept::spell_out(&mut parts.headers);
        if let Some(call) = self.direct.recognize(&parts, &body) {
            return Ok(self.direct.answer(call, parts).await);
        }
        let request = Request::from_parts(parts, Full::new(body.clone()));
        // Boxed, or every call would carry the room for it.
        let response = Box::pin(self.transport.handle(request))
            .await
            .map(Body::new);
        Ok(readable(response, &body).await)
    }
}

async fn read_body(body: Body, limit_bytes: usize, timeout: Duration) -> Result<Bytes, Problem> {
    // Nobody is asked to send what would not be read (RFC 9110 section 10.1.1).
    if u64::try_from(limit_bytes).is_ok_and(|limit| body.size_hint().lower() > limit) {
        return Err(Problem::of_status(StatusCode::PAYLOAD_TOO_LARGE));
    }
    let body = Limited::new(body, limit_bytes).collect();
    match tokio::time::timeout(timeout, body).await {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => {
            Err(Problem::of_status(StatusCode::PAYLOAD_TOO_LARGE))
        }
        Ok(Err(_)) => Err(Problem::of_status(StatusCode::BAD_REQUEST)),
        Err(_) => Err(Problem::of_status(StatusCode::REQUEST_TIMEOUT)),
    }
}

fn announced(mut response: Response, counted: Option<&CountedMessage<'_>>) -> Response {
    if let Some(counted) = counted {
        counted.announce(&mut response);
    }
    response
}

/// Answers one POST.
pub(super) async fn answer(State(front): State<Arc<Front>>, request: Request) -> Response {
    let response = front.answer(request).await;
    let mut response = response.unwrap_or_else(|refusal| refusal);
    // Lists and results are this caller's own.
    response
        .headers_mut()
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    response
}

/// Checks that `Host`, `Origin` and `Content-Type` stand once each, and that the body is sent as it is. rmcp judges the first of two,
/// and whoever stands before us may have judged the other (RFC 9112 section 3.2 asks for 400).
fn check_head(headers: &HeaderMap) -> Result<(), Problem> {
    let is_repeated = |name| headers.get_all(name).iter().nth(1).is_some();
    if [header::HOST, header::ORIGIN, header::CONTENT_TYPE]
        .into_iter()
        .any(is_repeated)
    {
        let detail = "send the Host, Origin and Content-Type headers once";
        return Err(Problem::of_status(StatusCode::BAD_REQUEST).with_detail(detail));
    }
    check_uncoded(headers, || {
        Problem::of_status(StatusCode::UNSUPPORTED_MEDIA_TYPE)
    })
}

/// The rule asks for no scope, but a client that signs in wants to know what to ask for.
fn ask_for_scopes(refusal: Refusal, access: Access) -> Refusal {
    match refusal {
        Refusal::Unauthenticated { challenge, .. } => {
            Refusal::Unauthenticated { access, challenge }
        }
        Refusal::InvalidToken { challenge, .. } => Refusal::InvalidToken { access, challenge },
        Refusal::InvalidRequest { .. }
        | Refusal::PocRoles
        | Refusal::InsufficientScope { .. }
        | Refusal::InsufficientClaims { .. }
        | Refusal::Forbidden
        | Refusal::KeysUnavailable => refusal,
    }
}

/// Turns rmcp's plain-text refusals into JSON-RPC errors, or problems where no message was read.
async fn readable(response: Response, message: &[u8]) -> Response {
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error()) || has_json_body(&response) {
        return response;
    }
    match status {
        StatusCode::BAD_REQUEST => {
            rpc::invalid_request(rpc::id_of(message), &text_of(response).await)
        }
        StatusCode::UNSUPPORTED_MEDIA_TYPE => unsupported(response, message).await,
        StatusCode::NOT_ACCEPTABLE => Problem::of_status(status)
            .with_detail("accept both application/json and text/event-stream")
            .into_response(),
        StatusCode::FORBIDDEN => Problem::of_status(status)
            .with_detail("the Host or Origin header is not one that this service accepts")
            .into_response(),
        _ => Problem::of_status(status).into_response(),
    }
}

/// rmcp answers 415 both for another media type and for JSON that is no message of the protocol.
async fn unsupported(response: Response, message: &[u8]) -> Response {
    if text_of(response).await.starts_with("fail to deserialize") {
        return rpc::invalid_request(
            rpc::id_of(message),
            "Invalid Request: not a message of this protocol",
        );
    }
    Problem::of_status(StatusCode::UNSUPPORTED_MEDIA_TYPE)
        .with_detail("send application/json")
        .into_response()
}

async fn text_of(response: Response) -> String {
    let body = Limited::new(response.into_body(), 64 * 1024)
        .collect()
        .await;
    let bytes = body.map(|body| body.to_bytes()).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(MESSAGE_BYTES)]);
    text.into_owned()
}

fn has_json_body(response: &Response) -> bool {
    let content_type = response.headers().get(header::CONTENT_TYPE);
    content_type.is_some_and(|value| value.as_bytes().starts_with(b"application/json"))
}
