#[path = "support/api.rs"]
mod api;

use portcullis::endpoint;

#[endpoint(get, "/reports", signed_in)]
async fn list_reports() {}

fn main() {
    let _ = (api::AppState, portcullis::endpoints![list_reports]);
}
