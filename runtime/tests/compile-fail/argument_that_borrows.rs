#[path = "support/api.rs"]
mod api;

use portcullis::{Json, NoContent, endpoint};

#[endpoint(post, "/reports", signed_in)]
async fn list_reports(_: Json<&str>) -> NoContent {
    NoContent
}

fn main() {
    let _ = (api::AppState, portcullis::endpoints![list_reports]);
}
