//! How many connections one address may hold (`server.max_connections_per_address`): one client alone must not be able to
//! take them all.
//!
//! Whoever connects counts, never what a header says: nothing has been read yet (decision 0039).

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::server::client_address::ClientAddress;
use crate::server::places::{Place, Places};
use crate::server::rate_limit::Holder;

/// How long nothing is said after an address has been told of.
const SILENCE: Duration = Duration::from_secs(60);

/// The connections of one listener, by address.
pub(super) struct PerAddress {
    /// `None`: any number.
    most: Option<NonZeroU32>,
    places: Arc<Places<Holder>>,
    told_at: Mutex<Option<Instant>>,
}

/// A connection's place; `None` where addresses are not counted.
pub(super) type AddressPlace = Option<Place<Holder>>;

/// The address has as many connections as it may.
pub(super) struct TooManyConnections;

impl PerAddress {
    pub(super) fn new(most: Option<NonZeroU32>) -> Self {
        Self {
            most,
            places: Places::new(),
            told_at: Mutex::new(None),
        }
    }

    /// Takes a place for a connection from `peer`, to be held as long as it is open.
    ///
    /// # Errors
    /// [`TooManyConnections`]; the log says so once a minute at most.
    pub(super) fn enter(&self, peer: SocketAddr) -> Result<AddressPlace, TooManyConnections> {
        let Some(most) = self.most else {
            return Ok(None);
        };
        let address = ClientAddress::of_peer(peer);
        let place = self
            .places
            .enter(Holder::Address(address.key()), most.get());
        if place.is_some() {
            return Ok(place);
        }
        if self.is_to_be_told(Instant::now()) {
            tracing::warn!(
                client_address = %address,
                most,
                "too many connections from one address; further ones are closed (server.max_connections_per_address)"
            );
        }
        Err(TooManyConnections)
    }

    /// Says whether it is time for a line, and if so, that it has been written.
    fn is_to_be_told(&self, now: Instant) -> bool {
        let mut told_at = self.told_at.lock().unwrap_or_else(PoisonError::into_inner);
        let is_due = told_at.is_none_or(|before| now.duration_since(before) >= SILENCE);
        if is_due {
            *told_at = Some(now);
        }
        is_due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(text: &str) -> SocketAddr {
        SocketAddr::new(text.parse().unwrap(), 4711)
    }

    #[test]
    fn an_address_holds_so_many_and_others_do_not_notice() {
        for (case, peers, other) in [
            ("IPv4", ["192.0.2.1"; 3], "192.0.2.2"),
            (
                "IPv4 on a socket for both",
                ["192.0.2.1", "::ffff:192.0.2.1", "192.0.2.1"],
                "::ffff:192.0.2.2",
            ),
            (
                "an IPv6 network",
                ["2001:db8::1", "2001:db8::2", "2001:db8::3"],
                "2001:db8:0:1::1",
            ),
        ] {
            let per_address = PerAddress::new(NonZeroU32::new(2));
            let [first, second, third] = peers.map(peer);
            let held = (per_address.enter(first), per_address.enter(second));
            assert!(held.0.is_ok() && held.1.is_ok(), "{case}");
            assert!(per_address.enter(third).is_err(), "{case}");
            assert!(per_address.enter(peer(other)).is_ok(), "{case}");
            drop(held);
            assert!(per_address.enter(third).is_ok(), "{case}");
        }
    }

    #[test]
    fn without_a_bound_nobody_is_counted() {
        let per_address = PerAddress::new(None);
        let held: Vec<_> = (0..1000)
            .map(|_| per_address.enter(peer("192.0.2.1")))
            .collect();
        assert!(held.iter().all(|place| matches!(place, Ok(None))));
    }

    #[test]
    fn a_flood_is_told_of_once_a_minute() {
        let per_address = PerAddress::new(NonZeroU32::new(1));
        let start = Instant::now();
        let told_at = [0, 1, 59, 60, 61, 119, 120, 1000]
            .map(|seconds| per_address.is_to_be_told(start + Duration::from_secs(seconds)));
        let expected = [true, false, false, true, false, false, true, true];
        assert_eq!(told_at, expected);
    }
}
