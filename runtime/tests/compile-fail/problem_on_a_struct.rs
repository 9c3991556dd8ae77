#[path = "support/api.rs"]
mod api;

use portcullis::Problem;

#[derive(Problem)]
struct ReportProblem;

fn main() {
    let _ = api::AppState;
}
