//! One tool call: from arguments to a request into the operations router, and from its response to a result.
//!
//! Invariant: the request carries what the authenticating layer found, and no credential. The operation behind it has
//! the same guard, limits and log line as over REST.

use std::net::SocketAddr;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::ConnectInfo;
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{Extensions, HeaderMap, HeaderName, HeaderValue, Request, StatusCode, header};
use http_body_util::{BodyExt, Limited};
use portcullis_api_spec::{
    ProblemDef, SchemaFault, ToolDef, ToolOutput, ToolRequest, build_request,
};
use rmcp::model::{CallToolResult, ContentBlock};
use serde_json::{Map, Value};
use tower::ServiceExt;
use tracing::Instrument;

use super::front::RequestSpan;
use crate::identity::Authentication;
use crate::problem::{self, FieldError, Problem};
use crate::server::CorrelationId;

/// Largest answer that becomes a result, in bytes. A model could not read more.
const RESULT_LIMIT_BYTES: usize = 4 * 1024 * 1024;

/// The trace a call belongs to (W3C Trace Context).
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

const INVALID_ARGUMENTS: ProblemDef = ProblemDef {
    status: 422,
    code: "invalid_arguments",
    title: "The tool's arguments are not valid",
};
const RESULT_TOO_LARGE: ProblemDef = ProblemDef {
    status: 500,
    code: "result_too_large",
    title: "The answer is too large for a tool result; ask for less",
};

/// A call of a tool that is visible to its caller.
pub(super) struct Call<'a> {
    pub(super) tool: &'a ToolDef,
    pub(super) arguments: Map<String, Value>,
    /// The HTTP request that brought the call.
    pub(super) parts: &'a Parts,
    /// From the message's `_meta`; wins over the header.
    pub(super) traceparent: Option<&'a str>,
}

/// Calls the operation behind a tool. What goes wrong comes back as a result too, so that a model can mend its call.
pub(super) async fn call_operation(call: Call<'_>, operations: Router) -> CallToolResult {
    let span = call.parts.extensions.get::<RequestSpan>();
    let span = span.map_or_else(tracing::Span::current, |span| span.0.clone());
    let correlation_id = call.parts.extensions.get::<CorrelationId>().cloned();
    let tool = call.tool;
    let response = async {
        match build_request(tool, &call.arguments) {
            Ok(request) => dispatch(&call, request, operations).await,
            Err(faults) => {
                tracing::info!(
                    tool = tool.name,
                    faults = faults.len(),
                    "tool arguments refused"
                );
                invalid_arguments(faults).into_response()
            }
        }
    };
    let response = response.instrument(span).await;
    let correlation_id = correlation_id.as_ref().map_or("", CorrelationId::as_str);
    let response = problem::finish(response, correlation_id);
    let answer = match read(response).await {
        Some(answer) => answer,
        None => {
            let problem = Problem::new(RESULT_TOO_LARGE).into_response();
            let answer = read(problem::finish(problem, correlation_id)).await;
            answer.expect("a problem is smaller than the limit")
        }
    };
    answer.into_result(tool)
}

async fn dispatch(call: &Call<'_>, request: ToolRequest, operations: Router) -> Response {
    match build_http_request(call, request) {
        Ok(request) => match operations.oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        },
        Err(error) => {
            tracing::error!(%error, tool = call.tool.name, "a tool call made no HTTP request");
            Problem::of_status(StatusCode::INTERNAL_SERVER_ERROR).into_response()
        }
    }
}

fn build_http_request(call: &Call<'_>, request: ToolRequest) -> Result<Request<Body>, http::Error> {
    let mut builder = Request::builder()
        .method(request.method.as_str())
        .uri(request.path_and_query)
        .header(header::ACCEPT, "application/json");
    for (name, value) in request.headers {
        builder = builder.header(name, value);
    }
    let traceparent = call
        .traceparent
        .and_then(|value| HeaderValue::from_str(value).ok());
    if let Some(traceparent) = traceparent.or_else(|| call.parts.headers.get(TRACEPARENT).cloned())
    {
        builder = builder.header(TRACEPARENT, traceparent);
    }
    let body = match request.body {
        Some(body) => {
            builder = builder.header(header::CONTENT_TYPE, body.media_type);
            Body::from(body.text)
        }
        None => Body::empty(),
    };
    let mut request = builder.body(body)?;
    carry(&call.parts.extensions, request.extensions_mut());
    Ok(request)
}

/// Carries on what is known about the request, and nothing that belongs to the outer route.
fn carry(from: &Extensions, to: &mut Extensions) {
    if let Some(authentication) = from.get::<Authentication>() {
        to.insert(authentication.clone());
    }
    if let Some(correlation_id) = from.get::<CorrelationId>() {
        to.insert(correlation_id.clone());
    }
    if let Some(peer) = from.get::<ConnectInfo<SocketAddr>>() {
        to.insert(*peer);
    }
}

fn invalid_arguments(faults: Vec<SchemaFault>) -> Problem {
    let errors = faults.into_iter().map(FieldError::from);
    Problem::new(INVALID_ARGUMENTS).with_errors(errors.collect())
}

/// An operation's response, read to its end.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

/// Reads a response; `None` when it is larger than a result may be, or breaks off.
async fn read(response: Response) -> Option<Answer> {
    let (parts, body) = response.into_parts();
    let body = Limited::new(body, RESULT_LIMIT_BYTES)
        .collect()
        .await
        .ok()?;
    Some(Answer {
        status: parts.status,
        headers: parts.headers,
        body: body.to_bytes(),
    })
}

impl Answer {
    fn into_result(self, tool: &ToolDef) -> CallToolResult {
        let is_error = self.status.is_client_error() || self.status.is_server_error();
        let mut result = match (is_error, &tool.output) {
            (true, _) => self.problem_result(),
            (false, ToolOutput::Object { .. } | ToolOutput::Wrapped { .. }) => {
                self.json_result(tool)
            }
            (false, ToolOutput::Empty | ToolOutput::Text) => {
                CallToolResult::success(vec![self.text_block()])
            }
        };
        if let Some(block) = self.header_block(tool) {
            result.content.push(block);
        }
        result
    }

    fn json_result(&self, tool: &ToolDef) -> CallToolResult {
        match serde_json::from_slice::<Value>(&self.body) {
            Ok(body) => CallToolResult::structured(tool.output.structure(body)),
            // 304, or another success without the documented body.
            Err(_) => CallToolResult::success(vec![self.text_block()]),
        }
    }

    fn problem_result(&self) -> CallToolResult {
        match serde_json::from_slice::<Value>(&self.body) {
            Ok(problem) => CallToolResult::structured_error(problem),
            Err(_) => CallToolResult::error(vec![self.text_block()]),
        }
    }

    fn text_block(&self) -> ContentBlock {
        if self.body.is_empty() {
            return ContentBlock::text(self.status.to_string());
        }
        ContentBlock::text(String::from_utf8_lossy(&self.body))
    }

    /// Headers that belong to the answer: a model needs an `ETag` to send `If-Match`, and `Retry-After` to wait.
    fn header_block(&self, tool: &ToolDef) -> Option<ContentBlock> {
        let documented = tool.output_headers.iter().map(String::as_str);
        let lines: Vec<String> = documented
            .chain([header::RETRY_AFTER.as_str()])
            .filter_map(|name| {
                let value = self.headers.get(name)?.to_str().ok()?;
                Some(format!("{name}: {value}"))
            })
            .collect();
        (!lines.is_empty()).then(|| ContentBlock::text(lines.join("\n")))
    }
}
