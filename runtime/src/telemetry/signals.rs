//! What the service says about itself in numbers: the one handle that gate, guard, limits and tools report to.
//!
//! Reports are made where the decision is logged, so that a line and a count always belong together.

use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;
use portcullis_api_spec::Denial;

use super::labels::{RateLimitKind, ToolOutcome};
use super::metrics::Metrics;
use crate::identity::{Authentication, Authenticator, denial_code};

/// Counts and measures. Clones are the same.
#[derive(Clone)]
pub(crate) struct Telemetry(Arc<Metrics>);

impl Telemetry {
    /// Makes the instruments, and watches the keys of this authenticator.
    pub(crate) fn build(authenticator: &Arc<Authenticator>) -> Self {
        Self(Arc::new(Metrics::build(authenticator)))
    }

    /// An HTTP request has arrived.
    pub(crate) fn request_began(&self, method: &'static str) {
        self.0.request_began(method);
    }

    /// Its answer has begun, or, without a status, nobody waits for one any more.
    pub(crate) fn request_ended(
        &self,
        method: &'static str,
        route: &str,
        status: Option<StatusCode>,
        elapsed: Duration,
    ) {
        self.0.request_ended(method, route, status, elapsed);
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
        self.0.authenticated(outcome, reason, route);
    }

    /// A rule was applied to a verified caller.
    pub(crate) fn authorized(&self, decision: Result<(), Denial>, route: &str) {
        let (outcome, reason) = match decision {
            Ok(()) => ("allowed", ""),
            Err(denial) => ("denied", denial_code(denial)),
        };
        self.0.authorized(outcome, reason, route);
    }

    /// A request was answered 429.
    pub(crate) fn rate_limited(&self, limit: RateLimitKind, route: &str) {
        self.0.rate_limited(limit.as_str(), route);
    }

    /// A call of a tool has ended. `tool` is a declared name, or empty where the call named none.
    pub(crate) fn tool_called(&self, tool: &'static str, outcome: ToolOutcome) {
        self.0.tool_called(tool, outcome.as_str());
    }

    /// Everything in the text format of Prometheus, for `/metrics`.
    pub(crate) fn render(&self) -> String {
        self.0.render()
    }
}
