#[path = "support/api.rs"]
mod api;

use portcullis::{NoContent, endpoint};

#[endpoint(post, "/reports", signed_in)]
async fn write_report(_: axum::Json<String>) -> NoContent {
    NoContent
}

fn main() {
    let _ = (api::AppState, portcullis::endpoints![write_report]);
}
