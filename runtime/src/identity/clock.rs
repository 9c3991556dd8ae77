//! The wall clock that token times are compared with, passed in so that tests can stand at any moment.

use std::fmt;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

/// Seconds since 1970, from wherever the maker says.
#[derive(Clone)]
pub(crate) struct Clock(Arc<dyn Fn() -> u64 + Send + Sync>);

impl Clock {
    /// The machine's clock.
    pub(crate) fn system() -> Self {
        Self(Arc::new(|| {
            // A machine clock before 1970 counts as 1970: every token is then "not yet valid", so it fails closed.
            SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .map_or(0, |since| since.as_secs())
        }))
    }

    /// A clock that stands still.
    #[cfg(test)]
    pub(crate) fn standing_at(unix_seconds: u64) -> Self {
        Self(Arc::new(move || unix_seconds))
    }

    /// A clock that shows what the test sets.
    #[cfg(test)]
    pub(crate) fn following(unix_seconds: &Arc<std::sync::atomic::AtomicU64>) -> Self {
        let unix_seconds = Arc::clone(unix_seconds);
        Self(Arc::new(move || {
            unix_seconds.load(std::sync::atomic::Ordering::SeqCst)
        }))
    }

    pub(crate) fn now_unix_seconds(&self) -> u64 {
        (self.0)()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Clock")
    }
}
