#[path = "support/api.rs"]
mod api;

use portcullis::Settings;

#[derive(Settings)]
struct DeskSettings {
    /// How much may be lost.
    risk: f64,
}

fn main() {
    let _ = api::AppState;
}
