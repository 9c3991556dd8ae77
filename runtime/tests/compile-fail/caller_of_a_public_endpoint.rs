#[path = "support/api.rs"]
mod api;

use portcullis::{Caller, NoContent, State, endpoint};

#[endpoint(get, "/news", public("everybody reads them"))]
async fn list_news(_: State<api::AppState>, _: Caller) -> NoContent {
    NoContent
}

fn main() {
    let _ = portcullis::endpoints![list_news];
}
