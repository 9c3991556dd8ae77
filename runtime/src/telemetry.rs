//! What the service tells about itself: log lines, metrics, traces.
//!
//! Invariant: what is told is bounded, and names no person: templates, codes and proven identifiers, never text as a
//! caller sent it.

#[cfg(test)]
mod captured;
mod catalogue;
mod json_line;
mod labels;
mod line_batch;
mod log;
mod metrics;
mod observed;
mod otlp;
mod signals;
mod spans;
mod spikes;
mod tally;
mod trace_context;

#[cfg(test)]
pub(crate) use captured::Captured;
pub(crate) use labels::{
    McpSubject, RateLimitKind, RefreshOutcome, ToolOutcome, method_label, route_label,
};
pub(crate) use line_batch::{END_OF_WORK, batched, write_batch};
pub(crate) use log::{install, micros};
pub(crate) use otlp::{Exporters, OtlpSetupError, ServiceFacts};
pub(crate) use signals::Telemetry;
pub(crate) use trace_context::read as read_trace_context;
pub use trace_context::trace_headers;
pub(crate) use trace_context::write_trace_headers;
