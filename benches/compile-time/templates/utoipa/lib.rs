//! Widgets as axum routes with `#[utoipa::path]`, collected by utoipa-axum.

pub mod problem;
pub mod store;
pub mod view;
// each: pub mod widget;
// each: pub mod widget_types;

use axum::{Json, Router, routing};
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use crate::store::AppState;

/// All routes, and their document.
pub fn router() -> (Router, OpenApi) {
    let router = OpenApiRouter::new();
    // each: let router = router.merge(widget::routes());
    let (router, document) = OpenApiRouter::new()
        .nest("/api/v1", router)
        .with_state(AppState::default())
        .split_for_parts();
    let shown = Json(document.clone());
    let router = router.route("/openapi.json", routing::get(async || shown));
    (router, document)
}
