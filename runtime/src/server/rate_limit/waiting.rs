//! How much of one caller goes on at once: open event streams, and tool calls that wait for work.
//!
//! Each holds a connection and what stands behind it for minutes, at the price of one token. Invariant: a place is given
//! back when it is dropped, however what held it ends; nobody is remembered who holds none. It holds also where rates are not
//! limited: `rate_limit.enabled` says nothing about open work.

use std::num::NonZeroU32;
use std::sync::Arc;

use axum::response::{IntoResponse, Response};
use http::{Extensions, header};
use portcullis_api_spec::openapi::TOO_MANY_WAITING;

use super::{CallerKey, caller_key};
use crate::Problem;
use crate::config::RateLimitConfig;
use crate::server::client_address::{AddressKey, ClientAddress};
use crate::server::places::{self, Places};

/// Whose places, and whose tokens, are counted together.
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
    places: Arc<Places<Holder>>,
}

/// A place among them.
pub(crate) type Place = places::Place<Holder>;

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
            places: Places::new(),
        })
    }

    /// Takes a place for what will go on for long.
    ///
    /// # Errors
    /// [`TooManyWaiting`] when the holder has as many as may be.
    pub(crate) fn enter(&self, holder: Holder) -> Result<Place, TooManyWaiting> {
        let most = match holder {
            Holder::Caller(_) => self.per_caller,
            Holder::Address(_) => self.per_address,
        };
        self.places.enter(holder, most).ok_or(TooManyWaiting)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;
    use uuid::Uuid;

    #[test]
    fn an_address_has_more_places_than_a_caller() {
        let two = NonZeroU32::new(2).unwrap();
        let waiting = Waiting::new(two, two);
        let caller = |id| Holder::Caller(CallerKey::Verified(Uuid::nil(), Uuid::from_u128(id)));
        let address = Holder::Address(AddressKey::V4(Ipv4Addr::LOCALHOST));
        for (holder, most) in [(caller(1), 2), (caller(2), 2), (address, 4)] {
            let held: Vec<_> = std::iter::from_fn(|| waiting.enter(holder).ok()).collect();
            assert_eq!(held.len(), most);
        }
    }
}
