use portcullis::{NoContent, endpoint};

#[endpoint(get, "/reports", signed_in)]
async fn list_reports() -> NoContent {
    NoContent
}

fn main() {}
