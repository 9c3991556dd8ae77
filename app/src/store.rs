//! The database: opened by URL, brought up to date, and handed to the stores of each subject.
//!
//! One code path for SQLite and PostgreSQL: sqlx's `Any` driver, numbered placeholders, and columns of text, big
//! integers and doubles only. Invariant: whoever holds a [`Store`] may rely on every migration having run.

mod completion;
mod migrations;
mod outage;
mod parameters;
mod place;
mod protection;

use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use portcullis::Problem;
use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::migrate::MigrateError;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AnyConnection, AnyPool, Connection, Row};

use completion::complete;
use migrations::{migrate_postgres, migrate_sqlite};
pub use outage::Outage;
use parameters::check_parameters;
pub use place::ChangeError;
use place::Place;
use protection::is_exposed;

/// Connections that one instance keeps at most; PostgreSQL's own default limit is 100 for all instances together.
const MAX_CONNECTIONS: u32 = 8;

/// How long a request waits for a free connection before it fails.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);

const FOREIGN_OPTIONS: &str =
    "the variable PGOPTIONS would be added to it; unset it, and write options=.. in the URL";

/// An open database with the newest schema.
#[derive(Debug, Clone)]
pub struct Store {
    pool: AnyPool,
    place: Arc<Place>,
}

impl Store {
    /// Opens the database at `url`, `sqlite://..` or `postgres://..`, and runs the migrations it lacks.
    ///
    /// A missing SQLite file is made, and so are the folders above it.
    ///
    /// # Errors
    /// [`OpenError`] says which step failed.
    pub async fn open(url: &str) -> Result<Self, OpenError> {
        sqlx::any::install_default_drivers();
        let place = Arc::new(Place::parse(url)?);
        let pool = match Backend::parse(url)? {
            Backend::SqliteInMemory => {
                let pool = connect(url, 1).await?;
                migrate_sqlite(&pool).await?;
                pool
            }
            Backend::SqliteFile { file, url } => {
                make_folder_of(&file).await?;
                let pool = connect(&url, MAX_CONNECTIONS).await?;
                migrate_sqlite(&pool).await?;
                keep_readers_going(&pool).await;
                pool
            }
            Backend::Postgres { url } => {
                if is_exposed(&url)? {
                    tracing::warn!(
                        "the certificate of the database is not verified: whoever stands in between can read the password \
                         and every row; add sslmode=verify-full to app.database_url"
                    );
                }
                let pool = connect(&url, MAX_CONNECTIONS).await?;
                check_encoding(&pool).await?;
                migrate_postgres(&pool).await?;
                pool
            }
        };
        Ok(Self { pool, place })
    }

    pub(crate) fn pool(&self) -> &AnyPool {
        &self.pool
    }
}

/// Says why a URL is none of a database, before anything starts.
///
/// # Errors
/// What is wrong with it, without any of it: it may carry a password.
pub(crate) fn check_url(url: &str) -> Result<(), String> {
    // What the driver makes of it: an address, also of a database in memory.
    let parsed = AnyConnectOptions::from_str(url).map_err(OpenError::InvalidUrl);
    match Place::parse(url).and_then(|place| parsed.map(|_| place)) {
        // SQLite takes an empty name for a database of each connection's own, gone with it.
        Ok(Place::File(file)) if file.as_os_str().is_empty() => Err("it names no file".to_owned()),
        Ok(Place::Memory | Place::File(_) | Place::Postgres { .. }) => Ok(()),
        Err(OpenError::UnknownScheme) => {
            Err("it begins with neither sqlite: nor postgres:".to_owned())
        }
        Err(OpenError::UnknownParameter { name }) => {
            Err(format!("it has the parameter {name}, which is not known"))
        }
        Err(OpenError::Incomplete { missing }) => Err(format!("it names no {missing}")),
        Err(OpenError::ForeignOptions) => Err(FOREIGN_OPTIONS.to_owned()),
        Err(OpenError::InvalidUrl(error)) => Err(format!("it is not valid: {error}")),
        Err(
            OpenError::Folder { .. }
            | OpenError::Connect(_)
            | OpenError::Silent
            | OpenError::Encoding { .. }
            | OpenError::Migrate(_),
        ) => Err("it is not the URL of a database".to_owned()),
    }
}

/// Why the database could not be opened. The URL is left out: it may carry a password.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The scheme is not one of ours.
    #[error("app.database_url begins with neither sqlite: nor postgres:")]
    UnknownScheme,
    /// The rest of the URL is not valid.
    #[error("app.database_url is not valid")]
    InvalidUrl(#[source] sqlx::Error),
    /// Something behind the `?` of a PostgreSQL URL is not known. Passed over, it would not do what it was written for.
    #[error("app.database_url has the parameter {name}, which is not known")]
    UnknownParameter {
        /// What stands before the `=`, never what stands behind it.
        name: String,
    },
    /// A PostgreSQL URL leaves out what is guessed nowhere.
    #[error("app.database_url names no {missing}")]
    Incomplete {
        /// `host` or `user`.
        missing: &'static str,
    },
    /// `PGOPTIONS` is set, and would change whose tables are meant.
    #[error("app.database_url cannot be used: {FOREIGN_OPTIONS}")]
    ForeignOptions,
    /// The folder of the SQLite file could not be made.
    #[error("the folder {} cannot be made", folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The database does not answer, or does not let us in.
    #[error("the database of app.database_url cannot be opened")]
    Connect(#[source] sqlx::Error),
    /// As above, and nothing said why.
    #[error("the database of app.database_url does not answer within {ACQUIRE_TIMEOUT:?}")]
    Silent,
    /// The database was made for another encoding, and could not store every text that is accepted.
    #[error(
        "the database of app.database_url has the encoding {name}: make one with ENCODING 'UTF8'"
    )]
    Encoding {
        /// As PostgreSQL calls it.
        name: String,
    },
    /// A migration failed, or one that has already run differs from ours.
    #[error("the database of app.database_url cannot be brought up to date")]
    Migrate(#[source] MigrateError),
}

