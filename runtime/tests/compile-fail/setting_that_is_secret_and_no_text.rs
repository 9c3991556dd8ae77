#[path = "support/api.rs"]
mod api;

use portcullis::Settings;

#[derive(Settings)]
struct DeskSettings {
    /// The combination of the safe.
    #[setting(secret)]
    combination: u32,
}

fn main() {
    let _ = api::AppState;
}
