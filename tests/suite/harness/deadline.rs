//! Waiting for a condition, never for a time.

use std::future::Future;
use std::time::Duration;

/// Longest that anything in the suite may take, on a loaded machine with two cores.
const DEADLINE: Duration = Duration::from_secs(30);

/// How often a condition is looked at.
const PROBE_INTERVAL: Duration = Duration::from_millis(20);

/// Awaits `future`, and fails with `what` when the deadline passes first.
pub(crate) async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    match tokio::time::timeout(DEADLINE, future).await {
        Ok(value) => value,
        Err(_) => panic!("{what}: not within {DEADLINE:?}"),
    }
}

/// Probes until the answer is `Some`, and fails with `what` when the deadline passes first.
pub(crate) async fn eventually<T>(what: &str, probe: impl AsyncFnMut() -> Option<T>) -> T {
    within(what, repeat(probe)).await
}

/// Probes until the answer is `Some`; `None` when the deadline passes first.
pub(crate) async fn in_time<T>(probe: impl AsyncFnMut() -> Option<T>) -> Option<T> {
    tokio::time::timeout(DEADLINE, repeat(probe)).await.ok()
}

async fn repeat<T>(mut probe: impl AsyncFnMut() -> Option<T>) -> T {
    let mut ticks = tokio::time::interval(PROBE_INTERVAL);
    loop {
        ticks.tick().await;
        if let Some(value) = probe().await {
            return value;
        }
    }
}
