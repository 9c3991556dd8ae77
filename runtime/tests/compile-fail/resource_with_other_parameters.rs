#[path = "support/api.rs"]
mod api;

use portcullis::{Json, Path, endpoint};

#[endpoint(get, "/reports/{id}", signed_in, resource("desk://reports/{report}"))]
async fn get_report(Path(id): Path<u32>) -> Json<u32> {
    Json(id)
}

fn main() {
    let _ = (api::AppState, portcullis::endpoints![get_report]);
}
