//! The database: opened by URL, brought up to date, and handed to the stores of each subject.
//!
//! One code path for SQLite and PostgreSQL: sqlx's `Any` driver, numbered placeholders, and columns of text, big
//! integers and doubles only. Invariant: whoever holds a [`Store`] may rely on every migration having run.

mod place;

use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use portcullis::Problem;
use sqlx::any::AnyPoolOptions;
use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AnyConnection, AnyPool};

pub use place::ChangeError;
use place::Place;

/// Connections that one instance keeps at most; PostgreSQL's own default limit is 100 for all instances together.
const MAX_CONNECTIONS: u32 = 8;

/// How long a request waits for a free connection before it fails.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);

/// Every migration, in order. A released one never changes: its checksum stands in the databases it ran on.
const MIGRATIONS: [(i64, &str, &str); 5] = [
    (
        1,
        "instruments and prices",
        include_str!("../migrations/0001_instruments_and_prices.sql"),
    ),
    (2, "reports", include_str!("../migrations/0002_reports.sql")),
    (
        3,
        "portfolios",
        include_str!("../migrations/0003_portfolios.sql"),
    ),
    (
        4,
        "valuations",
        include_str!("../migrations/0004_valuations.sql"),
    ),
    (5, "audit", include_str!("../migrations/0005_audit.sql")),
];

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
            Backend::Postgres => {
                let pool = connect(url, MAX_CONNECTIONS).await?;
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

/// Why the database could not be opened. The URL is left out: it may carry a password.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The scheme is not one of ours.
    #[error("app.database_url begins with neither sqlite: nor postgres:")]
    UnknownScheme,
    /// The rest of the URL is not valid.
    #[error("app.database_url is not valid")]
    InvalidUrl(#[source] sqlx::Error),
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
    /// A migration failed, or one that has already run differs from ours.
    #[error("the database of app.database_url cannot be brought up to date")]
    Migrate(#[source] MigrateError),
}

/// Why a statement failed. Always our fault or the database's, never the caller's.
#[derive(Debug, thiserror::Error, Problem)]
pub enum StoreError {
    /// The statement or its connection failed.
    #[error("a database statement failed")]
    #[problem(internal)]
    Statement(#[from] sqlx::Error),
    /// A row holds what this version cannot have written.
    #[error("column {column} of a stored row is not valid")]
    #[problem(internal)]
    Corrupt {
        /// The column.
        column: &'static str,
    },
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
    SqliteFile { file: PathBuf, url: String },
    Postgres,
}

impl Backend {
    fn parse(url: &str) -> Result<Self, OpenError> {
        if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            return Ok(Backend::Postgres);
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
    options.connect(url).await.map_err(OpenError::Connect)
}

/// Migrates in one transaction that locks the file from its first statement: sqlx's own lock does nothing here, and of
/// two instances that start together the second would run what the first is running.
async fn migrate_sqlite(pool: &AnyPool) -> Result<(), OpenError> {
    let begin = pool.begin_with("BEGIN IMMEDIATE").await;
    let mut transaction = begin.map_err(OpenError::Connect)?;
    migrate(&mut transaction).await?;
    transaction.commit().await.map_err(OpenError::Connect)
}

/// Migrates under the advisory lock that sqlx takes, so that instances which start together migrate once.
async fn migrate_postgres(pool: &AnyPool) -> Result<(), OpenError> {
    let mut connection = pool.acquire().await.map_err(OpenError::Connect)?;
    migrate(&mut connection).await
}

/// `Migrator::run` takes anything that gives a connection; the compiler cannot prove its future to be `Send` (rust
/// issue 100013), so that this calls what `run` calls.
async fn migrate(connection: &mut AnyConnection) -> Result<(), OpenError> {
    let migrated = migrator().run_direct(None, connection, false).await;
    migrated.map_err(OpenError::Migrate)
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

fn migrator() -> Migrator {
    let migrations = MIGRATIONS.map(|(version, description, sql)| {
        let kind = MigrationType::Simple;
        Migration::new(
            version,
            description.into(),
            kind,
            sqlx::SqlSafeStr::into_sql_str(sql),
            false,
        )
    });
    Migrator::with_migrations(migrations.into())
}

#[cfg(test)]
pub(crate) mod tests;
