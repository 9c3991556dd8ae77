#[path = "support/api.rs"]
mod api;

mod reports {
    use portcullis::{NoContent, endpoint};

    #[endpoint(get, "/reports", signed_in)]
    pub async fn list() -> NoContent {
        NoContent
    }
}

mod drafts {
    use portcullis::{NoContent, endpoint};

    #[endpoint(get, "/drafts", signed_in)]
    pub async fn list() -> NoContent {
        NoContent
    }
}

fn main() {
    let _ = (api::AppState, portcullis::endpoints![reports::list, drafts::list]);
}
