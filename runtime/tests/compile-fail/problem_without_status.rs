#[path = "support/api.rs"]
mod api;

use portcullis::Problem;

#[derive(Problem)]
enum ReportProblem {
    #[problem(title = "There is no such report")]
    NotFound,
}

fn main() {
    let _ = api::AppState;
}
