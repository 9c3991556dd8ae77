//! Keys of `rate_limit`.

use crate::config::key::{Key, KeyDef};

pub(crate) const RATE_LIMIT_ENABLED: Key<bool> = Key::boolean(
    "rate_limit.enabled",
    "Limits how often one verified caller may call, over REST and MCP together, and how often one address may fail to \
     authenticate or call public operations.",
)
.default("true");
pub(crate) const RATE_LIMIT_PER_SECOND: Key<u64> = Key::count(
    "rate_limit.per_second",
    1,
    10_000_000,
    "Calls a second one caller may make for long.",
)
.default("100");
pub(crate) const RATE_LIMIT_BURST: Key<u64> = Key::count(
    "rate_limit.burst",
    1,
    10_000_000,
    "Calls one caller may make at once.",
)
.default("200");
pub(crate) const RATE_LIMIT_ADDRESS_FACTOR: Key<u64> = Key::count(
    "rate_limit.address_factor",
    1,
    1000,
    "How many times a caller's burst one address has of failed authentications, and as much of public operations. Raise it \
     where many people call from behind one address.",
)
.default("2");
pub(crate) const RATE_LIMIT_WAITING: Key<u64> = Key::count(
    "rate_limit.waiting_per_caller",
    1,
    10_000,
    "How many event streams and waiting tool calls of one caller may be open at once. Further ones get 429, also where \
     rates are not limited.",
)
.default("32");

/// In the order operators read them.
pub(super) const RATE_LIMIT_KEYS: &[KeyDef] = &[
    RATE_LIMIT_ENABLED.def,
    RATE_LIMIT_PER_SECOND.def,
    RATE_LIMIT_BURST.def,
    RATE_LIMIT_ADDRESS_FACTOR.def,
    RATE_LIMIT_WAITING.def,
];
