//! The public router: operations, MCP and documents behind one set of outer layers.
//!
//! Pure assembly: no listener and no network, so that the test kit serves the same router in process.

use std::convert::Infallible;
use std::sync::Arc;

use axum::Router;
use axum::routing::Route;
use futures::FutureExt;
use http::StatusCode;
use portcullis_api_spec::Vocabulary;
use tower::layer::layer_fn;
use tower::service_fn;
use url::Url;

use super::correlation::{Outermost, correlate};
use super::cors;
use super::operations::{self, Operations};
use super::rate_limit::{RateLimits, Waiting};
use super::service::StartError;
use super::shutdown::Shutdown;
use crate::api::Facts;
use crate::application::EndpointList;
use crate::config::Config;
use crate::docs::{self, DocsParts};
use crate::gate::{Challenge, Gate};
use crate::guard::Guarded;
use crate::identity::Authenticator;
use crate::mcp::{self, McpParts, Offer};
use crate::record::Recorder;
use crate::telemetry::Telemetry;
use crate::{Problem, document};

/// What the public router is built from, beside the endpoints and their state.
pub(crate) struct RouterParts<'a> {
    pub(crate) facts: Facts,
    pub(crate) config: &'a Config,
    pub(crate) public_url: &'a Url,
    pub(crate) authenticator: &'a Arc<Authenticator>,
    pub(crate) shutdown: &'a Shutdown,
    pub(crate) telemetry: &'a Telemetry,
    pub(crate) recorder: Option<&'a Recorder>,
}

/// Builds everything that answers on the public listener, outer layers included.
///
/// # Errors
/// [`StartError::Spec`] when the endpoints cannot be described.
pub(crate) fn build_router(
    list: &EndpointList,
    endpoints: Vec<Guarded>,
    parts: &RouterParts<'_>,
) -> Result<Router, StartError> {
    let (config, public_url) = (parts.config, parts.public_url);
    let operations = operations::describe(list);
    let vocabulary = list.vocabulary;
    let gate = Arc::new(Gate {
        authenticator: Arc::clone(parts.authenticator),
        challenge: Challenge::new(
            public_url,
            &mcp::scope_prefix(config, public_url),
            &config.authentication,
        ),
        environment: config.environment,
        endpoints: operations
            .iter()
            .map(|described| described.endpoint)
            .collect(),
        shutdown: parts.shutdown.clone(),
        telemetry: parts.telemetry.clone(),
        recorder: parts.recorder.cloned(),
        rate_limits: RateLimits::build(&config.rate_limit),
        waiting: Waiting::build(&config.rate_limit),
    });
    let operations_router = operations::build_operations(endpoints, &gate, &config.server);
    let surfaces = surfaces(
        operations_router,
        &operations,
        &SurfaceParts {
            facts: parts.facts,
            vocabulary,
            gate,
            config,
            public_url,
        },
    )?;
    let outermost = Arc::new(Outermost {
        cors: cors::layer(&config.cors.allowed_origins),
        is_bypassed: parts.authenticator.is_bypassed(),
        shutdown: parts.shutdown.clone(),
        telemetry: parts.telemetry.clone(),
    });
    Ok(surfaces.layer(layer_fn(move |next: Route| {
        let outermost = Arc::clone(&outermost);
        service_fn(move |request| {
            let answer = correlate(Arc::clone(&outermost), request, next.clone());
            answer.map(Ok::<_, Infallible>)
        })
    })))
}

/// Everything that answers on the public listener, without the outer layers.
fn surfaces(
    operations_router: Router,
    operations: &Operations,
    parts: &SurfaceParts<'_>,
) -> Result<Router, StartError> {
    let SurfaceParts {
        facts,
        vocabulary,
        gate,
        config,
        public_url,
    } = parts;
    let settings = document::of_service(facts, config, public_url);
    let document = document::build(&settings, vocabulary, operations)
        .map_err(|error| StartError::Spec(error.to_string()))?;
    let offer = Offer::build(operations).map_err(StartError::Spec)?;
    let mcp = mcp::router(McpParts {
        facts: *facts,
        offer,
        operations: operations_router.clone(),
        gate: Arc::clone(gate),
        config,
        public_url,
    });
    let docs = docs::router(&DocsParts {
        document: &document,
        config,
        public_url,
        gate,
    });
    Ok(operations_router
        .merge(mcp)
        .merge(docs)
        .fallback(async || Problem::of_status(StatusCode::NOT_FOUND))
        .method_not_allowed_fallback(async || Problem::of_status(StatusCode::METHOD_NOT_ALLOWED)))
}

/// What the surfaces have in common.
struct SurfaceParts<'a> {
    facts: Facts,
    vocabulary: Vocabulary,
    gate: Arc<Gate>,
    config: &'a Config,
    public_url: &'a Url,
}
