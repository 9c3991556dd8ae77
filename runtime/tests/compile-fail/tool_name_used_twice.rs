#[path = "support/api.rs"]
mod api;

use portcullis::{NoContent, endpoint};

#[endpoint(get, "/reports", signed_in, mcp)]
async fn reports() -> NoContent {
    NoContent
}

#[endpoint(get, "/drafts", signed_in, mcp(name = "reports"))]
async fn drafts() -> NoContent {
    NoContent
}

fn main() {
    let _ = (api::AppState, portcullis::endpoints![reports, drafts]);
}
