//! Jitter: what happens again and again should not happen everywhere at once.

use std::time::Duration;

use uuid::Uuid;

/// Shortens by up to a tenth, and never lengthens: replicas that started together drift apart, and none waits longer than
/// what is configured.
pub(crate) fn shorten(wait: Duration, random: u16) -> Duration {
    wait - wait.mul_f64(f64::from(random) / f64::from(u16::MAX) / 10.0)
}

/// Draws what [`shorten`] takes.
pub(crate) fn draw() -> u16 {
    let [high, low, ..] = *Uuid::new_v4().as_bytes();
    u16::from_be_bytes([high, low])
}
