//! Every built-in key, declared once: the registry, the typed [`Config`](super::Config), messages and the
//! configuration reference all read it from here. One file a section.
//!
//! Invariant: a constant that is missing in its section's list is unknown to the layers; a test reads every key.

mod authentication;
mod client_credential;
mod rate_limit;
mod server;
mod surfaces;
mod telemetry;
mod vault;

use std::time::Duration;

use super::key::KeyDef;
pub(crate) use authentication::*;
pub(crate) use client_credential::*;
pub(crate) use rate_limit::*;
pub(crate) use server::*;
pub(crate) use surfaces::*;
pub(crate) use telemetry::*;
pub(crate) use vault::*;

const KIB: u64 = 1024;
const MIB: u64 = 1024 * KIB;
const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const TENTH: Duration = Duration::from_millis(100);

/// Every built-in key, in the order operators read them.
pub(crate) fn all() -> impl Iterator<Item = &'static KeyDef> {
    let sections = [
        SERVER_KEYS,
        AUTHENTICATION_KEYS,
        CLIENT_CREDENTIAL_KEYS,
        VAULT_KEYS,
        SURFACES_KEYS,
        RATE_LIMIT_KEYS,
        TELEMETRY_KEYS,
    ];
    sections.into_iter().flatten()
}
