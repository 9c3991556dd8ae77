#[path = "support/api.rs"]
mod api;

use portcullis::{Prompt, endpoint};

#[endpoint(get, "/reviews", signed_in, prompt(name = "review report"))]
async fn review_report() -> Prompt {
    Prompt::new("Reviews a report.")
}

fn main() {
    let _ = (api::AppState, portcullis::endpoints![review_report]);
}
