#[path = "support/api.rs"]
mod api;

use portcullis::{Json, NoContent, endpoint};

#[derive(utoipa::ToSchema)]
struct Note {
    text: String,
}

/// Leave a note.
#[endpoint(post, "/notes", signed_in)]
async fn leave_note(_: Json<Note>) -> NoContent {
    NoContent
}

fn main() {
    let _ = portcullis::endpoints![leave_note];
}
