#[path = "support/api.rs"]
mod api;

use portcullis::{Json, Path, endpoint};

#[endpoint(get, "/reports", signed_in)]
async fn list_reports() -> Json<Vec<u32>> {
    Json(vec![7])
}

#[endpoint(get, "/reports/{id}", signed_in, resource("desk://reports/{id}", listed_by = list_report))]
async fn get_report(Path(id): Path<u32>) -> Json<u32> {
    Json(id)
}

fn main() {
    let _ = (api::AppState, portcullis::endpoints![list_reports, get_report]);
}
