#[path = "support/api.rs"]
mod api;

use portcullis::{Json, endpoint};

#[endpoint(get, "/reviews", signed_in, prompt)]
async fn review_report() -> Json<u32> {
    Json(7)
}

fn main() {
    let _ = (api::AppState, portcullis::endpoints![review_report]);
}
