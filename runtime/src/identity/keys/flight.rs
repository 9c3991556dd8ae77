//! One fetch at a time, and unknown kids at most one per cooldown.
//!
//! Invariant: the lock is held for a few instructions, never across a fetch; who waits, waits for the flight's end.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, watch};
use tokio::time::Instant;

/// Most requests that wait for one fetch at a time. More are refused at once, so that a flood cannot pile up.
const WAITERS_LIMIT: usize = 256;

/// Lets fetches start, and tells when they have ended.
pub(super) struct Flights {
    state: Mutex<State>,
    ended: watch::Sender<u64>,
    waiters: Semaphore,
}

#[derive(Default)]
struct State {
    is_flying: bool,
    has_one_ended: bool,
    last_for_unknown_kid: Option<Instant>,
}

/// The answer to a wish to fetch because of an unknown kid.
pub(super) enum Start {
    /// The asker has to fetch, and drop the flight afterwards.
    Go(Flight),
    /// A fetch is under way.
    Flying,
    /// The last fetch for an unknown kid is too recent.
    CoolingDown,
}

/// A fetch under way. Its end is told by dropping it, so also a panic or a cancelled task ends it.
pub(super) struct Flight(Arc<Flights>);

impl Flights {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self {
            state: Mutex::default(),
            ended: watch::Sender::new(0),
            waiters: Semaphore::new(WAITERS_LIMIT),
        })
    }

    /// Starts a scheduled fetch, unless one is under way.
    pub(super) fn start_scheduled(self: &Arc<Self>) -> Option<Flight> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        (!std::mem::replace(&mut state.is_flying, true)).then(|| Flight(Arc::clone(self)))
    }

    /// Starts a fetch for an unknown kid, if none is under way and the cooldown has passed.
    pub(super) fn start_for_unknown_kid(self: &Arc<Self>, cooldown: Duration) -> Start {
        let now = Instant::now();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.is_flying {
            return Start::Flying;
        }
        let is_cooling_down = state
            .last_for_unknown_kid
            .is_some_and(|last| now.duration_since(last) < cooldown);
        if is_cooling_down {
            return Start::CoolingDown;
        }
        state.is_flying = true;
        state.last_for_unknown_kid = Some(now);
        Start::Go(Flight(Arc::clone(self)))
    }

    /// Says whether the first fetch of all is under way.
    pub(super) fn is_first_flying(&self) -> bool {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.is_flying && !state.has_one_ended
    }

    /// Listens for ends from now on. Take it before asking to start, or an end in between is missed.
    pub(super) fn listen(&self) -> watch::Receiver<u64> {
        self.ended.subscribe()
    }

    /// Waits until a fetch ends; `false` when too many wait already.
    pub(super) async fn wait(&self, mut ended: watch::Receiver<u64>) -> bool {
        let Ok(_place) = self.waiters.try_acquire() else {
            return false;
        };
        // An error says that the sender is gone, which `self` rules out.
        ended.changed().await.is_ok()
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        let mut state = self.0.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.is_flying = false;
        state.has_one_ended = true;
        drop(state);
        self.0
            .ended
            .send_modify(|count| *count = count.wrapping_add(1));
    }
}
