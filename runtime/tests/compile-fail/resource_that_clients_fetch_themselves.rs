#[path = "support/api.rs"]
mod api;

use portcullis::{Json, endpoint};

#[endpoint(get, "/reports", signed_in, resource("https://reports.example.com"))]
async fn list_reports() -> Json<u32> {
    Json(7)
}

fn main() {
    let _ = (api::AppState, portcullis::endpoints![list_reports]);
}
