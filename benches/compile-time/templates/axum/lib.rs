//! Widgets as plain axum routes, without any document.

pub mod problem;
pub mod store;
pub mod view;
// each: pub mod widget;
// each: pub mod widget_types;

use axum::Router;

use crate::store::AppState;

/// All routes.
pub fn router() -> Router {
    let router = Router::new();
    // each: let router = router.merge(widget::routes());
    Router::new()
        .nest("/api/v1", router)
        .with_state(AppState::default())
}
