#[path = "support/api.rs"]
mod api;

use portcullis::Scalar;

#[derive(Scalar)]
#[scalar(max_length = 12, name = "Symbol/Short")]
struct Symbol(String);

fn main() {
    let _ = api::AppState;
}
