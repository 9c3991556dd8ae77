#[path = "support/api.rs"]
mod api;

use portcullis::{NoContent, endpoint};

struct ReportError;

impl axum::response::IntoResponse for ReportError {
    fn into_response(self) -> axum::response::Response {
        ().into_response()
    }
}

#[endpoint(get, "/reports", signed_in)]
async fn list_reports() -> Result<NoContent, ReportError> {
    Ok(NoContent)
}

fn main() {
    let _ = (api::AppState, portcullis::endpoints![list_reports]);
}
