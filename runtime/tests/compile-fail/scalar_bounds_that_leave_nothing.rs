#[path = "support/api.rs"]
mod api;

use portcullis::Scalar;

#[derive(Scalar)]
#[scalar(minimum = 10, maximum = 1)]
struct Quantity(u32);

fn main() {
    let _ = api::AppState;
}
