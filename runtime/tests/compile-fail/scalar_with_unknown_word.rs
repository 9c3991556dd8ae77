#[path = "support/api.rs"]
mod api;

use portcullis::Scalar;

#[derive(Scalar)]
#[scalar(max_len = 12)]
struct Symbol(String);

fn main() {
    let _ = api::AppState;
}
