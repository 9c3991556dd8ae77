#[path = "support/api.rs"]
mod api;

use portcullis::{NoContent, Path, endpoint};

#[endpoint(get, "/reports/{id}", signed_in, mcp(hide = ["id"]))]
async fn get_report(_: Path<u32>) -> NoContent {
    NoContent
}

fn main() {
    let _ = (api::AppState, portcullis::endpoints![get_report]);
}
