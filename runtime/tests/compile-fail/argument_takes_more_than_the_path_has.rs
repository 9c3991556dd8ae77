#[path = "support/api.rs"]
mod api;

use portcullis::{NoContent, Path, endpoint};

#[endpoint(get, "/reports/{id}", signed_in)]
async fn list_reports(Path(_): Path<(u32, u32)>) -> NoContent {
    NoContent
}

fn main() {
    let _ = (api::AppState, portcullis::endpoints![list_reports]);
}
