//! Keys of `server`: the two listeners and what bounds them.

use std::net::SocketAddr;
use std::time::Duration;

use url::Url;

use super::{HOUR, KIB, MIB, MINUTE, TENTH};
use crate::config::key::{DurationRange, Key, KeyDef};

pub(crate) const BIND: Key<SocketAddr> = Key::address(
    "server.bind",
    "Address and port of the API. Port 0 takes a free one, in dev and test.",
)
.default("127.0.0.1:8080");
pub(crate) const MANAGEMENT_BIND: Key<SocketAddr> = Key::address(
    "server.management_bind",
    "Address and port of `/livez`, `/readyz` and `/metrics`. Port 0 takes a free one, in dev and test.",
)
.default("127.0.0.1:9090");
pub(crate) const PUBLIC_URL: Key<Url> = Key::base_url(
    "server.public_url",
    "The address clients use; metadata, documents and Host checks are made from it. Required in staging, uat and prod.",
)
.derived("http://<server.bind> in dev and test, on loopback where that is every address; none elsewhere");
pub(crate) const BODY_LIMIT: Key<u64> = Key::size(
    "server.body_limit",
    KIB,
    64 * MIB,
    "Largest request body the server reads. Larger bodies get 413.",
)
.default("1MiB");
pub(crate) const REQUEST_TIMEOUT: Key<Duration> = Key::duration(
    "server.request_timeout",
    DurationRange::new(TENTH, Duration::from_secs(600)),
    "Longest time a request may take, its body included.",
)
.default("30s");
pub(crate) const HEADER_TIMEOUT: Key<Duration> = Key::duration(
    "server.header_timeout",
    DurationRange::new(TENTH, MINUTE),
    "Longest time a client may take to send the head of a request.",
)
.default("10s");
pub(crate) const IDLE_TIMEOUT: Key<Duration> = Key::duration(
    "server.idle_timeout",
    DurationRange::new(TENTH, HOUR),
    "How long a connection may stay idle between two requests, or with a client that does not read its answer. Longer than \
     a proxy in front keeps its own, or requests are lost.",
)
.default("75s");
pub(crate) const SHUTDOWN_GRACE: Key<Duration> = Key::duration(
    "server.shutdown_grace",
    DurationRange::new(Duration::ZERO, Duration::from_secs(600)),
    "How long requests in flight may take once the server stops accepting.",
)
.default("20s");
pub(crate) const DRAIN_DELAY: Key<Duration> = Key::duration(
    "server.drain_delay",
    DurationRange::new(Duration::ZERO, Duration::from_secs(300)),
    "How long the server goes on accepting, not ready, after SIGTERM, so that load balancers look away first.",
)
.by_environment("0s", "5s", "5s");
pub(crate) const MAX_CONNECTIONS: Key<u64> = Key::count(
    "server.max_connections",
    1,
    1_000_000,
    "Most connections open at once; further ones wait to be accepted.",
)
.default("4096");
pub(crate) const MAX_CONNECTIONS_PER_ADDRESS: Key<u64> = Key::count(
    "server.max_connections_per_address",
    1,
    1_000_000,
    "Most connections of one address, an IPv6 one counted by its /64; further ones are closed at once. It is the address that \
     connects, whatever `X-Forwarded-For` says.",
)
.derived("a quarter of server.max_connections, at least 64; none where server.trusted_hops is not 0");
pub(crate) const TRUSTED_HOPS: Key<u64> = Key::count(
    "server.trusted_hops",
    0,
    10,
    "Proxies in front of the server that append to `X-Forwarded-For`: so many entries of it are believed, from the right. \
     0 takes the address of the connection.",
)
.default("0");

/// In the order operators read them.
pub(super) const SERVER_KEYS: &[KeyDef] = &[
    BIND.def,
    MANAGEMENT_BIND.def,
    PUBLIC_URL.def,
    BODY_LIMIT.def,
    REQUEST_TIMEOUT.def,
    HEADER_TIMEOUT.def,
    IDLE_TIMEOUT.def,
    SHUTDOWN_GRACE.def,
    DRAIN_DELAY.def,
    MAX_CONNECTIONS.def,
    MAX_CONNECTIONS_PER_ADDRESS.def,
    TRUSTED_HOPS.def,
];
