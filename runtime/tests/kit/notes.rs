//! Endpoints that are right, and in `wrong` those that are not.

use portcullis::{Caller, Json, NoContent, Path, Problem, State, endpoint};
use uuid::Uuid;

use crate::api::AppState;

#[derive(Clone, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub(crate) struct Note {
    pub(crate) text: String,
    #[serde(default)]
    pub(crate) author: Option<Uuid>,
}

const NOT_FOUND: portcullis::api_spec::ProblemDef = portcullis::api_spec::ProblemDef {
    status: 404,
    code: "not_found",
    title: "Not Found",
};

#[endpoint(get, "/health", public("probes ask"), root)]
pub(crate) async fn health() -> NoContent {
    NoContent
}

#[endpoint(get, "/me", signed_in, mcp)]
pub(crate) async fn who_am_i(caller: Caller) -> Json<String> {
    Json(caller.object_id().to_string())
}

#[endpoint(get, "/notes/{id}", roles(Reader, Writer), scopes(UseNotes), mcp)]
pub(crate) async fn get_note(
    State(state): State<AppState>,
    Path(id): Path<u32>,
) -> Result<Json<Note>, Problem> {
    let notes = state.notes.lock().expect("no holder panics");
    let note = notes.get(&id).cloned();
    note.map(Json).ok_or_else(|| Problem::new(NOT_FOUND))
}

#[endpoint(put, "/notes/{id}", roles(Writer), scopes(UseNotes, EditNotes), mcp)]
pub(crate) async fn put_note(
    caller: Caller,
    State(state): State<AppState>,
    Path(id): Path<u32>,
    Json(mut note): Json<Note>,
) -> NoContent {
    note.author = Some(caller.object_id());
    let mut notes = state.notes.lock().expect("no holder panics");
    notes.insert(id, note);
    NoContent
}

#[endpoint(
    delete,
    "/notes/{id}",
    roles(Writer),
    scopes(UseNotes),
    applications(Feed),
    context("c1"),
    mcp
)]
pub(crate) async fn delete_note(State(state): State<AppState>, Path(id): Path<u32>) -> NoContent {
    let mut notes = state.notes.lock().expect("no holder panics");
    notes.remove(&id);
    NoContent
}

#[endpoint(post, "/deliveries", applications(Feed))]
pub(crate) async fn deliver() -> NoContent {
    NoContent
}

pub(crate) mod wrong {
    use portcullis::api_spec::ProblemDef;
    use portcullis::{NoContent, Problem, endpoint};

    const fn problem(status: u16, code: &'static str) -> ProblemDef {
        ProblemDef {
            status,
            code,
            title: "No",
        }
    }

    /// Refuses in the guard's words whom its annotation admits.
    #[endpoint(get, "/pretender", signed_in)]
    pub(crate) async fn pretender() -> Result<NoContent, Problem> {
        Err(Problem::new(problem(403, "forbidden")))
    }

    /// Public by its annotation, and asks for a credential all the same.
    #[endpoint(get, "/moody", public("it says"))]
    pub(crate) async fn moody() -> Result<NoContent, Problem> {
        Err(Problem::new(problem(401, "who_are_you")))
    }

    /// Not wrong: a 403 in words of its own is a handler's to give.
    #[endpoint(get, "/picky", signed_in, also("nobody"))]
    pub(crate) async fn picky() -> Result<NoContent, Problem> {
        Err(Problem::new(problem(403, "not_you")))
    }

    #[endpoint(get, "/forgotten", signed_in)]
    #[expect(dead_code, reason = "it stands in no list, which is what is tested")]
    pub(crate) async fn forgotten() -> NoContent {
        NoContent
    }
}

/// Says of itself what it is not.
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "only its schema is read")]
pub(crate) struct Liar {
    count: u32,
}

impl serde::Serialize for Liar {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serde_json::json!({ "count": "three" }).serialize(serializer)
    }
}

#[endpoint(get, "/lies", signed_in, mcp)]
pub(crate) async fn lie() -> Json<Liar> {
    Json(Liar { count: 3 })
}
