//! What handlers share: the store, the clock, and room for what goes on beside requests.

use portcullis::{ChangeRefused, Start, StateError};

use crate::audit::Retention;
use crate::clock::Clock;
use crate::room::Room;
use crate::seed;
use crate::settings::DeskSettings;
use crate::store::Store;
use crate::valuations;

/// The state of the research desk. Cheap to clone.
#[derive(Debug, Clone)]
pub struct AppState {
    /// The database.
    pub(crate) store: Store,
    /// The time.
    pub(crate) clock: Clock,
    /// Room for valuations that are computed.
    pub(crate) computing: Room,
    /// Room for valuations that are watched.
    pub(crate) watching: Room,
    /// When the audit log is swept.
    pub(crate) retention: Retention,
}

/// Opens the database, and fills an empty one with examples when that is asked for.
pub(crate) async fn build(start: Start) -> Result<AppState, StateError> {
    let DeskSettings { database_url } = start.settings()?;
    let opened = Store::open(&database_url).await;
    let store = opened.map_err(|error| StateError(explain(&error)))?;
    let followed = store.clone();
    start.follow("database_url", move |url| {
        let store = followed.clone();
        async move {
            let taken = store.change_url(&url).await;
            taken.map_err(|error| ChangeRefused(explain(&error)))
        }
    })?;
    if start.seed {
        seed::fill(&store, start.tenant_id())
            .await
            .map_err(|error| StateError(explain(&error)))?;
    }
    Ok(AppState {
        store,
        clock: Clock::system(),
        computing: Room::new(valuations::COMPUTING),
        watching: Room::new(valuations::WATCHING),
        retention: Retention::default(),
    })
}

/// Puts an error and its causes on one line.
fn explain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(": ");
        text.push_str(&error.to_string());
        source = error.source();
    }
    text
}
