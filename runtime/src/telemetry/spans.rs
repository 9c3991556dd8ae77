//! The spans of a request: one for the HTTP request, one for the operation behind a tool call.
//!
//! Every request has a place in a trace, whether anybody collects traces or not: the log names it, and what is asked of
//! others carries it on. Without a collector no span is recorded, and the client's wish to sample is passed on as it came.

use http::{HeaderMap, StatusCode};
use opentelemetry::Context;
use opentelemetry::KeyValue;
use opentelemetry::trace::{
    Link, SpanBuilder, SpanContext, SpanKind, Status, TraceContextExt, TraceFlags, Tracer,
};
use opentelemetry_sdk::trace::{IdGenerator, RandomIdGenerator, SdkTracer};

use super::labels::McpSubject;
use super::{catalogue, trace_context};

/// Begins spans. Without a tracer they have ids and record nothing.
#[derive(Clone, Default)]
pub(super) struct Spans(Option<SdkTracer>);

impl Spans {
    pub(super) fn new(tracer: Option<SdkTracer>) -> Self {
        Self(tracer)
    }

    /// The span of an HTTP request, below the one that its client names.
    pub(super) fn begin_request(
        &self,
        method: &'static str,
        route: &str,
        headers: &HeaderMap,
    ) -> Context {
        let parent = trace_context::read_headers(headers);
        self.begin(parent.as_ref(), || {
            // No path and no query: they may name a person.
            SpanBuilder::from_name(format!("{method} {route}"))
                .with_kind(SpanKind::Server)
                .with_attributes([
                    KeyValue::new(catalogue::METHOD, method),
                    KeyValue::new(catalogue::ROUTE, route.to_owned()),
                ])
        })
    }

    /// The span of an operation behind an MCP message: below the one that the message names, else below its HTTP request.
    pub(super) fn begin_mcp(
        &self,
        subject: McpSubject,
        named: Option<&SpanContext>,
        request: &Context,
    ) -> Context {
        let span = request.span();
        let around = span.span_context();
        self.begin(Some(named.unwrap_or(around)), || {
            let (method, name) = (subject.method(), subject.name());
            let name_of = match subject {
                McpSubject::Tool(_) => "gen_ai.tool.name",
                // The template: a URI may name a person.
                McpSubject::Resource(_)
                | McpSubject::ResourceList(_)
                | McpSubject::ResourceCompletion(_) => "mcp.resource.uri",
                McpSubject::Prompt(_) | McpSubject::PromptCompletion(_) => "gen_ai.prompt.name",
            };
            let builder = SpanBuilder::from_name(format!("{method} {name}"))
                .with_kind(SpanKind::Internal)
                .with_attributes([
                    KeyValue::new("mcp.method.name", method),
                    KeyValue::new(name_of, name),
                ]);
            match named {
                Some(_) => builder.with_links(vec![Link::with_context(around.clone())]),
                None => builder,
            }
        })
    }

    fn begin(&self, parent: Option<&SpanContext>, build: impl FnOnce() -> SpanBuilder) -> Context {
        match &self.0 {
            Some(tracer) => {
                let parent = match parent {
                    Some(parent) => Context::new().with_remote_span_context(parent.clone()),
                    None => Context::new(),
                };
                let span = tracer.build_with_context(build(), &parent);
                Context::new().with_span(span)
            }
            None => Context::new().with_remote_span_context(below(parent)),
        }
    }
}

/// A new place below this one, in the same trace.
fn below(parent: Option<&SpanContext>) -> SpanContext {
    let ids = RandomIdGenerator::default();
    let span_id = ids.new_span_id();
    match parent.filter(|parent| parent.is_valid()) {
        Some(parent) => SpanContext::new(
            parent.trace_id(),
            span_id,
            parent.trace_flags(),
            false,
            parent.trace_state().clone(),
        ),
        None => SpanContext::new(
            ids.new_trace_id(),
            span_id,
            TraceFlags::default(),
            false,
            Default::default(),
        ),
    }
}

/// Ends the span of a context with the answer's status; without one nobody waited for it.
pub(super) fn end(context: &Context, status: Option<StatusCode>) {
    let span = context.span();
    if !span.is_recording() {
        return;
    }
    if let Some(status) = status {
        span.set_attribute(KeyValue::new(catalogue::STATUS, i64::from(status.as_u16())));
        // A refusal is no fault of ours: only 5xx is an error of a server's span (semantic conventions for HTTP).
        if status.is_server_error() {
            span.set_attribute(KeyValue::new("error.type", status.as_str().to_owned()));
            span.set_status(Status::error(""));
        }
    }
    span.end();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_collector_a_request_continues_its_clients_trace_under_an_id_of_its_own() {
        let mut headers = HeaderMap::new();
        let traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        headers.insert("traceparent", traceparent.parse().unwrap());
        let request = Spans::default().begin_request("GET", "/x", &headers);
        let place = request.span().span_context().clone();
        assert_eq!(
            place.trace_id().to_string(),
            "4bf92f3577b34da6a3ce929d0e0e4736"
        );
        assert_ne!(place.span_id().to_string(), "00f067aa0ba902b7");
        assert!(place.is_sampled(), "the client's wish is passed on");
        assert!(!request.span().is_recording());

        let call = Spans::default().begin_mcp(McpSubject::Tool("get_x"), None, &request);
        let below = call.span().span_context().clone();
        assert_eq!(below.trace_id(), place.trace_id());
        assert_ne!(below.span_id(), place.span_id());
    }

    #[test]
    fn a_request_without_a_trace_begins_one() {
        let place = || {
            let request = Spans::default().begin_request("GET", "/x", &HeaderMap::new());
            request.span().span_context().clone()
        };
        let (one, other) = (place(), place());
        assert!(one.is_valid() && other.is_valid());
        assert_ne!(one.trace_id(), other.trace_id());
    }
}
