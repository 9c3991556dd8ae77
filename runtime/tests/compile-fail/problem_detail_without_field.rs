#[path = "support/api.rs"]
mod api;

use portcullis::Problem;

#[derive(Problem)]
enum ReportProblem {
    #[problem(status = 404, title = "There is no such report", detail = "no report {id}")]
    NotFound { ids: u32 },
}

fn main() {
    let _ = api::AppState;
}
