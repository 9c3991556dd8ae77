#[path = "support/api.rs"]
mod api;

use portcullis::{NoContent, endpoint};

#[endpoint(fetch, "/reports", roles(), status = "ok", mpc)]
fn list_reports(_: &str) -> NoContent {
    NoContent
}

fn main() {
    let _ = (api::AppState, portcullis::endpoints![list_reports]);
}
