//! The operations router: every endpoint behind its guard, with the limits and the log line that both surfaces share.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use axum::routing::MethodRouter;
use axum::{Extension, Router, middleware};
use portcullis_api_spec::{EndpointDef, Op};
use tower_http::catch_panic::CatchPanicLayer;

use super::access_log::log_operation;
use super::limits::{answer_panic, bound_time};
use crate::application::{EndpointList, ListEntry};
use crate::config::Config;
use crate::endpoint::Route;
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
    let describe = |entry: &ListEntry| {
        let mut op = Op::of(entry.endpoint);
        for describe in entry.describe {
            describe(&mut op);
        }
        Described {
            endpoint: entry.endpoint,
            op,
        }
    };
    endpoints.entries.iter().map(describe).collect()
}

/// Builds the router that REST requests and tool calls share.
pub(crate) fn build_operations(
    endpoints: Vec<Guarded>,
    gate: &Arc<Gate>,
    config: &Config,
) -> Router {
    let mut by_path: BTreeMap<String, MethodRouter> = BTreeMap::new();
    for guarded in endpoints {
        let path = guarded.endpoint().full_path();
        let method_router = Route::new(guarded).mount(gate);
        let merged = match by_path.remove(&path) {
            Some(present) => present.merge(method_router),
            None => method_router,
        };
        by_path.insert(path, merged);
    }
    let router = by_path
        .into_iter()
        .fold(Router::new(), |router, (path, method_router)| {
            router.route(&path, method_router)
        });
    router
        .route_layer(DefaultBodyLimit::max(config.server.body_limit_bytes))
        .route_layer(middleware::from_fn_with_state(
            config.server.request_timeout,
            bound_time,
        ))
        // A tool call enters here, behind the boundary of the whole service.
        .route_layer(CatchPanicLayer::custom(answer_panic))
        .route_layer(middleware::from_fn(log_operation))
        .route_layer(Extension(Arc::clone(gate)))
}
