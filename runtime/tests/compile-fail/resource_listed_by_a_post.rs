#[path = "support/api.rs"]
mod api;

use portcullis::{Json, Path, endpoint};

#[endpoint(post, "/searches", signed_in)]
async fn search_reports() -> Json<Vec<u32>> {
    Json(vec![7])
}

#[endpoint(get, "/reports/{id}", signed_in, resource("desk://reports/{id}", listed_by = search_reports))]
async fn get_report(Path(id): Path<u32>) -> Json<u32> {
    Json(id)
}

fn main() {
    let _ = (api::AppState, portcullis::endpoints![search_reports, get_report]);
}
