//! One line and one measurement per HTTP request; one line more for the operation behind a tool call.
//!
//! Method and route are labels of our own ([`method_label`], [`route_label`]), so that neither an identifier in a path nor
//! text that a client made up lands in a line.

use std::time::{Duration, Instant};

use axum::extract::Request;
use axum::response::Response;
use http::StatusCode;
use http_body::Body as _;
use opentelemetry::Context;

use super::{CorrelationId, FromMcp};
use crate::problem;
use crate::telemetry::{END_OF_WORK, Telemetry, method_label, micros, route_label, write_batch};

/// An HTTP request that has begun. Dropped before its end, its client has gone away.
pub(super) struct Exchange {
    telemetry: Telemetry,
    method: &'static str,
    route: String,
    started: Instant,
    trace: Context,
    has_ended: bool,
}

impl Exchange {
    pub(super) fn begin(telemetry: Telemetry, request: &Request) -> Self {
        let method = method_label(request.method());
        telemetry.request_began(method);
        let route = route_label(request.extensions());
        Self {
            method,
            route: route.to_owned(),
            trace: telemetry.begin_request_span(method, route, request.headers()),
            telemetry,
            started: Instant::now(),
            has_ended: false,
        }
    }

    /// Its place in a trace.
    pub(super) fn trace(&self) -> &Context {
        &self.trace
    }

    /// The template of its route.
    pub(super) fn route(&self) -> &str {
        &self.route
    }

    /// Its answer begins.
    pub(super) fn end(mut self, status: StatusCode) {
        self.has_ended = true;
        let elapsed = self.settle(Some(status));
        tracing::info!(
            name: END_OF_WORK,
            method = self.method,
            route = self.route,
            status = status.as_u16(),
            duration_us = micros(elapsed),
            "request"
        );
    }

    fn settle(&self, status: Option<StatusCode>) -> Duration {
        let elapsed = self.started.elapsed();
        self.telemetry
            .request_ended(self.method, &self.route, status, elapsed);
        Telemetry::end_span(&self.trace, status);
        elapsed
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        if self.has_ended {
            return;
        }
        let elapsed = self.settle(None);
        tracing::info!(
            name: END_OF_WORK,
            method = self.method,
            route = self.route,
            abandoned = true,
            duration_us = micros(elapsed),
            "request"
        );
    }
}

/// An operation that has begun.
pub(super) struct OperationLine {
    correlation_id: Option<CorrelationId>,
    /// Method and route, when a tool call asks: the request around that is another one.
    logged: Option<(&'static str, String)>,
    started: Instant,
}

impl OperationLine {
    pub(super) fn begin(request: &Request) -> Self {
        // A message may ask for several operations. A handler that blocks or aborts keeps no line of an earlier one back.
        write_batch();
        let extensions = request.extensions();
        let from_mcp = extensions.get::<FromMcp>();
        let logged = from_mcp.map(|FromMcp| {
            let route = route_label(extensions).to_owned();
            (method_label(request.method()), route)
        });
        Self {
            correlation_id: extensions.get::<CorrelationId>().cloned(),
            logged,
            started: Instant::now(),
        }
    }

    /// Finishes its answer, and logs it.
    pub(super) fn end(self, response: Response) -> Response {
        let correlation_id = self.correlation_id.as_ref();
        let correlation_id = correlation_id.map_or("", CorrelationId::as_str);
        let response = problem::finish(response, correlation_id);
        if let Some((method, route)) = self.logged {
            tracing::info!(
                name: END_OF_WORK,
                method,
                route,
                status = response.status().as_u16(),
                duration_us = micros(self.started.elapsed()),
                "operation"
            );
            // Of unknown length it is a stream of the application's, which whoever asked reads now.
            if response.body().size_hint().exact().is_none() {
                write_batch();
            }
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use axum::body::{Body, Bytes};
    use futures::stream;

    use super::*;
    use crate::telemetry::{Captured, batched};

    fn tool_request() -> Request {
        let mut request = Request::default();
        request.extensions_mut().insert(FromMcp);
        request
    }

    #[test]
    fn no_handler_begins_while_a_line_waits() {
        let captured = Captured::start();
        batched(|| {
            OperationLine::begin(&tool_request()).end(Response::default());
            assert_eq!(Captured::lines_so_far(), 0, "it waits");
            OperationLine::begin(&tool_request());
            assert_eq!(Captured::lines_so_far(), 1);
        });
        assert_eq!(captured.events().len(), 1);
    }

    #[test]
    fn no_stream_of_the_applications_is_read_while_a_line_waits() {
        let nothing = stream::empty::<Result<Bytes, axum::Error>>();
        for (body, waits) in [
            (Body::from("known"), true),
            (Body::from_stream(nothing), false),
        ] {
            let captured = Captured::start();
            batched(|| {
                OperationLine::begin(&tool_request()).end(Response::new(body));
                assert_eq!(Captured::lines_so_far() == 0, waits);
            });
            assert_eq!(captured.events().len(), 1);
        }
    }
}
