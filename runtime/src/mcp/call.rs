//! One tool call: from arguments to a request into the operations router, and from its response to a result.
//!
//! Invariant: the request carries what the authenticating layer found, and no credential. The operation behind it has
//! the same guard, limits and log line as over REST.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::response::{IntoResponse, Response};
use http::request::{Builder, Parts};
use http::{Extensions, HeaderValue, Request, StatusCode, header};
use opentelemetry::Context;
use opentelemetry::context::FutureExt;
use opentelemetry::trace::{SpanContext, TraceContextExt};
use portcullis_api_spec::{
    Access, ProblemDef, SchemaFault, ToolBody, ToolDef, ToolRequest, ToolWait, build_request,
};
use rmcp::model::CallToolResult;
use serde_json::{Map, Value};
use tokio::sync::oneshot;
use tokio::time::Instant;
use tower::Service;
use tracing::Instrument;

use super::answer::Answer;
use super::front::RequestSpan;
use super::job::{self, Outcome};
use super::relay::Relay;
use crate::gate::{self, StreamEnd};
use crate::guard::MeantFor;
use crate::hex::Hex;
use crate::identity::Authentication;
use crate::problem::{FieldError, Problem};
use crate::progress::Progress;
use crate::server::{ClientAddress, CorrelationId, FromMcp, TimeLimit};
use crate::telemetry::{McpSubject, Telemetry, ToolOutcome, write_trace_headers};

const INVALID_ARGUMENTS: ProblemDef = ProblemDef {
    status: 422,
    code: "invalid_arguments",
    title: "The arguments are not valid",
};

/// A call of a tool that is visible to its caller.
pub(super) struct Call<'a> {
    pub(super) tool: &'a ToolDef,
    pub(super) arguments: Map<String, Value>,
    /// The HTTP request that brought the call.
    pub(super) parts: &'a Parts,
    /// The trace that the message's `_meta` names; wins over the one of the HTTP request.
    pub(super) trace: Option<SpanContext>,
    /// Tells the caller how far the work is.
    pub(super) relay: Relay,
}

/// Where calls become requests.
#[derive(Clone)]
pub(super) struct Dispatcher {
    /// Every endpoint behind its guard.
    pub(super) operations: Router,
    pub(super) telemetry: Telemetry,
    /// `mcp.wait_timeout`
    pub(super) wait_timeout: Duration,
    /// `mcp.result_limit`
    pub(super) result_limit_bytes: usize,
}

impl Dispatcher {
    /// Calls the operation behind a tool. What goes wrong comes back as a result too, so that a model can mend its call.
    pub(super) async fn call(&self, mut call: Call<'_>) -> (ToolOutcome, CallToolResult) {
        let request = RequestSpan::of(&call.parts.extensions);
        let (telemetry, name) = (&self.telemetry, call.tool.name);
        let subject = McpSubject::Tool(name);
        let trace = telemetry.begin_mcp_span(subject, call.trace.as_ref(), &request.trace);
        let place = trace.span().span_context().clone();
        let span = tracing::error_span!(
            parent: &request.span,
            "tool_call",
            tool = name,
            trace_id = %Hex(&place.trace_id().to_bytes()),
            span_id = %Hex(&place.span_id().to_bytes()),
        );
        let ended = EndedWith::new(&trace);
        let (tool, parts) = (call.tool, call.parts);
        let outcome = async {
            match build_request(tool, &call.arguments) {
                Ok(request) => self.perform(&mut call, request).await,
                Err(faults) => {
                    tracing::info!(
                        tool = tool.name,
                        faults = faults.len(),
                        "tool arguments refused"
                    );
                    Outcome::of(invalid_arguments(faults).into_response())
                }
            }
        };
        let outcome = outcome.with_context(trace).instrument(span).await;
        let Outcome { response, lines } = outcome;
        ended.with(response.status());
        let answer = self.answer(response, parts).await;
        (answer.outcome(), answer.into_result(tool, lines))
    }

    /// The result of a call that is not made.
    pub(super) async fn refuse(
        &self,
        tool: &ToolDef,
        problem: Problem,
        parts: &Parts,
    ) -> CallToolResult {
        let answer = self.answer(problem.into_response(), parts).await;
        answer.into_result(tool, Vec::new())
    }

    /// Reads the answer to a message to its end.
    pub(super) async fn answer(&self, response: Response, parts: &Parts) -> Answer {
        let correlation_id = parts.extensions.get::<CorrelationId>();
        let correlation_id = correlation_id.map_or("", CorrelationId::as_str);
        Answer::read(response, correlation_id, self.result_limit_bytes).await
    }

    async fn perform(&self, call: &mut Call<'_>, request: ToolRequest) -> Outcome {
        let (request, body) = http_request(request);
        // The place of a job, which `follow` asks, is another operation's.
        let request = request.extension(MeantFor(call.tool.endpoint.operation_id));
        match call.tool.wait {
            ToolWait::Answer => Outcome::of(self.dispatch(call, request, body).await),
            ToolWait::Work => Outcome::of(Box::pin(self.dispatch_work(call, request, body)).await),
            ToolWait::Job => {
                let deadline = Instant::now() + self.wait_timeout;
                let begun = Box::pin(self.dispatch_work(call, request, body)).await;
                Box::pin(job::follow(call, self, begun, deadline)).await
            }
        }
    }

