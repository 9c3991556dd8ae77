//! The audit log in the database.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use sqlx::Row;
use sqlx::any::AnyRow;
use uuid::Uuid;

use super::entry::{AuditEntry, CallSurface, CallerType};
use super::query::AuditQuery;
use crate::person::Person;
use crate::store::{Store, StoreError, parse_stored, timestamp_to_text};

/// How long an entry is kept.
const KEPT: SignedDuration = SignedDuration::from_hours(365 * 24);

/// How often an instance deletes what is older.
const SWEEP: SignedDuration = SignedDuration::from_hours(1);

/// When this instance deletes old entries next. Each instance for itself: deleting twice deletes nothing more.
#[derive(Debug, Clone, Default)]
pub(crate) struct Retention {
    last: Arc<Mutex<Option<Timestamp>>>,
}

impl Retention {
    /// Says yes once an hour, beginning with the first call.
    pub(super) fn is_due(&self, now: Timestamp) -> bool {
        // A panic elsewhere leaves a time that is as good as any.
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let is_due = last.is_none_or(|last| now.duration_since(last) >= SWEEP);
        if is_due {
            *last = Some(now);
        }
        is_due
    }
}

/// Reads entries after the cursor, newest first.
pub(super) async fn list(store: &Store, query: &AuditQuery) -> Result<Vec<AuditEntry>, StoreError> {
    let sql = "SELECT id, at, caller_tenant_id, caller_object_id, caller_kind, client_id, operation, method, \
               path, surface, status, code, correlation_id FROM audit \
               WHERE ($1 = '' OR caller_object_id = $1) AND ($2 = '' OR operation = $2) \
               AND ($3 = '' OR surface = $3) \
               AND ($4 = '' OR at < $4 OR (at = $4 AND id > $5)) \
               ORDER BY at DESC, id LIMIT $6";
    let after = query.cursor.as_ref().map(|cursor| cursor.0);
    let operation = query.operation.as_ref().map(|it| it.get().as_str());
    let rows = sqlx::query(sql)
        .bind(query.caller.map_or_else(String::new, |it| it.to_string()))
        .bind(operation.unwrap_or_default())
        .bind(query.surface.map_or("", CallSurface::as_str))
        .bind(after.map_or_else(String::new, |place| timestamp_to_text(place.at)))
        .bind(after.map_or_else(String::new, |place| place.id.to_string()))
        .bind(query.limit.rows_to_read())
        .fetch_all(store.pool())
        .await?;
    rows.iter().map(read).collect()
}

/// Stores an entry.
pub(super) async fn insert(store: &Store, entry: &AuditEntry) -> Result<(), StoreError> {
    let sql = "INSERT INTO audit (id, at, caller_tenant_id, caller_object_id, caller_kind, client_id, operation, \
               method, path, surface, status, code, correlation_id) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
    sqlx::query(sql)
        .bind(entry.id.to_string())
        .bind(timestamp_to_text(entry.at))
        .bind(entry.caller.tenant_id.to_string())
        .bind(entry.caller.object_id.to_string())
        .bind(entry.caller_type.as_str())
        .bind(entry.client_id.as_deref())
        .bind(&entry.operation)
        .bind(&entry.method)
        .bind(&entry.path)
        .bind(entry.surface.as_str())
        .bind(entry.status.map(i64::from))
        .bind(entry.code.as_deref())
        .bind(&entry.correlation_id)
        .execute(store.pool())
        .await?;
    Ok(())
}

/// Deletes what is no longer kept.
pub(super) async fn forget_old(store: &Store, now: Timestamp) -> Result<(), StoreError> {
    let oldest = now.checked_sub(KEPT).unwrap_or(Timestamp::MIN);
    sqlx::query("DELETE FROM audit WHERE at < $1")
        .bind(timestamp_to_text(oldest))
        .execute(store.pool())
        .await?;
    Ok(())
}

