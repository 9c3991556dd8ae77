//! Tokens of other APIs in memory (duty 26): bounded, one exchange at a time for each key, none past its end.
//!
//! Invariant: the key holds all that decides whose token it is and what it opens; the lock is held for a few
//! instructions, never across an exchange.

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use futures::future::{BoxFuture, FutureExt, Shared};
use opentelemetry::context::FutureExt as _;
use tokio::time::Instant;
use tracing::Instrument;
use uuid::Uuid;

use super::{DownstreamError, DownstreamToken};

/// Most tokens remembered, those under way included. At two KiB each, some 20 MiB.
const CAPACITY: usize = 10_000;

/// Whose token it is, and what it opens.
///
/// Tenant, object and client are in the incoming token already; they stand here so that not even two tokens with one
/// hash could mix up callers.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct CacheKey {
    pub(super) tenant_id: Uuid,
    pub(super) object_id: Uuid,
    pub(super) client_id: Option<String>,
    /// SHA-256 of the caller's token.
    pub(super) token_hash: [u8; 32],
    pub(super) scopes: Arc<[String]>,
}

type Outcome = Result<DownstreamToken, DownstreamError>;
type Flight = Shared<BoxFuture<'static, Outcome>>;

enum Entry {
    /// An exchange under way; whoever asks meanwhile gets its outcome.
    Flying(Flight),
    Ready(DownstreamToken),
}

/// The tokens of all callers.
pub(super) struct TokenCache {
    entries: Mutex<HashMap<CacheKey, Entry>>,
    capacity: usize,
}

impl TokenCache {
    pub(super) fn new() -> Arc<Self> {
        Self::with_capacity(CAPACITY)
    }

    fn with_capacity(capacity: usize) -> Arc<Self> {
        Arc::new(Self {
            entries: Mutex::default(),
            capacity,
        })
    }

    /// Gives the remembered token, or the outcome of the exchange under way, or that of `exchange`.
    ///
    /// # Errors
    /// Those of the exchange, which are not remembered; [`DownstreamError::Unavailable`] when too many are under way.
    pub(super) async fn get_or_exchange(
        self: &Arc<Self>,
        key: CacheKey,
        exchange: impl Future<Output = Outcome> + Send + 'static,
    ) -> Outcome {
        let flight = {
            let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
            match entries.get(&key) {
                Some(Entry::Ready(token)) if Instant::now() < token.usable_until => {
                    return Ok(token.clone());
                }
                // One that has ended and still stands here has panicked: its outcome must not stay for ever.
                Some(Entry::Flying(flight)) if flight.peek().is_none() => flight.clone(),
                Some(Entry::Ready(_) | Entry::Flying(_)) | None => {
                    make_room(&mut entries, self.capacity)?;
                    let flight = self.start(key.clone(), exchange);
                    entries.insert(key, Entry::Flying(flight.clone()));
                    flight
                }
            }
        };
        flight.await
    }

    /// A task of its own: a client that goes away must not end the exchange that others wait for.
    fn start(
        self: &Arc<Self>,
        key: CacheKey,
        exchange: impl Future<Output = Outcome> + Send + 'static,
    ) -> Flight {
        let cache = Arc::clone(self);
        let task = async move {
            let outcome = exchange.await;
            cache.settle(key, &outcome);
            outcome
        };
        let task = tokio::spawn(task.with_current_context().in_current_span());
        async move { task.await.unwrap_or(Err(DownstreamError::Unavailable)) }
            .boxed()
            .shared()
    }

    fn settle(&self, key: CacheKey, outcome: &Outcome) {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        match outcome {
            Ok(token) => entries.insert(key, Entry::Ready(token.clone())),
            Err(_) => entries.remove(&key),
        };
    }
}

/// Drops what has ended; when that is not enough, the eighth that ends first, so that this is rarely needed again.
fn make_room(
    entries: &mut HashMap<CacheKey, Entry>,
    capacity: usize,
) -> Result<(), DownstreamError> {
    if entries.len() < capacity {
        return Ok(());
    }
    let now = Instant::now();
    let end_of = |entry: &Entry| match entry {
        Entry::Flying(_) => None,
        Entry::Ready(token) => Some(token.usable_until),
    };
    entries.retain(|_, entry| end_of(entry).is_none_or(|end| now < end));
    if entries.len() < capacity {
        return Ok(());
    }
    let mut ends: Vec<Instant> = entries.values().filter_map(end_of).collect();
    if ends.is_empty() {
        return Err(DownstreamError::Unavailable);
    }
    ends.sort_unstable();
    let last_to_go = ends[(ends.len() - 1) / 8];
    entries.retain(|_, entry| end_of(entry).is_none_or(|end| last_to_go < end));
    Ok(())
}

#[cfg(test)]
mod tests;
