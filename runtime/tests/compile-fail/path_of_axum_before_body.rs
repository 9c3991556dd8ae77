#[path = "support/api.rs"]
mod api;

use portcullis::{Json, NoContent, endpoint};

#[endpoint(post, "/reports/{id}", signed_in)]
async fn write_report(_: axum::extract::Path<u32>, _: Json<String>) -> NoContent {
    NoContent
}

fn main() {
    let _ = (api::AppState, portcullis::endpoints![write_report]);
}
