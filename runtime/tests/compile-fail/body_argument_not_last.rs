#[path = "support/api.rs"]
mod api;

use portcullis::{Json, NoContent, Path, endpoint};

#[endpoint(put, "/reports/{id}", signed_in)]
async fn write_report(_: Json<String>, Path(_): Path<u32>) -> NoContent {
    NoContent
}

fn main() {
    let _ = (api::AppState, portcullis::endpoints![write_report]);
}
