#[path = "support/api.rs"]
mod api;

use portcullis::Scalar;

#[derive(Scalar)]
#[scalar(maximum = 300)]
struct Quantity(u8);

fn main() {
    let _ = api::AppState;
}
