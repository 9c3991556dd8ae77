//! Widgets as annotated functions: guard, document and tools come with them.

pub mod api;
pub mod store;
pub mod view;
// each: pub mod widget;
// each: pub mod widget_types;

use portcullis::{Api, endpoints};

use crate::store::AppState;

/// All endpoints.
pub fn api() -> Api<AppState> {
    Api::new("Widgets", "1.0.0")
        .endpoints(endpoints![
            // each: widget::list_widgets,
            // each: widget::get_widget,
            // each: widget::create_widget,
            // each: widget::update_widget,
            // each: widget::delete_widget,
        ])
        .state(|_| async { Ok(AppState::default()) })
}
