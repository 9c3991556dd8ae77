#[path = "support/api.rs"]
mod api;

async fn list_reports() -> portcullis::NoContent {
    portcullis::NoContent
}

fn main() {
    let _ = (api::AppState, portcullis::endpoints![list_reports]);
}
