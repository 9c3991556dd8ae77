//! Which database a test gets: one that nobody else has, on the PostgreSQL that is named, else the one it would have.
//!
//! Stands here once and is compiled into every test binary of the application, so that each of its tests can be asked
//! about the other database.

use std::process::Command;

use uuid::Uuid;

/// Names a database of PostgreSQL whose owner its URL signs in. `tests/run postgres` sets it.
const VARIABLE: &str = "RESEARCH_DESK_POSTGRES";

/// The URL of an empty schema of its own where a PostgreSQL is named, else `otherwise`.
pub(crate) fn fresh_database(otherwise: &str) -> String {
    match postgres() {
        Some(url) => fresh_schema(&url),
        None => otherwise.to_owned(),
    }
}

/// The database that [`VARIABLE`] names.
pub(crate) fn postgres() -> Option<String> {
    #[expect(
        clippy::disallowed_methods,
        reason = "says which database all tests of this run are about, and nothing of the product"
    )]
    std::env::var(VARIABLE).ok()
}

/// Made by PostgreSQL's own client, so that a test needs no runtime for it.
fn fresh_schema(url: &str) -> String {
    let schema = format!("test_{}", Uuid::new_v4().simple());
    let made = Command::new("psql")
        .args([url, "--no-psqlrc", "--quiet", "--command"])
        .arg(format!("CREATE SCHEMA {schema}"))
        .output()
        .expect("psql can be run");
    assert!(made.status.success(), "{VARIABLE}: {made:?}");
    let separator = if url.contains('?') { '&' } else { '?' };
    format!("{url}{separator}options[search_path]={schema}")
}
