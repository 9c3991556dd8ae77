//! `/openapi.json`, `/openapi.yaml` and `/docs`: the document and Swagger UI, served from the binary without a network.
//!
//! Everything is rendered once, at start. `docs.access` decides who gets it: anyone, verified callers through the same
//! gate as a guarded endpoint, or nobody, in which case the routes are not there.
//! Invariant: every answer carries the content security policy, and no page holds an inline script.

mod file;
mod headers;
mod page;
mod vendored;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use bytes::Bytes;
use portcullis_api_spec::{Access, openapi};
use url::Url;
use utoipa::openapi::OpenApi;

use crate::config::{Config, DocsAccess};
use crate::gate::{Gate, admit, authenticate};

use file::{Cached, File};
use headers::SecurityHeaders;
use page::PageFacts;

/// What the documentation is made from.
pub(crate) struct DocsParts<'a> {
    pub(crate) document: &'a OpenApi,
    pub(crate) config: &'a Config,
    /// What callers reach the service by.
    pub(crate) public_url: &'a Url,
    pub(crate) gate: &'a Arc<Gate>,
}

/// Builds the routes of the documentation; none when `docs.access` is `off`.
pub(crate) fn router(parts: &DocsParts<'_>) -> Router {
    let facts = PageFacts::new(parts);
    let routes = match parts.config.docs.access {
        DocsAccess::Off => return Router::new(),
        DocsAccess::Public => routes(parts.document, &facts),
        DocsAccess::SignedIn => {
            let gate = Arc::clone(parts.gate);
            guard(routes(parts.document, &facts))
                .route_layer(middleware::from_fn_with_state(gate, authenticated))
        }
    };
    confine(
        routes,
        SecurityHeaders::new(&parts.config.authentication.authority),
    )
}

fn routes(document: &OpenApi, facts: &PageFacts) -> Router {
    let json = openapi::render_json(document);
    let yaml = openapi::render_yaml(document);
    let html = page::render_html(facts);
    let initializer = page::render_initializer(facts);
    let own = [
        text("/openapi.json", "application/json", json),
        text("/openapi.yaml", "application/yaml", yaml),
        text("/docs", "text/html; charset=utf-8", html),
        text("/docs/initializer.js", "text/javascript", initializer),
        text("/docs/page.css", "text/css", page::STYLE),
    ];
    let files = own.into_iter().chain(vendored::files());
    let router = files.fold(Router::new(), |router, file| {
        router.route(file.path, get(async move || file.respond()))
    });
    // Relative, so that it also holds below a path prefix that a proxy takes off.
    router.route("/docs/", get(async || Redirect::permanent("../docs")))
}

/// `docs.access = signed_in`: the same decision and the same refusal as a guarded endpoint.
fn guard(routes: Router) -> Router {
    routes.route_layer(middleware::from_fn(admit_signed_in))
}

async fn authenticated(
    State(gate): State<Arc<Gate>>,
    mut request: Request,
    next: Next,
) -> Response {
    match authenticate(&gate, &mut request).await {
        Ok(()) => next.run(request).await,
        Err(refusal) => refusal,
    }
}

async fn admit_signed_in(request: Request, next: Next) -> Response {
    match admit(&Access::SignedIn, request.extensions()) {
        Ok(()) => next.run(request).await,
        Err(refusal) => refusal.into_response(),
    }
}

/// Puts the headers on every answer, refusals included.
fn confine(routes: Router, headers: SecurityHeaders) -> Router {
    routes.route_layer(middleware::from_fn_with_state(headers, headers::add))
}

fn text(path: &'static str, content_type: &'static str, body: impl Into<Bytes>) -> File {
    File {
        path,
        content_type,
        body: body.into(),
        cached: Cached::Never,
    }
}

#[cfg(test)]
mod tests;
