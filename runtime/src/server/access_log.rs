//! One line and one measurement per HTTP request; one line more for the operation behind a tool call.
//!
//! Method and route are labels of our own ([`method_label`], [`route_label`]), so that neither an identifier in a path nor
//! text that a client made up lands in a line.

use std::time::{Duration, Instant};

use axum::extract::Request;
use axum::response::Response;
use http::StatusCode;
use opentelemetry::Context;

use super::{CorrelationId, FromTool};
use crate::problem;
use crate::telemetry::{Telemetry, method_label, micros, route_label};

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
        let extensions = request.extensions();
        let from_tool = extensions.get::<FromTool>();
        let logged = from_tool.map(|FromTool| {
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
                method,
                route,
                status = response.status().as_u16(),
                duration_us = micros(self.started.elapsed()),
                "operation"
            );
        }
        response
    }
}
