#[path = "support/api.rs"]
mod api;

use portcullis::Problem;

#[derive(Problem)]
enum ReportProblem {
    #[problem(status = 404, code = "not_found", title = "There is no such report")]
    NotFound,
    #[problem(status = 404, code = "not_found", title = "There is no such page")]
    NoSuchPage,
}

fn main() {
    let _ = api::AppState;
}
