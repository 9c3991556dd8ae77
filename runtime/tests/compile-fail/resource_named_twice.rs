#[path = "support/api.rs"]
mod api;

use portcullis::{Json, Path, endpoint};

#[endpoint(get, "/reports/{id}", signed_in, resource("desk://reports/{id}"))]
async fn get_report(Path(id): Path<u32>) -> Json<u32> {
    Json(id)
}

#[endpoint(get, "/papers/{name}", signed_in, resource("desk://reports/{name}"))]
async fn get_paper(Path(name): Path<u32>) -> Json<u32> {
    Json(name)
}

fn main() {
    let _ = (api::AppState, portcullis::endpoints![get_report, get_paper]);
}
