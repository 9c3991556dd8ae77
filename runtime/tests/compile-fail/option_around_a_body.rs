#[path = "support/api.rs"]
mod api;

use portcullis::{Json, NoContent, endpoint};

#[endpoint(put, "/notes", signed_in)]
async fn write_note(_: Option<Json<String>>) -> NoContent {
    NoContent
}

fn main() {
    let _ = (api::AppState, portcullis::endpoints![write_note]);
}
