#[path = "support/api.rs"]
mod api;

use portcullis::{Json, endpoint};

#[derive(serde::Deserialize, serde::Serialize)]
struct Note {
    text: String,
}

/// Leave a note, and see all of them.
#[endpoint(post, "/notes", signed_in)]
async fn leave_note(Json(note): Json<Note>) -> Json<Vec<Note>> {
    Json(vec![note])
}

fn main() {
    let _ = portcullis::endpoints![leave_note];
}
