//! What the service says about itself in numbers and traces: the one handle that gate, guard, limits and tools report to.
//!
//! Reports are made where the decision is logged, so that a line and a count always belong together.

use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, StatusCode};
use opentelemetry::Context;
use opentelemetry::trace::SpanContext;
use opentelemetry_sdk::trace::SdkTracerProvider;
use portcullis_api_spec::Denial;

use super::labels::{McpSubject, RateLimitKind, RefreshOutcome, ToolOutcome};
use super::metrics::Metrics;
use super::otlp::Exporters;
use super::spans::{self, Spans};
use super::spikes::SpikeDetector;
use crate::config::FailureSpikeConfig;
use crate::identity::{Authentication, Authenticator, denial_code};

/// Longest time that the last batch of traces, and of metrics, may take.
const FLUSH_LIMIT: Duration = Duration::from_secs(5);

/// Counts, measures and traces. Clones are the same.
#[derive(Clone)]
pub(crate) struct Telemetry(Arc<Parts>);

struct Parts {
    metrics: Metrics,
    spikes: SpikeDetector,
    spans: Spans,
    traces: Option<SdkTracerProvider>,
}

impl Telemetry {
    /// Makes the instruments, and watches the keys of this authenticator. Without exporters nothing leaves but through
    /// `/metrics`.
    pub(crate) fn build(
        authenticator: &Arc<Authenticator>,
        settings: FailureSpikeConfig,
        exporters: Option<Exporters>,
    ) -> Self {
        let tracer = exporters.as_ref().map(Exporters::tracer);
        let (traces, to_collector) = match exporters {
            Some(exporters) => (
                Some(exporters.traces),
                Some((exporters.metrics, exporters.resource)),
            ),
            None => (None, None),
        };
        Self(Arc::new(Parts {
            metrics: Metrics::build(authenticator, to_collector),
            spikes: SpikeDetector::new(settings),
            spans: Spans::new(tracer),
            traces,
        }))
    }

    /// An HTTP request's place in its trace, to be ended with [`Self::end_span`].
    pub(crate) fn begin_request_span(
        &self,
        method: &'static str,
        route: &str,
        headers: &HeaderMap,
    ) -> Context {
        self.0.spans.begin_request(method, route, headers)
    }

    /// The place of the operation behind an MCP message. `named` is what the message itself says about its trace.
    pub(crate) fn begin_mcp_span(
        &self,
        subject: McpSubject,
        named: Option<&SpanContext>,
        request: &Context,
    ) -> Context {
        self.0.spans.begin_mcp(subject, named, request)
    }

    /// Ends a span with the status of the answer; without one nobody waited for it.
    pub(crate) fn end_span(context: &Context, status: Option<StatusCode>) {
        spans::end(context, status);
    }

    /// Closes a window of the spike detector whenever its time has come, for ever.
    pub(crate) async fn watch_spikes(self, window: Duration) {
        loop {
            tokio::time::sleep(window).await;
            self.close_window(window);
        }
    }

    fn close_window(&self, window: Duration) {
        let Some(spike) = self.0.spikes.close_window() else {
            return;
        };
        self.0.metrics.failure_spiked();
        tracing::warn!(
            window_seconds = window.as_secs_f64(),
            attempts = spike.attempts,
            failures = spike.failures,
            reasons = spike.reasons,
            routes = spike.routes,
            "authentication_failure_spike"
        );
    }

    /// Closes the window that is open, and sends what has not been sent, within bounds.
    pub(crate) async fn end(self, window: Duration) {
        self.close_window(window);
        // The exporters wait on threads of their own; a collector that hangs must not hold up the end for long.
        let flushed = tokio::task::spawn_blocking(move || {
            if let Some(traces) = &self.0.traces {
                let _ = traces.shutdown_with_timeout(FLUSH_LIMIT);
            }
            self.0.metrics.shut_down(FLUSH_LIMIT);
        });
        // What went wrong with sending has been said where it was sent.
        let _ = tokio::time::timeout(2 * FLUSH_LIMIT, flushed).await;
    }

    /// An HTTP request has arrived.
    pub(crate) fn request_began(&self, method: &'static str) {
        self.0.metrics.request_began(method);
    }

    /// Its answer has begun, or, without a status, nobody waits for one any more.
    pub(crate) fn request_ended(
        &self,
        method: &'static str,
        route: &str,
        status: Option<StatusCode>,
        elapsed: Duration,
    ) {
        self.0.metrics.request_ended(method, route, status, elapsed);
    }

    /// A credential was looked at.
    pub(crate) fn authenticated(&self, authentication: &Authentication, route: &str) {
        let (outcome, reason) = match authentication {
            Authentication::Absent => ("absent", ""),
            Authentication::Verified(caller) if caller.is_synthetic() => ("bypassed", ""),
            Authentication::Verified(_) => ("verified", ""),
            Authentication::Rejected(reason) => ("rejected", reason.code()),
            Authentication::KeysUnavailable => ("keys_unavailable", ""),
        };
        match outcome {
            "absent" | "rejected" => {
                self.0.spikes.count_attempt();
                let reason = if reason.is_empty() { outcome } else { reason };
                self.0.spikes.count_failure(reason, route);
            }
            "verified" => self.0.spikes.count_attempt(),
            // Nobody was refused for what he is.
            _ => {}
        }
        self.0.metrics.authenticated(outcome, reason, route);
    }

    /// A rule was applied to a verified caller.
    pub(crate) fn authorized(&self, decision: Result<(), Denial>, route: &str) {
        let (outcome, reason) = match decision {
            Ok(()) => ("allowed", ""),
            Err(denial) => ("denied", denial_code(denial)),
        };
        if decision.is_err() {
            self.0.spikes.count_failure(reason, route);
        }
        self.0.metrics.authorized(outcome, reason, route);
    }

    /// A verified caller asked over MCP for what is not there, which is `denied` or `unknown`. Counted as a denial.
    pub(crate) fn not_there(&self, outcome: &'static str, reason: &'static str, route: &str) {
        self.0.spikes.count_failure(reason, route);
        self.0.metrics.authorized(outcome, reason, route);
    }

    /// A request was answered 429.
    pub(crate) fn rate_limited(&self, limit: RateLimitKind, route: &str) {
        self.0.metrics.rate_limited(limit.as_str(), route);
    }

    /// What an MCP message asked for has ended. Lists count as requests of their operation only.
    pub(crate) fn mcp_ended(&self, subject: McpSubject, outcome: ToolOutcome) {
        let (metrics, outcome) = (&self.0.metrics, outcome.as_str());
        match subject {
            McpSubject::Tool(tool) => metrics.tool_called(tool, outcome),
            McpSubject::Resource(resource) => metrics.resource_read(resource, outcome),
            McpSubject::Prompt(prompt) => metrics.prompt_got(prompt, outcome),
            McpSubject::ResourceList(_)
            | McpSubject::ResourceCompletion(_)
            | McpSubject::PromptCompletion(_) => {}
        }
    }

    /// A secret was read again, or could not be.
    pub(crate) fn refreshed(&self, outcome: RefreshOutcome) {
        self.0.metrics.refreshed(outcome.as_str());
    }

    /// Everything in the text format of Prometheus, for `/metrics`.
    pub(crate) fn render(&self) -> String {
        self.0.metrics.render()
    }
}
