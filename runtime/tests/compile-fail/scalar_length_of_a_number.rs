#[path = "support/api.rs"]
mod api;

use portcullis::Scalar;

#[derive(Scalar)]
#[scalar(max_length = 3)]
struct Quantity(u32);

fn main() {
    let _ = api::AppState;
}
