//! Waiting in tests, without sleeping.

use std::time::{Duration, Instant};

/// Lets others run until a condition holds; the deadline is for a broken build only.
pub(crate) async fn until(what: &str, condition: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !condition() {
        assert!(Instant::now() < deadline, "{what}");
        tokio::task::yield_now().await;
    }
}
