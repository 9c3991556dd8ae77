//! Where a request comes from: the peer of its connection, or what trusted proxies say (`server.trusted_hops`).
//!
//! Whoever sends a request may send `X-Forwarded-For` with it, and each proxy appends the address that it was asked from.
//! So the list is believed from its right end only, one entry for each trusted proxy, and never further (decision 0020).
//! Invariant: no client can choose its own address, and so no bucket but its own.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use http::HeaderMap;

/// The list that proxies append to.
const FORWARDED_FOR: &str = "x-forwarded-for";

/// The address of whoever sent a request. Only the listener makes one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ClientAddress(IpAddr);

/// What is counted as one address: an IPv4 address, or the /64 that a provider hands to one customer, who could
/// otherwise call from 2^64 addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum AddressKey {
    V4(Ipv4Addr),
    V6([u8; 8]),
}

impl ClientAddress {
    /// Finds the address of a request that came over a connection from `peer`, through so many trusted proxies.
    ///
    /// An entry that is missing or no address ends the walk: what stands left of it cannot be placed, and the last one
    /// before it was written by a trusted proxy.
    pub(crate) fn of(peer: SocketAddr, headers: &HeaderMap, trusted_hops: usize) -> Self {
        let lines = headers.get_all(FORWARDED_FOR).iter().rev();
        let entries = lines
            .flat_map(|line| line.as_bytes().rsplit(|byte| *byte == b','))
            .map(<[u8]>::trim_ascii)
            .filter(|entry| !entry.is_empty());
        let told = entries.take(trusted_hops).map_while(parse_entry).last();
        Self(told.unwrap_or(peer.ip()).to_canonical())
    }

    /// The address of whoever has connected, before anything has been read.
    pub(crate) fn of_peer(peer: SocketAddr) -> Self {
        Self(peer.ip().to_canonical())
    }

    pub(crate) fn key(self) -> AddressKey {
        match self.0 {
            IpAddr::V4(address) => AddressKey::V4(address),
            IpAddr::V6(address) => {
                let [a, b, c, d, e, f, g, h, ..] = address.octets();
                AddressKey::V6([a, b, c, d, e, f, g, h])
            }
        }
    }
}

impl std::fmt::Display for ClientAddress {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(formatter)
    }
}

/// Reads `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]` or `[2001:db8::1]:80`: proxies in Azure add the port.
fn parse_entry(entry: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(entry).ok()?;
    if let Ok(address) = text.parse::<IpAddr>() {
        return Some(address);
    }
    if let Ok(address) = text.parse::<SocketAddr>() {
        return Some(address.ip());
    }
    let bracketed = text.strip_prefix('[')?.strip_suffix(']')?;
    bracketed.parse::<Ipv6Addr>().ok().map(IpAddr::V6)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;
    use proptest::prelude::*;

    const PEER: &str = "10.0.0.9";

    fn address(lines: &[&[u8]], trusted_hops: usize) -> String {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(FORWARDED_FOR, HeaderValue::from_bytes(line).unwrap());
        }
        let peer = SocketAddr::new(PEER.parse().unwrap(), 1234);
        ClientAddress::of(peer, &headers, trusted_hops).to_string()
    }

    #[test]
    fn without_trusted_hops_only_the_connection_counts() {
        assert_eq!(address(&[b"192.0.2.1"], 0), PEER);
        assert_eq!(address(&[], 0), PEER);
    }

    #[test]
    fn entries_are_counted_from_the_right() {
        let list: &[&[u8]] = &[b"203.0.113.1, 192.0.2.1, 198.51.100.1"];
        let expected = [PEER, "198.51.100.1", "192.0.2.1", "203.0.113.1"];
        for (hops, expected) in expected.into_iter().enumerate() {
            assert_eq!(address(list, hops), expected, "{hops} hops");
        }
    }

    #[test]
    fn what_a_client_sends_itself_stands_left_of_what_counts() {
        for spoofed in ["1.1.1.1", "1.1.1.1, 2.2.2.2", ",,", "unknown", "[", "é"] {
            let list = format!("{spoofed}, 192.0.2.1");
            assert_eq!(address(&[list.as_bytes()], 1), "192.0.2.1", "{spoofed}");
        }
        assert_eq!(address(&[b"1.1.1.1", b"192.0.2.1"], 1), "192.0.2.1");
    }

    #[test]
    fn an_entry_is_read_in_every_form_that_proxies_write() {
        for (entry, expected) in [
            ("192.0.2.1", "192.0.2.1"),
            ("192.0.2.1:443", "192.0.2.1"),
            (" 192.0.2.1 ", "192.0.2.1"),
            ("\t192.0.2.1:1", "192.0.2.1"),
            ("2001:db8::1", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("[2001:db8::1]:443", "2001:db8::1"),
            ("::ffff:192.0.2.1", "192.0.2.1"),
            ("[::ffff:192.0.2.1]:80", "192.0.2.1"),
        ] {
            assert_eq!(address(&[entry.as_bytes()], 1), expected, "{entry}");
        }
    }

    #[test]
    fn an_entry_that_is_no_address_falls_back_to_what_a_trusted_proxy_wrote() {
        for garbage in [
            "unknown",
            "_hidden",
            "192.0.2",
            "192.0.2.1:x",
            "[::1",
            "a:b",
        ] {
            assert_eq!(address(&[garbage.as_bytes()], 1), PEER, "{garbage}");
            let list = format!("192.0.2.1, {garbage}, 198.51.100.1");
            assert_eq!(address(&[list.as_bytes()], 3), "198.51.100.1", "{garbage}");
        }
        // Fewer entries than hops: the request skipped the outer proxies, and the left-most entry is still a proxy's.
        assert_eq!(address(&[b"192.0.2.1"], 3), "192.0.2.1");
        assert_eq!(address(&[], 3), PEER);
        assert_eq!(address(&[b"\xff\xfe"], 1), PEER);
    }

    #[test]
    fn an_ipv6_address_counts_with_its_whole_network() {
        let key = |text: &str| ClientAddress(text.parse().unwrap()).key();
        assert_eq!(key("2001:db8:1:2::1"), key("2001:db8:1:2:ffff::9"));
        assert_ne!(key("2001:db8:1:2::1"), key("2001:db8:1:3::1"));
        assert_ne!(key("192.0.2.1"), key("192.0.2.2"));
    }

    proptest! {
        #[test]
        fn no_list_makes_it_panic_and_none_moves_the_last_entry(
            left in proptest::collection::vec(any::<u8>(), 0..200),
            hops in 0_usize..=10,
        ) {
            let mut headers = HeaderMap::new();
            let Ok(line) = HeaderValue::from_bytes(&[&left[..], b",192.0.2.7"].concat()) else {
                return Ok(());
            };
            headers.append(FORWARDED_FOR, line);
            let peer = SocketAddr::new(PEER.parse().unwrap(), 1);
            let found = ClientAddress::of(peer, &headers, hops);
            if hops == 1 {
                prop_assert_eq!(found.to_string(), "192.0.2.7");
            }
        }
    }
}
