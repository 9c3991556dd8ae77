#[path = "support/api.rs"]
mod api;

use portcullis::{File, endpoint};

#[endpoint(get, "/reports.csv", signed_in)]
async fn export_reports() -> File<String> {
    File::new("a,b")
}

fn main() {
    let _ = (api::AppState, portcullis::endpoints![export_reports]);
}