    /// Sends a request whose handler may say how far it is, and relays what it says.
    async fn dispatch_work(
        &self,
        call: &mut Call<'_>,
        mut request: Builder,
        body: Option<ToolBody>,
    ) -> Response {
        let (progress, mut steps) = Progress::channel();
        if let Some(extensions) = request.extensions_mut() {
            extensions.insert(progress);
            extensions.insert(TimeLimit(self.wait_timeout));
        }
        let request = match self.complete(call, request, body) {
            Ok(request) => request,
            Err(problem) => return problem.into_response(),
        };
        let (answered, until_answered) = oneshot::channel::<()>();
        let end = StreamEnd::of(&call.parts.extensions);
        let (access, extensions) = (call.tool.endpoint.access, &call.parts.extensions);
        let work = async {
            let response = tokio::select! {
                // An answer that is there counts.
                biased;
                response = self.send(request) => response,
                _ = end.reached() => given_up(&access, extensions),
            };
            drop(answered);
            response
        };
        // The work does not wait for a client that reads slowly.
        let until_answered = async {
            let _ = until_answered.await;
        };
        let (response, _) = tokio::join!(work, call.relay.run(&mut steps, until_answered));
        response
    }

    /// Sends a request in the name of a call.
    pub(super) async fn dispatch(
        &self,
        call: &Call<'_>,
        request: Builder,
        body: Option<ToolBody>,
    ) -> Response {
        match self.complete(call, request, body) {
            Ok(request) => self.send(request).await,
            Err(problem) => problem.into_response(),
        }
    }

    pub(super) async fn send(&self, request: Request<Body>) -> Response {
        // It is always ready.
        let Ok(response) = self.operations.clone().call(request).await;
        response
    }

    /// Gives a request what every request of a call carries.
    fn complete(
        &self,
        call: &Call<'_>,
        mut request: Builder,
        body: Option<ToolBody>,
    ) -> Result<Request<Body>, Problem> {
        let (media_type, body) = match body {
            Some(body) => (Some(body.media_type), Body::from(body.text)),
            None => (None, Body::empty()),
        };
        if let Some(headers) = request.headers_mut() {
            headers.append(header::ACCEPT, HeaderValue::from_static("application/json"));
            write_trace_headers(headers);
            if let Some(media_type) = media_type {
                headers.append(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
            }
        }
        let mut request = request.body(body).map_err(|error| {
            tracing::error!(%error, tool = call.tool.name, "a tool call made no HTTP request");
            Problem::of_status(StatusCode::INTERNAL_SERVER_ERROR)
        })?;
        carry(&call.parts.extensions, request.extensions_mut());
        Ok(request)
    }
}

/// Ends the span of a call when it is dropped, also when nobody waits for the call any more.
pub(super) struct EndedWith(Context, Option<StatusCode>);

impl EndedWith {
    pub(super) fn new(trace: &Context) -> Self {
        Self(trace.clone(), None)
    }

    pub(super) fn with(mut self, status: StatusCode) {
        self.1 = Some(status);
    }
}

impl Drop for EndedWith {
    fn drop(&mut self) {
        Telemetry::end_span(&self.0, self.1);
    }
}

/// The answer to a call whose work was given up: the caller's token holds no longer, or the service closes.
fn given_up(access: &Access, extensions: &Extensions) -> Response {
    // A public operation needs no caller, but calling it as a tool does.
    let access = match access {
        Access::Public { .. } => &Access::SignedIn,
        Access::SignedIn | Access::Restricted(_) | Access::DenyAll => access,
    };
    match gate::admit_again(access, extensions) {
        Err(refusal) => refusal.into_response(),
        Ok(()) => Problem::of_status(StatusCode::SERVICE_UNAVAILABLE).into_response(),
    }
}

fn http_request(request: ToolRequest) -> (Builder, Option<ToolBody>) {
    let builder = Request::builder()
        .method(request.method.as_str())
        .uri(request.path_and_query);
    let builder = request
        .headers
        .into_iter()
        .fold(builder, |builder, (name, value)| {
            builder.header(name, value)
        });
    (builder, request.body)
}

/// Carries on what is known about the request, and nothing that belongs to the outer route.
pub(super) fn carry(from: &Extensions, to: &mut Extensions) {
    to.insert(FromMcp);
    // A request that follows a wait brings its own: what counts by then.
    if let Some(authentication) = from.get::<Authentication>()
        && to.get::<Authentication>().is_none()
    {
        to.insert(authentication.clone());
    }
    if let Some(correlation_id) = from.get::<CorrelationId>() {
        to.insert(correlation_id.clone());
    }
    if let Some(peer) = from.get::<ConnectInfo<SocketAddr>>() {
        to.insert(*peer);
    }
    if let Some(address) = from.get::<ClientAddress>() {
        to.insert(*address);
    }
}

pub(super) fn invalid_arguments(faults: Vec<SchemaFault>) -> Problem {
    let errors = faults.into_iter().map(FieldError::from);
    Problem::new(INVALID_ARGUMENTS).with_errors(errors.collect())
}
