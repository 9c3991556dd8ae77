#[path = "support/api.rs"]
mod api;

use portcullis::{NoContent, Path, PathParams, endpoint};

#[derive(serde::Deserialize, PathParams)]
struct PageOf {
    id: u32,
    page: u16,
}

/// Fetch a page.
#[endpoint(get, "/reports/{id}/pages/{number}", signed_in)]
async fn get_page(Path(_): Path<PageOf>) -> NoContent {
    NoContent
}

fn main() {
    let _ = portcullis::endpoints![get_page];
}
