//! The management listener: probes, for whoever reaches that port. Loopback by default.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::StatusCode;

use super::shutdown::Shutdown;
use crate::Problem;
use crate::identity::Authenticator;

#[derive(Clone)]
struct Probes {
    authenticator: Arc<Authenticator>,
    shutdown: Shutdown,
}

/// Builds `/livez` and `/readyz`.
pub(crate) fn router(authenticator: Arc<Authenticator>, shutdown: Shutdown) -> Router {
    let probes = Probes {
        authenticator,
        shutdown,
    };
    Router::new()
        .route("/livez", get(async || "ok\n"))
        .route("/readyz", get(readyz))
        .fallback(async || Problem::of_status(StatusCode::NOT_FOUND))
        .method_not_allowed_fallback(async || Problem::of_status(StatusCode::METHOD_NOT_ALLOWED))
        .with_state(probes)
}

/// 503 until keys have loaded, and while draining.
async fn readyz(State(probes): State<Probes>) -> Response {
    if probes.shutdown.is_draining() {
        return not_ready("draining");
    }
    if !probes.authenticator.is_ready() {
        return not_ready("no signing keys have been loaded yet");
    }
    "ok\n".into_response()
}

fn not_ready(detail: &str) -> Response {
    Problem::of_status(StatusCode::SERVICE_UNAVAILABLE)
        .with_detail(detail)
        .into_response()
}
