#[path = "support/api.rs"]
mod api;

use portcullis::Problem;

#[derive(Problem)]
enum ReportProblem {
    NotFound,
}

fn main() {
    let _ = api::AppState;
}
