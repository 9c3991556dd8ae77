//! Reports in the database.
//!
//! Invariant: each change is one statement that names the version it changes, so that of two changes to one version
//! the second finds no row, whichever instances they come through.

use jiff::Timestamp;
use sqlx::Row;
use sqlx::any::AnyRow;
use uuid::Uuid;

use super::manuscript::Manuscript;
use super::query::{ReportQuery, VisibleDrafts};
use super::report::{Author, Report, ReportId, ReportStatus, ReportSummary};
use crate::store::{Store, StoreError, parse_stored, timestamp_to_text};

/// Whether a change found the version it was made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub(crate) enum Change {
    /// It is stored.
    Stored,
    /// The report is gone, or another change came first.
    Outrun,
}

/// Reads the reports after the cursor that the query and the drafts' visibility let through, newest first.
pub(crate) async fn list(
    store: &Store,
    query: &ReportQuery,
    drafts: VisibleDrafts,
) -> Result<Vec<ReportSummary>, StoreError> {
    let sql = "SELECT id, symbol, title, status, author_tenant_id, author_object_id, version, \
               created_at, updated_at, published_at \
               FROM reports \
               WHERE (status = 'published' OR $1 = 'all' \
                      OR (author_tenant_id = $2 AND author_object_id = $3)) \
               AND ($4 = '' OR search_text LIKE $4 ESCAPE '!') \
               AND ($5 = '' OR symbol = $5) \
               AND ($6 = '' OR status = $6) \
               AND ($7 = '' OR created_at < $7 OR (created_at = $7 AND id > $8)) \
               ORDER BY created_at DESC, id LIMIT $9";
    let visibility = Visibility::from(drafts);
    let pattern = query.search.as_ref().map(|text| text.to_like_pattern());
    let symbol = query
        .symbol
        .as_ref()
        .map_or("", |symbol| symbol.get().as_str());
    let after = query.cursor.as_ref().map(|cursor| cursor.0);
    let rows = sqlx::query(sql)
        .bind(visibility.drafts)
        .bind(visibility.tenant_id)
        .bind(visibility.object_id)
        .bind(pattern.unwrap_or_default())
        .bind(symbol)
        .bind(query.status.map_or("", ReportStatus::as_str))
        .bind(after.map_or_else(String::new, |place| timestamp_to_text(place.at)))
        .bind(after.map_or_else(String::new, |place| place.id.to_string()))
        .bind(query.limit.rows_to_read())
        .fetch_all(store.pool())
        .await?;
    rows.iter().map(read_summary).collect()
}

/// Reads one report, if it is published or among the visible drafts.
pub(crate) async fn find(
    store: &Store,
    id: ReportId,
    drafts: VisibleDrafts,
) -> Result<Option<Report>, StoreError> {
    let sql = "SELECT id, symbol, title, body, status, author_tenant_id, author_object_id, version, \
               created_at, updated_at, published_at \
               FROM reports \
               WHERE id = $1 AND (status = 'published' OR $2 = 'all' \
                                  OR (author_tenant_id = $3 AND author_object_id = $4))";
    let visibility = Visibility::from(drafts);
    let row = sqlx::query(sql)
        .bind(id.to_string())
        .bind(visibility.drafts)
        .bind(visibility.tenant_id)
        .bind(visibility.object_id)
        .fetch_optional(store.pool())
        .await?;
    row.as_ref().map(read_report).transpose()
}

/// Stores a new report. One with the same id stays as it is.
pub(crate) async fn insert(store: &Store, report: &Report) -> Result<(), StoreError> {
    let sql = "INSERT INTO reports (id, symbol, title, body, search_text, status, \
               author_tenant_id, author_object_id, version, created_at, updated_at, published_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (id) DO NOTHING";
    sqlx::query(sql)
        .bind(report.id.to_string())
        .bind(report.symbol.get().as_str())
        .bind(&report.title)
        .bind(&report.body)
        .bind(search_text(&report.title, &report.body))
        .bind(report.status.as_str())
        .bind(report.author.tenant_id.to_string())
        .bind(report.author.object_id.to_string())
        .bind(report.version)
        .bind(timestamp_to_text(report.created_at))
        .bind(timestamp_to_text(report.updated_at))
        .bind(report.published_at.map(timestamp_to_text))
        .execute(store.pool())
        .await?;
    Ok(())
}

