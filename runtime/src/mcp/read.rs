//! A `GET` into the operations router in the name of a message: a resource is read, listed, a prompt is got.
//!
//! Invariant: the request carries what the authenticating layer found, and no credential. The operation behind it has
//! the same guard, limits and log line as over REST.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{Request, StatusCode, header};
use opentelemetry::context::FutureExt;
use opentelemetry::trace::{SpanContext, TraceContextExt};
use portcullis_api_spec::SchemaFault;
use tracing::Instrument;

use super::answer::Answer;
use super::call::{Dispatcher, EndedWith, carry, invalid_arguments};
use super::front::RequestSpan;
use crate::guard::MeantFor;
use crate::hex::Hex;
use crate::problem::Problem;
use crate::telemetry::{McpSubject, write_trace_headers};

/// What is asked of an operation.
pub(super) struct Read {
    pub(super) subject: McpSubject,
    /// The id of the operation.
    pub(super) operation: &'static str,
    /// Percent-encoded.
    pub(super) path_and_query: String,
    /// For `Accept`.
    pub(super) media_type: &'static str,
}

impl Dispatcher {
    /// Asks the operation, and reads its answer to the end.
    pub(super) async fn read(
        &self,
        read: Read,
        parts: &Parts,
        trace: Option<SpanContext>,
    ) -> Answer {
        let request = RequestSpan::of(&parts.extensions);
        let telemetry = &self.telemetry;
        let trace = telemetry.begin_mcp_span(read.subject, trace.as_ref(), &request.trace);
        let place = trace.span().span_context().clone();
        let span = tracing::error_span!(
            parent: &request.span,
            "mcp_read",
            method = read.subject.method(),
            name = read.subject.name(),
            trace_id = %Hex(&place.trace_id().to_bytes()),
            span_id = %Hex(&place.span_id().to_bytes()),
        );
        let ended = EndedWith::new(&trace);
        let response = self
            .get(&read, parts)
            .with_context(trace)
            .instrument(span)
            .await;
        ended.with(response.status());
        self.answer(response, parts).await
    }

    /// The answer to arguments that have no place in a request.
    pub(super) async fn refuse_arguments(&self, faults: Vec<SchemaFault>, parts: &Parts) -> Answer {
        let response = invalid_arguments(faults).into_response();
        self.answer(response, parts).await
    }

    async fn get(&self, read: &Read, parts: &Parts) -> Response {
        let mut request =
            Request::get(&read.path_and_query).header(header::ACCEPT, read.media_type);
        if let Some(headers) = request.headers_mut() {
            write_trace_headers(headers);
        }
        match request.body(Body::empty()) {
            Ok(mut request) => {
                carry(&parts.extensions, request.extensions_mut());
                request.extensions_mut().insert(MeantFor(read.operation));
                self.send(request).await
            }
            Err(error) => {
                let name = read.subject.name();
                tracing::error!(%error, name, "an MCP message made no HTTP request");
                Problem::of_status(StatusCode::INTERNAL_SERVER_ERROR).into_response()
            }
        }
    }
}
