#[path = "support/api.rs"]
mod api;

use portcullis::{Json, endpoint};

#[derive(utoipa::ToSchema)]
struct Note {
    text: String,
}

/// Read a note.
#[endpoint(get, "/note", signed_in)]
async fn read_note() -> Json<Note> {
    Json(Note { text: "Good morning".to_owned() })
}

fn main() {
    let _ = portcullis::endpoints![read_note];
}
