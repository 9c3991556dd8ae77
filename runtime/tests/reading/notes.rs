//! Notes, some of them drafts that writers see only.

use portcullis::testing::TestApi;
use portcullis::{
    Api, Caller, Content, Contents, Cursor, File, Json, Limit, Page, Path, Problem, Prompt, Query,
    SortKey, endpoint, endpoints, media,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::Role;

/// Bytes that are no UTF-8.
pub(crate) const PICTURE: &[u8] = &[0x89, b'P', b'N', b'G', 0xff];

#[derive(Serialize, ToSchema)]
pub(crate) struct Summary {
    #[schema(max_length = 40)]
    id: String,
    #[schema(max_length = 40)]
    title: String,
}

pub(crate) struct NoteKey(usize);

impl SortKey for NoteKey {
    fn render(&self) -> String {
        self.0.to_string()
    }

    fn parse(text: &str) -> Option<Self> {
        text.parse().ok().map(NoteKey)
    }
}

pub(crate) type NoteCursor = Cursor<NoteKey>;

#[derive(Deserialize, ToSchema)]
pub(crate) struct NoteQuery {
    #[serde(default)]
    limit: Limit<2, 10>,
    cursor: Option<NoteCursor>,
}

#[derive(Debug, thiserror::Error, Problem)]
pub(crate) enum NoteProblem {
    #[error("no such note")]
    #[problem(status = 404, title = "There is no such note")]
    NoteNotFound,
    #[error("locked")]
    #[problem(
        status = 409,
        title = "The note is locked",
        detail = "somebody has it open"
    )]
    NoteLocked,
    #[error("secret cause")]
    #[problem(internal)]
    Broken,
}

/// Ids in the order of the list; those with a `d` are drafts. The last one cannot be named by a URI.
const NOTES: [&str; 6] = ["n1", "d2", "n 3ä", "n4", "broken", ".."];

fn visible(caller: &Caller) -> impl Iterator<Item = (usize, &'static str)> {
    let sees_drafts = caller.has_role(Role::Writer);
    let notes = NOTES.into_iter().enumerate();
    notes.filter(move |(_, id)| sees_drafts || !id.starts_with('d'))
}

/// List notes.
#[endpoint(
    get,
    "/notes",
    roles(Reader, Writer),
    applications(Feed),
    scopes(UseNotes),
    also("drafts only to writers")
)]
pub(crate) async fn list_notes(
    caller: Caller,
    Query(query): Query<NoteQuery>,
) -> Page<Summary, 10> {
    let after = query.cursor.map(|Cursor(NoteKey(place))| place);
    let rows = visible(&caller)
        .filter(|(place, _)| after.is_none_or(|after| *place > after))
        .take(query.limit.rows_to_read() as usize);
    let rows = rows.map(|(_, id)| Summary {
        id: id.to_owned(),
        title: format!("Note {id}"),
    });
    query.limit.page(rows.collect(), |summary| {
        NoteKey(NOTES.iter().position(|id| *id == summary.id).unwrap())
    })
}

/// Read a note.
///
/// As it was written.
#[endpoint(
    get,
    "/notes/{id}/text",
    roles(Reader, Writer, Courier),
    scopes(UseNotes),
    also("drafts only to writers"),
    mcp,
    resource("notes://notes/{id}", listed_by = list_notes)
)]
pub(crate) async fn read_note(
    caller: Caller,
    Path(id): Path<String>,
) -> Result<File<media::Markdown>, NoteProblem> {
    match id.as_str() {
        "locked" => Err(NoteProblem::NoteLocked),
        "broken" => Err(NoteProblem::Broken),
        "long" => Ok(File::new("x".repeat(4096))),
        _ if visible(&caller).any(|(_, it)| it == id) => Ok(File::new(format!("# {id}"))),
        _ => Err(NoteProblem::NoteNotFound),
    }
}

/// See a note.
#[endpoint(
    get,
    "/notes/{id}/picture",
    roles(Writer),
    scopes(UseNotes),
    resource("notes://pictures/{id}")
)]
pub(crate) async fn see_note(Path(_): Path<String>) -> File<media::Png> {
    File::new(PICTURE)
}

/// The rules of the house.
#[endpoint(get, "/rules", signed_in, resource("notes://rules"))]
pub(crate) async fn read_rules() -> Json<Vec<&'static str>> {
    Json(vec!["be kind"])
}

/// What nobody but writers learns of.
#[endpoint(
    get,
    "/secret",
    roles(Writer),
    scopes(UseNotes),
    resource("notes://secret")
)]
pub(crate) async fn read_secret() -> Json<&'static str> {
    Json("secret")
}

/// Show a note with its picture.
#[endpoint(get, "/notes/{id}", roles(Reader, Writer), scopes(UseNotes), mcp)]
pub(crate) async fn show_note(Path(id): Path<String>) -> Contents {
    let uri = format!("notes://notes/{id}");
    Contents::from_iter([
        Content::text("A note:"),
        Content::image::<media::Png>(PICTURE),
        Content::resource::<media::Markdown>(uri.clone(), format!("# {id}")),
        Content::resource_link(uri, id),
    ])
}

#[derive(Deserialize, ToSchema)]
pub(crate) struct ReviewQuery {
    /// How many remarks, 1 to 9.
    #[schema(minimum = 1, maximum = 9)]
    remarks: Option<u8>,
    /// In which tone.
    #[schema(max_length = 20)]
    tone: String,
    /// In which language.
    #[expect(dead_code, reason = "it is only described")]
    language: Option<Language>,
    /// Whether one sentence is enough.
    #[expect(dead_code, reason = "it is only described")]
    brief: Option<bool>,
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Language {
    English,
    Estonian,
    German,
}

/// Review a note.
///
/// With remarks.
#[endpoint(
    get,
    "/notes/{id}/review",
    roles(Writer),
    scopes(UseNotes, ReviewNotes),
    prompt
)]
pub(crate) async fn review_note(
    Path(id): Path<String>,
    Query(query): Query<ReviewQuery>,
) -> Result<Prompt, NoteProblem> {
    if !NOTES.contains(&id.as_str()) {
        return Err(NoteProblem::NoteNotFound);
    }
    let remarks = query.remarks.unwrap_or(3);
    let tone = query.tone;
    Ok(Prompt::new("Reviews a note.")
        .user(format!("Make {remarks} remarks in a {tone} tone."))
        .user(Content::resource::<media::Markdown>(
            format!("notes://notes/{id}"),
            format!("# {id}"),
        ))
        .assistant("Here they are:"))
}

/// Say hello.
#[endpoint(get, "/prompts/hello", signed_in, prompt(name = "hello"))]
pub(crate) async fn say_hello() -> Prompt {
    Prompt::new("Says hello.").user("Hello.")
}

pub(crate) fn api() -> Api<()> {
    Api::new("Notes", "1.0.0")
        .endpoints(endpoints![
            list_notes,
            read_note,
            see_note,
            show_note,
            read_rules,
            read_secret,
            review_note,
            say_hello
        ])
        .state(async |_| Ok(()))
}

pub(crate) async fn service() -> TestApi {
    TestApi::new(api()).await
}
