//! The running service: routers, the layers around them, the listeners, and the way out.
//!
//! Order of the layers, outermost first: correlation id and closing touches -> CORS -> panics -> routes. CORS stands
//! outside everything that can refuse, or a browser could not read a 401 or a 500. An operation's own limits, log line
//! and rate limit stand on its route, where a tool call enters too.

mod access_log;
mod client_address;
mod correlation;
mod cors;
mod host;
mod limits;
mod listen;
mod management;
mod open_files;
mod operation;
mod operations;
mod patience;
mod places;
mod rate_limit;
mod recorder;
mod request_body;
mod router;
mod self_wake;
mod service;
mod shutdown;
mod transfer_coding;

pub(crate) use client_address::ClientAddress;
pub(crate) use correlation::CorrelationId;
pub(crate) use limits::TimeLimit;
#[cfg(feature = "dev-issuer")]
pub(crate) use listen::{ListenerLimits, serve};
#[cfg(any(test, feature = "testing"))]
pub(crate) use operations::Described;
#[cfg(test)]
pub(crate) use operations::build_operations;
pub(crate) use operations::{Operations, describe};
pub(crate) use rate_limit::{
    Closed, CountedMessage, Holder, Place, RateLimits, TooManyWaiting, Waiting,
};
pub(crate) use recorder::FromMcp;
#[cfg(any(test, feature = "testing"))]
pub(crate) use router::{RouterParts, build_router};
#[cfg(any(test, feature = "dev-issuer", feature = "testing"))]
pub(crate) use service::public_url;
pub(crate) use service::{Service, StartError};
pub(crate) use shutdown::Shutdown;
