//! How much of one caller goes on at once: open event streams, and tool calls that wait for work.
//!
//! Each holds a connection and what stands behind it for minutes, at the price of one token. Invariant: a place is given
//! back when it is dropped, however what held it ends; nobody is remembered who holds none. It holds also where rates are not
//! limited: `rate_limit.enabled` says nothing about open work.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::response::{IntoResponse, Response};
use http::{Extensions, header};
use portcullis_api_spec::openapi::TOO_MANY_WAITING;

use super::{CallerKey, caller_key};
use crate::Problem;
use crate::config::RateLimitConfig;
use crate::server::client_address::{AddressKey, ClientAddress};

/// Whose places are counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Holder {
    /// A verified caller.
    Caller(CallerKey),
    /// Whoever calls a public operation from there.
    Address(AddressKey),
}

impl Holder {
    /// Whoever sent this request; `None` where neither a caller nor an address is known.
    pub(crate) fn of(extensions: &Extensions) -> Option<Self> {
        let of_address = || Some(extensions.get::<ClientAddress>()?.key());
        match caller_key(extensions) {
            Some(caller) => Some(Holder::Caller(caller)),
            None => of_address().map(Holder::Address),
        }
    }
}

/// The places of one service.
pub(crate) struct Waiting {
    per_caller: u32,
    per_address: u32,
    held: Mutex<HashMap<Holder, u32>>,
}

/// One place, held until it is dropped.
#[must_use = "a place that nobody holds is given back"]
pub(crate) struct Place {
    waiting: Arc<Waiting>,
    holder: Holder,
}

/// As many streams and calls of one caller go on as may at once.
#[derive(Debug)]
pub(crate) struct TooManyWaiting;

impl TooManyWaiting {
    /// When to try again. Nobody knows when a place will be free.
    pub(crate) const RETRY_AFTER_SECONDS: u64 = 5;
}

impl IntoResponse for TooManyWaiting {
    fn into_response(self) -> Response {
        Problem::new(TOO_MANY_WAITING)
            .with_header(header::RETRY_AFTER, Self::RETRY_AFTER_SECONDS.into())
            .into_response()
    }
}

impl Waiting {
    /// Builds the places, all of them free.
    pub(crate) fn build(config: &RateLimitConfig) -> Arc<Self> {
        Self::new(config.waiting_per_caller, config.address_factor)
    }

    fn new(per_caller: NonZeroU32, address_factor: NonZeroU32) -> Arc<Self> {
        Arc::new(Self {
            per_caller: per_caller.get(),
            per_address: per_caller.saturating_mul(address_factor).get(),
            held: Mutex::default(),
        })
    }

    /// Takes a place for what will go on for long.
    ///
    /// # Errors
    /// [`TooManyWaiting`] when the holder has as many as may be.
    pub(crate) fn enter(self: &Arc<Self>, holder: Holder) -> Result<Place, TooManyWaiting> {
        let most = match holder {
            Holder::Caller(_) => self.per_caller,
            Holder::Address(_) => self.per_address,
        };
        let mut held = self.held();
        let count = held.get(&holder).copied().unwrap_or(0);
        if count >= most {
            return Err(TooManyWaiting);
        }
        held.insert(holder, count + 1);
        Ok(Place {
            waiting: Arc::clone(self),
            holder,
        })
    }

    /// Nothing panics while it holds the lock, and a number would be no worse for it.
    fn held(&self) -> MutexGuard<'_, HashMap<Holder, u32>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut held = self.waiting.held();
        match held.get_mut(&self.holder) {
            Some(count) if *count > 1 => *count -= 1,
            Some(_) | None => {
                held.remove(&self.holder);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;
    use uuid::Uuid;

    #[test]
    fn places_are_counted_by_holder_and_come_back_when_dropped() {
        let two = NonZeroU32::new(2).unwrap();
        let waiting = Waiting::new(two, two);
        let caller = |id| Holder::Caller(CallerKey::Verified(Uuid::nil(), Uuid::from_u128(id)));
        let first = waiting.enter(caller(1)).unwrap();
        let second = waiting.enter(caller(1)).unwrap();
        assert!(waiting.enter(caller(1)).is_err());
        let other = waiting.enter(caller(2)).unwrap();
        drop(first);
        let third = waiting.enter(caller(1)).unwrap();
        assert!(waiting.enter(caller(1)).is_err());
        drop((second, third, other));
        assert!(waiting.held().is_empty());
        let address = Holder::Address(AddressKey::V4(Ipv4Addr::LOCALHOST));
        let of_address: Vec<_> = std::iter::from_fn(|| waiting.enter(address).ok()).collect();
        assert_eq!(of_address.len(), 4);
    }
}
