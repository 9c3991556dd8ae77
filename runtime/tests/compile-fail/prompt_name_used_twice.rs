#[path = "support/api.rs"]
mod api;

use portcullis::{Prompt, endpoint};

#[endpoint(get, "/reviews", signed_in, prompt)]
async fn review() -> Prompt {
    Prompt::new("Reviews a report.")
}

#[endpoint(get, "/looks", signed_in, prompt(name = "review"))]
async fn look() -> Prompt {
    Prompt::new("Looks at a report.")
}

fn main() {
    let _ = (api::AppState, portcullis::endpoints![review, look]);
}
