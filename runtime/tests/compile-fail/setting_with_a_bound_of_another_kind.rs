#[path = "support/api.rs"]
mod api;

use std::time::Duration;

use portcullis::Settings;

#[derive(Settings)]
struct DeskSettings {
    /// How long a feed is waited for.
    #[setting(default = "30s", max = 60)]
    feed_timeout: Duration,
}

fn main() {
    let _ = api::AppState;
}
