#[path = "support/api.rs"]
mod api;

use portcullis::{NoContent, Path, endpoint};

#[endpoint(get, "/reports/{id}", signed_in)]
async fn get_report(Path(_): Path<u32>) -> NoContent {
    NoContent
}

#[endpoint(put, "/reports/{report}", signed_in)]
async fn put_report(Path(_): Path<u32>) -> NoContent {
    NoContent
}

fn main() {
    let _ = (api::AppState, portcullis::endpoints![get_report, put_report]);
}
