//! What handlers share: the store and the clock.

use portcullis::{Start, StateError};
use uuid::{Uuid, uuid};

use crate::clock::Clock;
use crate::seed;
use crate::store::Store;

/// Where the database is when no configuration says so.
pub(crate) const DEFAULT_DATABASE_URL: &str = "sqlite://data/research-desk.db";

/// The tenant that seeded authors belong to: the one that the issuer of `dev` stands for, on every machine.
const SEED_TENANT_ID: Uuid = uuid!("9d15d15a-2c51-85b5-9335-dc5e47d30ddd");

/// The state of the research desk. Cheap to clone.
#[derive(Debug, Clone)]
pub struct AppState {
    /// The database.
    pub(crate) store: Store,
    /// The time.
    pub(crate) clock: Clock,
}

/// Opens the database, and fills an empty one with examples when that is asked for.
pub(crate) async fn build(start: Start) -> Result<AppState, StateError> {
    let url = start
        .setting("database_url")
        .unwrap_or(DEFAULT_DATABASE_URL);
    let store = Store::open(url).await.map_err(|error| explain(&error))?;
    if start.seed {
        seed::fill(&store, SEED_TENANT_ID)
            .await
            .map_err(|error| explain(&error))?;
    }
    Ok(AppState {
        store,
        clock: Clock::system(),
    })
}

/// Puts an error and its causes on one line.
fn explain(error: &dyn std::error::Error) -> StateError {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(": ");
        text.push_str(&error.to_string());
        source = error.source();
    }
    StateError(text)
}
