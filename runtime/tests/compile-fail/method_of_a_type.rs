#[path = "support/api.rs"]
mod api;

use portcullis::{NoContent, endpoint};

struct Reports;

impl Reports {
    #[endpoint(get, "/reports", signed_in)]
    async fn list(&self) -> NoContent {
        NoContent
    }
}

fn main() {}
