#[path = "support/api.rs"]
mod api;

use portcullis::{NoContent, Upload, endpoint};

#[endpoint(post, "/pictures", signed_in)]
async fn send_picture(_: Upload<1024>) -> NoContent {
    NoContent
}

fn main() {
    let _ = (api::AppState, portcullis::endpoints![send_picture]);
}
