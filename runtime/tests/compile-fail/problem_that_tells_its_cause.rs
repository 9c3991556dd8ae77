#[path = "support/api.rs"]
mod api;

use portcullis::Problem;

#[derive(Problem)]
enum ReportProblem {
    #[problem(status = 503, title = "The archive does not answer", detail = "it says {0}")]
    Archive(#[source] std::io::Error),
}

fn main() {
    let _ = api::AppState;
}