fn read(row: &AnyRow) -> Result<AuditEntry, StoreError> {
    let corrupt = |column| StoreError::Corrupt { column };
    let caller = Person {
        tenant_id: parse_stored::<Uuid>("caller_tenant_id", row.try_get("caller_tenant_id")?)?,
        object_id: parse_stored::<Uuid>("caller_object_id", row.try_get("caller_object_id")?)?,
    };
    let caller_type = CallerType::parse(row.try_get("caller_kind")?);
    let surface = CallSurface::parse(row.try_get("surface")?);
    let status = row.try_get::<Option<i64>, _>("status")?.map(u16::try_from);
    Ok(AuditEntry {
        id: parse_stored("id", row.try_get("id")?)?,
        at: parse_stored("at", row.try_get("at")?)?,
        caller,
        caller_type: caller_type.ok_or(corrupt("caller_kind"))?,
        client_id: row.try_get("client_id")?,
        operation: row.try_get("operation")?,
        method: row.try_get("method")?,
        path: row.try_get("path")?,
        surface: surface.ok_or(corrupt("surface"))?,
        status: status.transpose().map_err(|_| corrupt("status"))?,
        code: row.try_get("code")?,
        correlation_id: row.try_get("correlation_id")?,
    })
}

#[cfg(test)]
mod tests {
    use portcullis::Cursor;

    use super::*;
    use crate::store::tests::store;

    fn time(second: i64) -> Timestamp {
        Timestamp::new(1_700_000_000 + second, 0).unwrap()
    }

    fn entry(number: u32, second: i64, status: Option<u16>) -> AuditEntry {
        AuditEntry {
            id: Uuid::from_u128(number.into()).to_string().parse().unwrap(),
            at: time(second),
            caller: Person {
                tenant_id: Uuid::from_u128(1),
                object_id: Uuid::from_u128(u128::from(number % 2)),
            },
            caller_type: CallerType::Application,
            client_id: status.map(|_| "client".to_owned()),
            operation: format!("operation_{number}"),
            method: "PUT".to_owned(),
            path: "/api/v1/x".to_owned(),
            surface: CallSurface::Mcp,
            status,
            code: status.map(|_| "forbidden".to_owned()),
            correlation_id: "abc".to_owned(),
        }
    }

    async fn operations(store: &Store, query: &str) -> Vec<String> {
        let query = serde_json::from_str(query).unwrap();
        let found = list(store, &query).await.unwrap();
        found.into_iter().map(|entry| entry.operation).collect()
    }

    #[tokio::test]
    async fn entries_come_back_as_they_were_stored_newest_first() {
        let store = store().await;
        let [older, newer] = [entry(1, 1, Some(403)), entry(2, 2, None)];
        for entry in [&older, &newer] {
            insert(&store, entry).await.unwrap();
        }
        let mut query = AuditQuery::default();
        let found = list(&store, &query).await.unwrap();
        assert_eq!(found, [newer.clone(), older.clone()]);
        query.cursor = Some(Cursor(newer.place()));
        assert_eq!(list(&store, &query).await.unwrap(), [older]);
    }

    #[tokio::test]
    async fn all_conditions_must_hold() {
        let store = store().await;
        for number in 1..=4 {
            let entry = entry(number, i64::from(number), Some(204));
            insert(&store, &entry).await.unwrap();
        }
        let odd = format!(r#"{{"caller": "{}"}}"#, Uuid::from_u128(1));
        let expected = ["operation_3", "operation_1"];
        assert_eq!(operations(&store, &odd).await, expected);
        let one = r#"{"operation": "operation_2", "surface": "mcp"}"#;
        assert_eq!(operations(&store, one).await, ["operation_2"]);
        let none = r#"{"operation": "operation_2", "surface": "rest"}"#;
        assert!(operations(&store, none).await.is_empty());
    }

    #[tokio::test]
    async fn entries_are_kept_for_a_year() {
        let store = store().await;
        insert(&store, &entry(1, 0, None)).await.unwrap();
        let year = 365 * 24 * 60 * 60;
        forget_old(&store, time(year)).await.unwrap();
        assert_eq!(operations(&store, "{}").await.len(), 1);
        forget_old(&store, time(year + 1)).await.unwrap();
        assert!(operations(&store, "{}").await.is_empty());
    }

    #[test]
    fn old_entries_are_looked_for_once_an_hour() {
        let retention = Retention::default();
        let due = [0, 1, 3599, 3600, 3601, 7200].map(|second| retention.is_due(time(second)));
        assert_eq!(due, [true, false, false, true, false, true]);
    }
}
