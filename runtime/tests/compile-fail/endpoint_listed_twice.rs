#[path = "support/api.rs"]
mod api;

use portcullis::{NoContent, endpoint};

#[endpoint(get, "/reports", signed_in)]
async fn list_reports() -> NoContent {
    NoContent
}

#[endpoint(get, "/drafts", signed_in)]
async fn list_drafts() -> NoContent {
    NoContent
}

fn main() {
    let _ = (api::AppState, portcullis::endpoints![list_reports, list_drafts, list_reports]);
}
