#[path = "support/api.rs"]
mod api;

use portcullis::Problem;

#[derive(Debug, Problem)]
enum ReportProblem {
    #[problem(status = 401, title = "This report is not yours")]
    NotYours,
}

fn main() {
    let _ = (api::AppState, ReportProblem::NotYours);
}
