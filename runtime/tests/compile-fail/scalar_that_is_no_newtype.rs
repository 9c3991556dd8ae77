#[path = "support/api.rs"]
mod api;

use portcullis::Scalar;

#[derive(Scalar)]
struct Symbol {
    text: String,
}

fn main() {
    let _ = api::AppState;
}
