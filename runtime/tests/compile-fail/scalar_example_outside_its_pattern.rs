#[path = "support/api.rs"]
mod api;

use portcullis::Scalar;

#[derive(Scalar)]
#[scalar(pattern = "^[A-Z]{1,12}$", example = "alpn")]
struct Symbol(String);

fn main() {
    let _ = api::AppState;
}
