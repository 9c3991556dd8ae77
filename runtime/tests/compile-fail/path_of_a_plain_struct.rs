#[path = "support/api.rs"]
mod api;

use portcullis::{NoContent, Path, endpoint};

#[derive(serde::Deserialize)]
struct PageOf {
    id: u32,
}

/// Fetch a page.
#[endpoint(get, "/reports/{id}", signed_in)]
async fn get_page(Path(_): Path<PageOf>) -> NoContent {
    NoContent
}

fn main() {
    let _ = portcullis::endpoints![get_page];
}
