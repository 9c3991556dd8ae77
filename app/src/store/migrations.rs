//! The schema, step by step: each step runs once on every database, also when several instances start together.

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{AnyConnection, AnyPool};

use super::OpenError;

/// A version, what it is about, and its statements.
type Step = (i64, &'static str, &'static str);

/// Every migration, in order. A released one never changes: its checksum stands in the databases it ran on.
const MIGRATIONS: [Step; 5] = [
    (
        1,
        "instruments and prices",
        include_str!("../../migrations/0001_instruments_and_prices.sql"),
    ),
    (
        2,
        "reports",
        include_str!("../../migrations/0002_reports.sql"),
    ),
    (
        3,
        "portfolios",
        include_str!("../../migrations/0003_portfolios.sql"),
    ),
    (
        4,
        "valuations",
        include_str!("../../migrations/0004_valuations.sql"),
    ),
    (5, "audit", include_str!("../../migrations/0005_audit.sql")),
];

/// What only PostgreSQL needs, so that it behaves as SQLite does. No version stands in both lists.
const POSTGRES_MIGRATIONS: [Step; 1] = [(
    6,
    "text by its bytes",
    include_str!("../../migrations/0006_text_by_its_bytes.postgres.sql"),
)];

/// Migrates in one transaction that locks the file from its first statement: sqlx's own lock does nothing here, and of
/// two instances that start together the second would run what the first is running.
pub(super) async fn migrate_sqlite(pool: &AnyPool) -> Result<(), OpenError> {
    let begin = pool.begin_with("BEGIN IMMEDIATE").await;
    let mut transaction = begin.map_err(OpenError::Connect)?;
    migrate(&mut transaction, &[]).await?;
    transaction.commit().await.map_err(OpenError::Connect)
}

/// Migrates under the advisory lock that sqlx takes, so that instances which start together migrate once.
pub(super) async fn migrate_postgres(pool: &AnyPool) -> Result<(), OpenError> {
    let mut connection = pool.acquire().await.map_err(OpenError::Connect)?;
    migrate(&mut connection, &POSTGRES_MIGRATIONS).await
}

/// `Migrator::run` takes anything that gives a connection; the compiler cannot prove its future to be `Send` (rust
/// issue 100013), so that this calls what `run` calls.
async fn migrate(connection: &mut AnyConnection, own: &[Step]) -> Result<(), OpenError> {
    let migrated = migrator(own).run_direct(None, connection, false).await;
    migrated.map_err(OpenError::Migrate)
}

fn migrator(own: &[Step]) -> Migrator {
    let all = MIGRATIONS.iter().chain(own);
    let migrations = all.map(|&(version, description, sql)| {
        let kind = MigrationType::Simple;
        Migration::new(
            version,
            description.into(),
            kind,
            sqlx::SqlSafeStr::into_sql_str(sql),
            false,
        )
    });
    Migrator::with_migrations(migrations.collect())
}
