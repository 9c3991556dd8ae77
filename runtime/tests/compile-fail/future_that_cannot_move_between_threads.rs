#[path = "support/api.rs"]
mod api;

use std::rc::Rc;

use portcullis::{NoContent, endpoint};

#[endpoint(get, "/reports", signed_in)]
async fn list_reports() -> NoContent {
    let cell = Rc::new(1);
    std::future::ready(()).await;
    drop(cell);
    NoContent
}

fn main() {
    let _ = (api::AppState, portcullis::endpoints![list_reports]);
}
