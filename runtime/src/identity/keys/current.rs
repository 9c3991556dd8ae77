//! The last good set, and what one more fetch makes of it: the state behind the lock of `store`.
//!
//! Generic over the set, so that a model checker can try every interleaving of requests and rotations with this very code
//! (`current/model.rs`). Invariant: a set is replaced whole, and one that says the same stays, with what it has verified.

use std::sync::Arc;

use tokio::time::Instant;

/// What is served, since when, and whether it could be renewed.
pub(super) struct Current<S> {
    loaded: Option<Loaded<S>>,
    has_last_refresh_failed: bool,
    fetches: KeyFetches,
}

/// How fetches have ended since the start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct KeyFetches {
    pub(crate) successes: u64,
    pub(crate) failures: u64,
}

pub(super) struct Loaded<S> {
    pub(super) set: Arc<S>,
    pub(super) at: Instant,
}

impl<S> Default for Current<S> {
    fn default() -> Self {
        Self {
            loaded: None,
            has_last_refresh_failed: false,
            fetches: KeyFetches::default(),
        }
    }
}

impl<S> Current<S> {
    /// The last good set, however old.
    pub(super) fn loaded(&self) -> Option<&Loaded<S>> {
        self.loaded.as_ref()
    }

    pub(super) fn has_last_refresh_failed(&self) -> bool {
        self.has_last_refresh_failed
    }

    pub(super) fn fetches(&self) -> KeyFetches {
        self.fetches
    }

    /// Takes the set that a fetch brought at this moment.
    pub(super) fn replace(&mut self, set: S, at: Instant, is_same: impl FnOnce(&S, &S) -> bool) {
        let set = match self.loaded.take() {
            // Nothing has changed, so what it has verified holds.
            Some(loaded) if is_same(&loaded.set, &set) => loaded.set,
            Some(_) | None => Arc::new(set),
        };
        self.loaded = Some(Loaded { set, at });
        self.has_last_refresh_failed = false;
        self.fetches.successes += 1;
    }

    /// A fetch brought nothing: the last good set stays.
    pub(super) fn keep(&mut self) {
        self.has_last_refresh_failed = true;
        self.fetches.failures += 1;
    }
}

#[cfg(test)]
mod model;
