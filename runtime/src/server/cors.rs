//! CORS for the configured origins, which the guardrails have found canonical and without wildcards.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::Request;
use axum::response::Response;
use axum::routing::Route;
use futures::FutureExt;
use http::{HeaderName, HeaderValue, Method, header};
use tower::{Layer, Service, ServiceExt, service_fn};
use tower_http::cors::{AllowOrigin, CorsLayer};

use super::limits::catch_panic;

/// How long a browser may keep a preflight's answer.
const MAX_AGE: Duration = Duration::from_secs(600);

/// The layer writes it, too: no cache may give one origin what was meant for another.
const VARY: HeaderValue = HeaderValue::from_static("origin");

/// Answers a request, with the layer around the answer where it is for a page of another origin.
///
/// Only such a page sends `Origin`, and the layer has nothing to say to anybody else. It takes every OPTIONS for a
/// preflight and answers 200; one that is none goes past it, to the router's own 404 or 405.
pub(super) async fn answer(layer: &CorsLayer, request: Request, next: Route) -> Response {
    let headers = request.headers();
    let is_for_page = headers.contains_key(header::ORIGIN)
        && (request.method() != Method::OPTIONS
            || headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD));
    if !is_for_page {
        let mut response = run(next, request).await;
        response.headers_mut().append(header::VARY, VARY);
        return response;
    }
    let next = service_fn(|request| run(next.clone(), request).map(Ok::<_, Infallible>));
    // Boxed, or every request would carry the room for it.
    let Ok(response) = Box::pin(layer.layer(next).oneshot(request)).await;
    response
}

/// Within the layer, so that a page can read what it is told of a panic.
fn run(mut next: Route, request: Request) -> impl Future<Output = Response> {
    catch_panic(async move {
        // It is always ready.
        let Ok(response) = next.call(request).await;
        response
    })
}

/// The layer of a service. Origins that are not header values cannot get here: the guardrails refuse them.
pub(super) fn layer(allowed_origins: &[String]) -> CorsLayer {
    let origins = allowed_origins
        .iter()
        .filter_map(|origin| HeaderValue::from_str(origin).ok());
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins))
        .allow_methods([
            Method::GET,
            Method::POST,
            Method::PUT,
            Method::PATCH,
            Method::DELETE,
        ])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            header::ACCEPT,
            header::IF_MATCH,
            header::IF_NONE_MATCH,
            HeaderName::from_static("x-correlation-id"),
            HeaderName::from_static("x-poc-roles"),
            HeaderName::from_static("traceparent"),
            HeaderName::from_static("tracestate"),
            HeaderName::from_static("mcp-protocol-version"),
            HeaderName::from_static("mcp-session-id"),
            HeaderName::from_static("mcp-method"),
            HeaderName::from_static("mcp-name"),
            HeaderName::from_static("last-event-id"),
        ])
        .expose_headers([
            header::WWW_AUTHENTICATE,
            header::RETRY_AFTER,
            header::ETAG,
            header::LINK,
            header::LOCATION,
            HeaderName::from_static("ratelimit"),
            HeaderName::from_static("ratelimit-policy"),
            HeaderName::from_static("x-correlation-id"),
            HeaderName::from_static("x-auth-mode"),
        ])
        .max_age(MAX_AGE)
}
