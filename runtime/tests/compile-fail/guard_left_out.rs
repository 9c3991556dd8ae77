#[path = "support/api.rs"]
mod api;

use portcullis::__private::{Admitted, Answer};
use portcullis::{Endpoint, NoContent, endpoint};

#[endpoint(delete, "/reports", roles(Admin))]
async fn delete_reports() -> NoContent {
    NoContent
}

fn without_guard(request: axum::extract::Request) -> Answer {
    let state = api::AppState;
    let entry = <delete_reports as Endpoint<api::AppState>>::ENTRY;
    (entry.run)(Admitted { request, state })
}

fn main() {
    let _ = without_guard;
    let _ = (api::AppState, portcullis::endpoints![delete_reports]);
}
