#[path = "support/api.rs"]
mod api;

use portcullis::{NoContent, endpoint};

#[endpoint(get, "/reports", signed_in)]
async fn list_reports() -> NoContent {
    NoContent
}

#[endpoint(get, "/reports", roles(Admin))]
async fn list_all_reports() -> NoContent {
    NoContent
}

fn main() {
    let _ = (api::AppState, portcullis::endpoints![list_reports, list_all_reports]);
}
