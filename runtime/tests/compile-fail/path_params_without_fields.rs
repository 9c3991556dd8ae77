#[path = "support/api.rs"]
mod api;

use portcullis::{NoContent, Path, PathParams, endpoint};

#[derive(serde::Deserialize, PathParams)]
struct Nothing {}

#[endpoint(get, "/reports", signed_in)]
async fn list_reports(_: Path<Nothing>) -> NoContent {
    NoContent
}

fn main() {
    let _ = (api::AppState, portcullis::endpoints![list_reports]);
}
