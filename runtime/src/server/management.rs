//! The management listener: probes and metrics, for whoever reaches that port. Loopback by default.

use std::sync::Arc;

use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{HeaderValue, StatusCode, header};

use super::correlation;
use super::shutdown::Shutdown;
use crate::Problem;
use crate::identity::Authenticator;
use crate::telemetry::Telemetry;

/// What the management listener tells about.
pub(crate) struct Management {
    pub(crate) authenticator: Arc<Authenticator>,
    pub(crate) shutdown: Shutdown,
    pub(crate) telemetry: Telemetry,
}

/// Builds `/livez`, `/readyz` and `/metrics`.
pub(crate) fn router(management: Management) -> Router {
    let management = Arc::new(management);
    let told = Arc::clone(&management);
    Router::new()
        .route("/livez", get(async || "ok\n"))
        .route("/readyz", get(async move || readyz(&management)))
        .route("/metrics", get(async move || metrics(&told)))
        .fallback(async || Problem::of_status(StatusCode::NOT_FOUND))
        .method_not_allowed_fallback(async || Problem::of_status(StatusCode::METHOD_NOT_ALLOWED))
        .layer(axum::middleware::from_fn(correlation::mark))
}

/// 503 until keys have loaded, and while draining.
fn readyz(management: &Management) -> Response {
    if management.shutdown.is_draining() {
        return not_ready("draining");
    }
    if !management.authenticator.is_ready() {
        return not_ready("no signing keys have been loaded yet");
    }
    "ok\n".into_response()
}

/// What Prometheus collects: text format 0.0.4.
fn metrics(management: &Management) -> Response {
    let content_type = (
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8"),
    );
    ([content_type], management.telemetry.render()).into_response()
}

fn not_ready(detail: &str) -> Response {
    Problem::of_status(StatusCode::SERVICE_UNAVAILABLE)
        .with_detail(detail)
        .into_response()
}
