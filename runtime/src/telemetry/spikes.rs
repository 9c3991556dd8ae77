//! Notices a spike of refused callers, for deployments where nobody collects metrics: one event for each window.
//!
//! A window is bad when the refusals in it are many in number (the floor, so that one stranger at night is no spike) and
//! in proportion (so that a busy service stays quiet about the usual expired token).
//! Invariant: memory is bounded by the number of codes and templates; no caller can add an entry.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::{Mutex, PoisonError};

use crate::config::FailureSpikeConfig;

/// Most entries of one list in the event.
const LISTED: usize = 10;

/// Counts until the window is closed, which whoever has a clock does.
pub(super) struct SpikeDetector {
    settings: FailureSpikeConfig,
    window: Mutex<Window>,
}

#[derive(Default)]
struct Window {
    attempts: u64,
    failures: u64,
    reasons: Counts,
    routes: Counts,
}

type Counts = BTreeMap<Box<str>, u64>;

/// What a bad window held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Spike {
    pub(super) attempts: u64,
    pub(super) failures: u64,
    /// `token_expired=40 absent=2`, most frequent first.
    pub(super) reasons: String,
    /// `/api/v1/reports=42`, most frequent first.
    pub(super) routes: String,
}

impl SpikeDetector {
    pub(super) fn new(settings: FailureSpikeConfig) -> Self {
        Self {
            settings,
            window: Mutex::default(),
        }
    }

    /// Somebody's credential was looked at.
    pub(super) fn count_attempt(&self) {
        self.window().attempts += 1;
    }

    /// Somebody was refused, 401 or 403.
    pub(super) fn count_failure(&self, reason: &'static str, route: &str) {
        let mut window = self.window();
        window.failures += 1;
        count(&mut window.reasons, reason);
        count(&mut window.routes, route);
    }

    /// Ends the window and begins the next one; gives what it held when it was bad.
    pub(super) fn close_window(&self) -> Option<Spike> {
        let window = std::mem::take(&mut *self.window());
        let Window {
            attempts, failures, ..
        } = window;
        let is_many = failures >= self.settings.floor;
        let is_much =
            failures.saturating_mul(100) >= attempts.saturating_mul(self.settings.percent);
        (is_many && is_much).then(|| Spike {
            attempts,
            failures,
            reasons: list(&window.reasons),
            routes: list(&window.routes),
        })
    }

    fn window(&self) -> std::sync::MutexGuard<'_, Window> {
        self.window.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn count(counts: &mut Counts, name: &str) {
    match counts.get_mut(name) {
        Some(count) => *count += 1,
        None => {
            counts.insert(name.into(), 1);
        }
    }
}

/// The most frequent first, and those that are equally frequent by name.
fn list(counts: &Counts) -> String {
    let mut counts: Vec<(&Box<str>, &u64)> = counts.iter().collect();
    counts.sort_by(|(_, count), (_, other)| other.cmp(count));
    let mut text = String::new();
    for (name, count) in counts.iter().take(LISTED) {
        let gap = if text.is_empty() { "" } else { " " };
        // Writing to a String cannot fail.
        let _ = write!(text, "{gap}{name}={count}");
    }
    let rest: u64 = counts.iter().skip(LISTED).map(|(_, count)| *count).sum();
    if rest > 0 {
        let _ = write!(text, " others={rest}");
    }
    text
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn detector() -> SpikeDetector {
        SpikeDetector::new(FailureSpikeConfig {
            window: Duration::from_secs(60),
            percent: 20,
            floor: 5,
        })
    }

    fn fill(detector: &SpikeDetector, attempts: u64, failures: u64) {
        (0..attempts).for_each(|_| detector.count_attempt());
        (0..failures).for_each(|_| detector.count_failure("token_expired", "/a"));
    }

    #[test]
    fn a_window_is_bad_by_number_and_by_proportion() {
        for (attempts, failures, is_bad) in [
            (0, 0, false),
            (4, 4, false),
            (5, 5, true),
            (25, 5, true),
            (26, 5, false),
            (1000, 199, false),
            (1000, 200, true),
        ] {
            let detector = detector();
            fill(&detector, attempts, failures);
            let spike = detector.close_window();
            assert_eq!(spike.is_some(), is_bad, "{failures} of {attempts}");
        }
    }

    #[test]
    fn each_window_stands_for_itself() {
        let detector = detector();
        fill(&detector, 4, 4);
        assert_eq!(detector.close_window(), None);
        fill(&detector, 4, 4);
        assert_eq!(detector.close_window(), None, "four and four are not eight");
        fill(&detector, 8, 8);
        assert_eq!(detector.close_window().unwrap().failures, 8);
        assert_eq!(detector.close_window(), None);
    }

    #[test]
    fn a_spike_counts_by_reason_and_by_route_the_most_frequent_first() {
        let detector = detector();
        for (reason, route, count) in [
            ("token_expired", "/a", 3),
            ("token_expired", "/b", 4),
            ("missing_role", "/b", 2),
        ] {
            (0..count).for_each(|_| detector.count_attempt());
            (0..count).for_each(|_| detector.count_failure(reason, route));
        }
        let expected = Spike {
            attempts: 9,
            failures: 9,
            reasons: "token_expired=7 missing_role=2".to_owned(),
            routes: "/b=6 /a=3".to_owned(),
        };
        assert_eq!(detector.close_window(), Some(expected));
    }

    #[test]
    fn a_long_list_is_cut_and_says_so() {
        let detector = detector();
        for number in 0..30 {
            detector.count_attempt();
            detector.count_failure("absent", &format!("/{number:02}"));
        }
        let spike = detector.close_window().unwrap();
        assert_eq!(spike.routes.split(' ').count(), LISTED + 1);
        assert!(spike.routes.ends_with(" others=20"), "{}", spike.routes);
    }
}
