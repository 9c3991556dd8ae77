#[path = "support/api.rs"]
mod api;

use portcullis::PathParams;

#[derive(serde::Deserialize, PathParams)]
struct PageOf {
    #[serde(rename = "number")]
    page: u16,
}

fn main() {
    let _ = api::AppState;
}
