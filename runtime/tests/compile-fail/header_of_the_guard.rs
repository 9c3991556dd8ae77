#[path = "support/api.rs"]
mod api;

use portcullis::Scalar;

#[derive(Scalar)]
#[scalar(header = "authorization")]
struct Credential(String);

fn main() {
    let _ = api::AppState;
}
