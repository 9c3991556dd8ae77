//! Rows by table and number, kept in memory.

use std::any::Any;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

type Row = Arc<dyn Any + Send + Sync>;
type Rows = BTreeMap<(&'static str, u64), Row>;

/// What handlers share. Cheap to clone.
#[derive(Clone, Default)]
pub struct AppState {
    rows: Arc<Mutex<Rows>>,
}

impl AppState {
    fn rows(&self) -> MutexGuard<'_, Rows> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Finds one row.
    pub async fn find<T: Clone + 'static>(&self, table: &'static str, id: u64) -> Option<T> {
        let row = self.rows().get(&(table, id)).cloned()?;
        row.downcast_ref().cloned()
    }

    /// Lists the rows after a number.
    pub async fn list<T: Clone + 'static>(&self, table: &'static str, after: u64) -> Vec<T> {
        let rows = self.rows();
        let range = rows.range((table, after.saturating_add(1))..=(table, u64::MAX));
        range
            .filter_map(|(_, row)| row.downcast_ref().cloned())
            .collect()
    }

    /// The number of the next row.
    pub async fn next_id(&self, table: &'static str) -> u64 {
        let rows = self.rows();
        let last = rows.range((table, 0)..=(table, u64::MAX)).next_back();
        last.map_or(1, |((_, id), _)| id + 1)
    }

    /// Writes one row.
    pub async fn write<T: Send + Sync + 'static>(&self, table: &'static str, id: u64, row: T) {
        self.rows().insert((table, id), Arc::new(row));
    }

    /// Deletes one row, and says whether it was there.
    pub async fn delete(&self, table: &'static str, id: u64) -> bool {
        self.rows().remove(&(table, id)).is_some()
    }
}
