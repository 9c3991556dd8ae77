//! The database file is made, found again, and refused when it is not ours.

#[path = "../../../tests/suite/harness/database.rs"]
mod database;

use std::path::PathBuf;

use uuid::Uuid;

use super::*;
use database::fresh_database;

/// A fresh database with the newest schema, in memory unless a PostgreSQL is named.
pub(crate) async fn store() -> Store {
    Store::open(&fresh_database("sqlite::memory:"))
        .await
        .unwrap()
}

pub(crate) fn fresh_folder() -> PathBuf {
    std::env::temp_dir().join(format!("research-desk-{}", Uuid::new_v4()))
}

pub(crate) async fn count_instruments(store: &Store) -> i64 {
    let row = sqlx::query("SELECT COUNT(*) FROM instruments")
        .fetch_one(store.pool())
        .await
        .unwrap();
    row.get(0)
}

#[tokio::test]
async fn a_missing_file_is_made_with_its_folders_and_found_again() {
    let folder = fresh_folder();
    let url = format!("sqlite://{}", folder.join("deep/desk.db").display());
    for _ in 0..2 {
        let store = Store::open(&url).await.unwrap();
        assert_eq!(count_instruments(&store).await, 8);
        store.pool().close().await;
    }
    tokio::fs::remove_dir_all(folder).await.unwrap();
}

#[tokio::test]
async fn several_instances_may_open_one_fresh_file_at_once() {
    let folder = fresh_folder();
    let url = format!("sqlite://{}", folder.join("desk.db").display());
    let (one, two) = tokio::join!(Store::open(&url), Store::open(&url));
    assert_eq!(count_instruments(&one.unwrap()).await, 8);
    assert_eq!(count_instruments(&two.unwrap()).await, 8);
    tokio::fs::remove_dir_all(folder).await.unwrap();
}

#[tokio::test]
async fn another_scheme_is_refused() {
    let refused = Store::open("mysql://localhost/desk").await;
    assert!(matches!(refused, Err(OpenError::UnknownScheme)));
}

#[tokio::test]
async fn an_error_never_shows_the_password() {
    let refused = Store::open("postgres://desk:hunter2@127.0.0.1:1/desk").await;
    let error = refused.unwrap_err();
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert!(!error.to_string().contains("hunter2"), "{error}");
    assert!(!source.contains("hunter2"), "{source}");
}

#[test]
fn stored_timestamps_sort_like_time() {
    let whole: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
    let later: Timestamp = "2026-01-01T00:00:00.5Z".parse().unwrap();
    assert!(timestamp_to_text(whole) < timestamp_to_text(later));
}
