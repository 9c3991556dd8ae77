#[path = "support/api.rs"]
mod api;

use portcullis::{Header, NoContent, endpoint};

/// Read a report.
#[endpoint(get, "/report", signed_in)]
async fn read_report(_: Header<String>) -> NoContent {
    NoContent
}

fn main() {
    let _ = portcullis::endpoints![read_report];
}
