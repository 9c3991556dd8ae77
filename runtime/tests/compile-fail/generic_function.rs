#[path = "support/api.rs"]
mod api;

use portcullis::{Json, NoContent, endpoint};

#[endpoint(post, "/reports", signed_in)]
async fn write_report<T>(_: Json<T>) -> NoContent {
    NoContent
}

fn main() {
    let _ = (api::AppState, portcullis::endpoints![write_report]);
}
