#[path = "support/api.rs"]
mod api;

use portcullis::Settings;

#[derive(Settings)]
struct DeskSettings(String);

fn main() {
    let _ = api::AppState;
}
