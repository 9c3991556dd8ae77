#[path = "support/api.rs"]
mod api;

use portcullis::{Json, endpoint};

#[endpoint(post, "/reports", signed_in, resource("desk://reports"))]
async fn create_report() -> Json<u32> {
    Json(7)
}

fn main() {
    let _ = (api::AppState, portcullis::endpoints![create_report]);
}
