#[path = "support/api.rs"]
mod api;

use portcullis::endpoint;

#[endpoint(get, "/reports", signed_in)]
struct Reports;

fn main() {}
