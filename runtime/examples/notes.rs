//! Notes that people leave for each other: the smallest whole application. `docs/guide/first-application.md` explains it.

use std::process::ExitCode;

use portcullis::{Api, Json, State, endpoint, endpoints};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

mod api {
    use std::sync::{Arc, Mutex};

    use portcullis::{Roles, Scopes};

    use crate::Note;

    /// What every handler can reach.
    #[derive(Clone, Default)]
    pub(crate) struct AppState {
        pub(crate) notes: Arc<Mutex<Vec<Note>>>,
    }

    #[derive(Clone, Copy, Roles)]
    pub(crate) enum Role {
        /// Reads notes.
        Reader,
        /// Leaves notes, and reads them.
        Writer,
    }

    #[derive(Clone, Copy, Scopes)]
    pub(crate) enum Scope {
        /// Use the notes as the signed-in user.
        UserImpersonation,
    }

    portcullis::api! { state = AppState, roles = Role, scopes = Scope }
}
use api::AppState;

/// A note.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
struct Note {
    /// What it says.
    text: String,
}

/// List all notes.
#[endpoint(get, "/notes", roles(Reader, Writer), scopes(UserImpersonation), mcp)]
async fn list_notes(State(state): State<AppState>) -> Json<Vec<Note>> {
    let notes = state.notes.lock().expect("nobody panics while holding it");
    Json(notes.clone())
}

/// Leave a note.
#[endpoint(post, "/notes", roles(Writer), scopes(UserImpersonation), mcp)]
async fn leave_note(State(state): State<AppState>, Json(note): Json<Note>) -> Json<Note> {
    let mut notes = state.notes.lock().expect("nobody panics while holding it");
    notes.push(note.clone());
    Json(note)
}

fn notes() -> Api<AppState> {
    Api::new("Notes", env!("CARGO_PKG_VERSION"))
        .endpoints(endpoints![list_notes, leave_note])
        .state(async |_| Ok(AppState::default()))
}

fn main() -> ExitCode {
    portcullis::cli::run(notes())
}

#[cfg(test)]
mod tests {
    use portcullis::testing::TestApi;
    use serde_json::json;

    use super::*;
    use crate::api::Role;

    #[tokio::test]
    async fn everybody_may_do_what_is_annotated_and_no_more() {
        let api = TestApi::new(notes()).await;
        api.assert_matrix().await;
        api.assert_refuses_forgeries().await;
    }

    #[tokio::test]
    async fn what_a_writer_leaves_a_reader_finds() {
        let api = TestApi::new(notes()).await;
        let writer = api.as_role(Role::Writer);
        writer
            .tool("leave_note", json!({ "text": "Milk is out" }))
            .await;
        let reader = api.as_role(Role::Reader);
        let notes: Vec<Note> = reader.get("/api/v1/notes").await.assert_status(200).json();
        assert_eq!(notes[0].text, "Milk is out");
    }
}
