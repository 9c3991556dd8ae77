//! What the service tells about itself: log lines, and metrics.
//!
//! Invariant: what is told is bounded, and names no person: templates, codes and proven identifiers, never text as a
//! caller sent it.

#[cfg(test)]
mod captured;
mod catalogue;
mod labels;
mod log;
mod metrics;
mod observed;
mod signals;

#[cfg(test)]
pub(crate) use captured::Captured;
pub(crate) use labels::{RateLimitKind, ToolOutcome, method_label, route_label};
pub(crate) use log::install;
pub(crate) use signals::Telemetry;