/// Puts a manuscript in place of this version of a draft, and writes into `report` what is stored now.
pub(crate) async fn replace(
    store: &Store,
    report: &mut Report,
    manuscript: Manuscript,
    now: Timestamp,
) -> Result<Change, StoreError> {
    let sql = "UPDATE reports SET symbol = $1, title = $2, body = $3, search_text = $4, updated_at = $5, \
               version = version + 1 WHERE id = $6 AND version = $7 AND status = 'draft'";
    let done = sqlx::query(sql)
        .bind(manuscript.symbol.get().as_str())
        .bind(&manuscript.title)
        .bind(&manuscript.body)
        .bind(search_text(&manuscript.title, &manuscript.body))
        .bind(timestamp_to_text(now))
        .bind(report.id.to_string())
        .bind(report.version)
        .execute(store.pool())
        .await?;
    if done.rows_affected() == 0 {
        return Ok(Change::Outrun);
    }
    report.symbol = manuscript.symbol;
    report.title = manuscript.title;
    report.body = manuscript.body;
    report.updated_at = now;
    report.version += 1;
    Ok(Change::Stored)
}

/// Publishes this version of the report, and writes into `report` what is stored now.
pub(crate) async fn publish(
    store: &Store,
    report: &mut Report,
    now: Timestamp,
) -> Result<Change, StoreError> {
    let sql = "UPDATE reports SET status = 'published', published_at = $1, updated_at = $1, \
               version = version + 1 WHERE id = $2 AND version = $3 AND status = 'draft'";
    let done = sqlx::query(sql)
        .bind(timestamp_to_text(now))
        .bind(report.id.to_string())
        .bind(report.version)
        .execute(store.pool())
        .await?;
    if done.rows_affected() == 0 {
        return Ok(Change::Outrun);
    }
    report.status = ReportStatus::Published;
    report.published_at = Some(now);
    report.updated_at = now;
    report.version += 1;
    Ok(Change::Stored)
}

/// Deletes this version of a report.
pub(crate) async fn delete(
    store: &Store,
    id: ReportId,
    version: i64,
) -> Result<Change, StoreError> {
    let done = sqlx::query("DELETE FROM reports WHERE id = $1 AND version = $2")
        .bind(id.to_string())
        .bind(version)
        .execute(store.pool())
        .await?;
    match done.rows_affected() {
        0 => Ok(Change::Outrun),
        _ => Ok(Change::Stored),
    }
}

/// [`VisibleDrafts`] as the statements compare it.
struct Visibility {
    drafts: &'static str,
    tenant_id: String,
    object_id: String,
}

impl From<VisibleDrafts> for Visibility {
    fn from(drafts: VisibleDrafts) -> Self {
        match drafts {
            VisibleDrafts::All => Self {
                drafts: "all",
                tenant_id: String::new(),
                object_id: String::new(),
            },
            VisibleDrafts::Of(author) => Self {
                drafts: "own",
                tenant_id: author.tenant_id.to_string(),
                object_id: author.object_id.to_string(),
            },
        }
    }
}

/// What searches look at. The line break keeps a search from matching across title and body.
fn search_text(title: &str, body: &str) -> String {
    format!("{}\n{}", title.to_lowercase(), body.to_lowercase())
}

fn read_report(row: &AnyRow) -> Result<Report, StoreError> {
    let summary = read_summary(row)?;
    Ok(Report {
        id: summary.id,
        symbol: summary.symbol,
        title: summary.title,
        body: row.try_get("body")?,
        status: summary.status,
        author: summary.author,
        version: summary.version,
        created_at: summary.created_at,
        updated_at: summary.updated_at,
        published_at: summary.published_at,
    })
}

fn read_summary(row: &AnyRow) -> Result<ReportSummary, StoreError> {
    let status = ReportStatus::parse(row.try_get("status")?);
    let published_at: Option<&str> = row.try_get("published_at")?;
    let author = Author {
        tenant_id: parse_stored::<Uuid>("author_tenant_id", row.try_get("author_tenant_id")?)?,
        object_id: parse_stored::<Uuid>("author_object_id", row.try_get("author_object_id")?)?,
    };
    Ok(ReportSummary {
        id: parse_stored("id", row.try_get("id")?)?,
        symbol: parse_stored("symbol", row.try_get("symbol")?)?,
        title: row.try_get("title")?,
        status: status.ok_or(StoreError::Corrupt { column: "status" })?,
        author,
        version: row.try_get("version")?,
        created_at: parse_stored("created_at", row.try_get("created_at")?)?,
        updated_at: parse_stored("updated_at", row.try_get("updated_at")?)?,
        published_at: published_at
            .map(|text| parse_stored("published_at", text))
            .transpose()?,
    })
}

#[cfg(test)]
mod tests;
