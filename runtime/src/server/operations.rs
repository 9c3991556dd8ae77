//! The operations router: every endpoint behind its guard, with the limits and the log line that both surfaces share.

use std::sync::Arc;

use axum::Router;
use portcullis_api_spec::{EndpointDef, Op};

use super::operation::Operation;
use crate::application::{EndpointList, ListEntry};
use crate::config::ServerConfig;
use crate::gate::Gate;
use crate::guard::Guarded;

/// An endpoint and what its types say about it.
#[derive(Debug, Clone)]
pub(crate) struct Described {
    pub(crate) endpoint: &'static EndpointDef,
    pub(crate) op: Op,
}

/// The endpoints of a service, described.
pub(crate) type Operations = Vec<Described>;

/// Asks every endpoint's types to describe themselves.
pub(crate) fn describe(endpoints: &EndpointList) -> Operations {
    let describe = |entry: &ListEntry| Described {
        endpoint: entry.endpoint,
        op: entry.describe(),
    };
    endpoints.entries.iter().map(describe).collect()
}

/// Builds the router that REST requests and tool calls share.
pub(crate) fn build_operations(
    endpoints: Vec<Guarded>,
    gate: &Arc<Gate>,
    config: &ServerConfig,
) -> Router {
    endpoints
        .into_iter()
        .fold(Router::new(), |router, guarded| {
            let path = guarded.endpoint().full_path();
            // Several methods of one path come together in the router.
            router.route(&path, Operation::new(guarded, gate, config).mount())
        })
}