/// Why a statement failed. Always our fault or the database's, never the caller's.
#[derive(Debug, thiserror::Error, Problem)]
pub enum StoreError {
    /// The database is out of reach for now.
    #[error(transparent)]
    #[problem(transparent)]
    Outage(Outage),
    /// The statement failed.
    #[error("a database statement failed")]
    #[problem(internal)]
    Statement(#[source] sqlx::Error),
    /// A row holds what this version cannot have written.
    #[error("column {column} of a stored row is not valid")]
    #[problem(internal)]
    Corrupt {
        /// The column.
        column: &'static str,
    },
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match Outage::of(error) {
            Ok(outage) => Self::Outage(outage),
            Err(error) => Self::Statement(error),
        }
    }
}

/// Renders a timestamp in one fixed width, so that stored text sorts like time.
pub(crate) fn timestamp_to_text(timestamp: Timestamp) -> String {
    format!("{timestamp:.6}")
}

/// Reads a stored text back as its type.
pub(crate) fn parse_stored<T: FromStr>(column: &'static str, text: &str) -> Result<T, StoreError> {
    text.parse().map_err(|_| StoreError::Corrupt { column })
}

enum Backend {
    SqliteInMemory,
    SqliteFile {
        file: PathBuf,
        url: String,
    },
    /// With a URL that says everything.
    Postgres {
        url: String,
    },
}

impl Backend {
    fn parse(url: &str) -> Result<Self, OpenError> {
        if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            check_parameters(url)?;
            let url = complete(url)?;
            return Ok(Backend::Postgres { url });
        }
        if !url.starts_with("sqlite:") {
            return Err(OpenError::UnknownScheme);
        }
        let options = SqliteConnectOptions::from_str(url).map_err(OpenError::InvalidUrl)?;
        let parameters = url.split_once('?').map_or("", |(_, parameters)| parameters);
        // Each connection to a database in memory would see another database.
        if url.contains(":memory:") || parameters.contains("mode=memory") {
            return Ok(Backend::SqliteInMemory);
        }
        let url = match parameters {
            "" => format!("{}?mode=rwc", url.trim_end_matches('?')),
            parameters if parameters.contains("mode=") => url.to_owned(),
            _ => format!("{url}&mode=rwc"),
        };
        let file = options.get_filename().to_owned();
        Ok(Backend::SqliteFile { file, url })
    }
}

async fn make_folder_of(file: &std::path::Path) -> Result<(), OpenError> {
    let Some(folder) = file
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    else {
        return Ok(());
    };
    tokio::fs::create_dir_all(folder)
        .await
        .map_err(|source| OpenError::Folder {
            folder: folder.to_owned(),
            source,
        })
}

async fn connect(url: &str, max_connections: u32) -> Result<AnyPool, OpenError> {
    let options = AnyPoolOptions::new()
        .max_connections(max_connections)
        .acquire_timeout(ACQUIRE_TIMEOUT);
    // A database in memory is gone with its last connection.
    let options = if max_connections == 1 {
        options.idle_timeout(None).max_lifetime(None)
    } else {
        options
    };
    match options.connect(url).await {
        Ok(pool) => Ok(pool),
        Err(sqlx::Error::PoolTimedOut) => Err(why_not(url).await),
        Err(error) => Err(OpenError::Connect(error)),
    }
}

/// A pool tries again while a connection is refused, and says in the end that it has run out of time and nothing else.
async fn why_not(url: &str) -> OpenError {
    match tokio::time::timeout(ACQUIRE_TIMEOUT, AnyConnection::connect(url)).await {
        Ok(Err(error)) => OpenError::Connect(error),
        Ok(Ok(_)) | Err(_) => OpenError::Silent,
    }
}

/// An encoding cannot be changed later, and a text that it lacks would be a failed call.
async fn check_encoding(pool: &AnyPool) -> Result<(), OpenError> {
    let asked = sqlx::query("SELECT current_setting('server_encoding')");
    let row = asked.fetch_one(pool).await.map_err(OpenError::Connect)?;
    let name: String = row.try_get(0).map_err(OpenError::Connect)?;
    if name == "UTF8" {
        Ok(())
    } else {
        Err(OpenError::Encoding { name })
    }
}

/// Turns on the write-ahead log, which the file remembers: readers then go on while somebody writes.
///
/// SQLite refuses at once while another instance uses the file; that one, or the next start, turns it on.
async fn keep_readers_going(pool: &AnyPool) {
    let turned_on = sqlx::query("PRAGMA journal_mode = WAL").execute(pool).await;
    if let Err(error) = turned_on {
        tracing::info!(%error, "the write-ahead log could not be turned on at this start");
    }
}

#[cfg(test)]
pub(crate) mod tests;
