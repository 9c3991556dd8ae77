//! The application's own section of configuration, `app.*`.

use portcullis::Settings;

/// What the desk needs to know beside what every service does.
#[derive(Settings)]
pub struct DeskSettings {
    // Only dev and test set one, in their layers: elsewhere a forgotten URL would lose data with the container. A PostgreSQL
    // URL usually carries a password; one that is rotated is followed, another database needs a restart.
    /// Where the data is kept: `sqlite://path/to/file.db`, made when missing, or `postgres://user@host/database`.
    #[setting(secret, refreshable, check = crate::store::check_url)]
    pub database_url: String,
}
