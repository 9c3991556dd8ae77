//! The signing keys of the tenant: where they come from, which of them are usable, and how they stay current.
//!
//! `discovery` checks where the key document lies, `fetch` reads it, `document` keeps its good keys, `store` serves the
//! last good set and decides when to fetch. Invariant: a request whose key is known never waits for a fetch.

mod current;
mod discovery;
mod document;
mod fetch;
mod flight;
#[cfg(any(test, feature = "testing"))]
mod in_process;
mod once;
mod schedule;
mod store;

pub(crate) use current::KeyFetches;
pub(crate) use discovery::is_loopback;
pub(crate) use document::SigningKey;
pub(crate) use fetch::KeyClientError;
pub(super) use fetch::KeyFetcher;
#[cfg(any(test, feature = "testing"))]
pub(crate) use in_process::InProcessDocuments;
#[cfg(test)]
pub(super) use once::KeyFileError;
pub(crate) use store::KeySet;
pub(super) use store::KeyStore;
