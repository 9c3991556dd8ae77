#[path = "support/api.rs"]
mod api;

use portcullis::{NoContent, Path, PathParams, endpoint};

#[derive(serde::Deserialize, PathParams)]
#[serde(rename_all = "camelCase")]
struct PageOf {
    page_number: u16,
}

#[endpoint(get, "/pages/{page_number}", signed_in)]
async fn get_page(Path(page): Path<PageOf>) -> NoContent {
    let _ = page.page_number;
    NoContent
}

fn main() {
    let _ = (api::AppState, portcullis::endpoints![get_page]);
}
