//! One line per operation, and the problem's last touch; REST requests and tool calls both pass here.

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;

use super::CorrelationId;
use crate::problem;

/// Logs one operation. The path is the template, so that no identifier of a caller's data lands in the log.
pub(crate) async fn log_operation(request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let correlation_id = request.extensions().get::<CorrelationId>().cloned();
    let started = Instant::now();
    let response = next.run(request).await;
    let correlation_id = correlation_id.as_ref().map_or("", CorrelationId::as_str);
    let response = problem::finish(response, correlation_id);
    tracing::info!(
        method = %method,
        route = route.as_ref().map_or("", |route| route.as_str()),
        status = response.status().as_u16(),
        duration_us = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX),
        "operation"
    );
    response
}
