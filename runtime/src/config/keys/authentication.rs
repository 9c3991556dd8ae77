//! Keys of `auth`: who is let in, and by which signing keys.

use std::collections::BTreeMap;
use std::time::Duration;

use url::Url;
use uuid::Uuid;

use super::{DAY, HOUR, MINUTE, SECOND, TENTH};
use crate::config::key::{DurationRange, Key, KeyDef};

pub(crate) const REQUIRED: Key<bool> = Key::boolean(
    "auth.required",
    "`false` is POC mode: nobody is authenticated and every caller holds what `auth.poc` says. Only in dev and test.",
)
.default("true")
.procedure_variable("AUTH_REQUIRED");
pub(crate) const AUTHORITY: Key<Url> = Key::base_url(
    "auth.authority",
    "The identity provider. Sovereign clouds have their own; `http` only on loopback in dev and test.",
)
.default("https://login.microsoftonline.com");
pub(crate) const ISSUER: Key<String> = Key::uri(
    "auth.issuer",
    "The `iss` of accepted tokens, compared byte for byte. For External ID, whose issuer host differs from its authority.",
)
.derived("<auth.authority>/<auth.tenant_id>/v2.0");
pub(crate) const TENANT_ID: Key<Uuid> = Key::guid(
    "auth.tenant_id",
    "The Entra tenant whose tokens are accepted. Required while authentication is on.",
)
.procedure_variable("AZURE_TENANT_ID")
.judged_by_guardrail();
pub(crate) const CLIENT_ID: Key<Uuid> = Key::guid(
    "auth.client_id",
    "Client id of the Entra app registration of this API; the audience of its tokens. Required while authentication is on.",
)
.procedure_variable("AZURE_AD_CLIENT_ID")
.judged_by_guardrail();
pub(crate) const APP_ID_URIS: Key<Vec<String>> = Key::uri_list(
    "auth.app_id_uris",
    "App ID URIs, accepted as audience beside the client id. The first one qualifies scopes.",
)
.derived("[\"api://<auth.client_id>\"]");
pub(crate) const ACCEPT_V1_TOKENS: Key<bool> = Key::boolean(
    "auth.accept_v1_tokens",
    "Accepts v1.0 access tokens too, with the v1 issuer of the same tenant.",
)
.default("false");
pub(crate) const CLOCK_SKEW: Key<Duration> = Key::duration(
    "auth.clock_skew",
    DurationRange::new(Duration::ZERO, Duration::from_secs(300)),
    "How far the clocks of issuer and server may differ.",
)
.default("60s");
pub(crate) const ROLES: Key<BTreeMap<String, String>> = Key::table(
    "auth.roles",
    "Entra app-role value to internal role. When set it replaces the identity map whole.",
)
.derived("every internal role is its own Entra value");
pub(crate) const ALLOWED_CLIENTS: Key<Vec<String>> = Key::guid_list(
    "auth.allowed_clients",
    "Client applications (`azp`) whose tokens are accepted.",
)
.derived("any");
pub(crate) const GUESTS: Key<String> = Key::choice(
    "auth.guests",
    &["allow", "deny"],
    "Whether guests of the tenant are admitted like members. Without the claim `acct`, whoever another provider signed in (`idp`) is one.",
)
.default("allow");
pub(crate) const POC_ROLES: Key<Vec<String>> =
    Key::text_list("auth.poc.roles", "Roles the caller of POC mode holds.")
        .derived("every declared role");
pub(crate) const POC_SCOPES: Key<Vec<String>> =
    Key::text_list("auth.poc.scopes", "Scopes the caller of POC mode holds.")
        .derived("every scope");
pub(crate) const KEYS_REFRESH: Key<Duration> = Key::duration(
    "auth.keys.refresh",
    DurationRange::new(MINUTE, DAY).or_locally(TENTH),
    "How often signing keys are fetched again.",
)
.default("1h");
pub(crate) const KEYS_COOLDOWN: Key<Duration> = Key::duration(
    "auth.keys.cooldown",
    DurationRange::new(Duration::from_secs(10), HOUR).or_locally(Duration::from_millis(10)),
    "Shortest time between two fetches that an unknown key id causes.",
)
.default("5min");
pub(crate) const KEYS_LIFETIME: Key<Duration> = Key::duration(
    "auth.keys.lifetime",
    DurationRange::new(HOUR, Duration::from_secs(7 * 24 * 60 * 60)).or_locally(TENTH),
    "How long the last good signing keys serve while the identity provider is down.",
)
.default("24h");
pub(crate) const KEYS_TIMEOUT: Key<Duration> = Key::duration(
    "auth.keys.timeout",
    DurationRange::new(SECOND, MINUTE).or_locally(Duration::from_millis(10)),
    "Longest time one fetch of signing keys may take, with all documents that it reads; and so the longest that a call waits for one.",
)
.default("5s");
pub(crate) const KEYS_APP_SPECIFIC: Key<bool> = Key::boolean(
    "auth.keys.app_specific",
    "Asks for the key document with `?appid=<auth.client_id>`, for registrations with custom signing keys.",
)
.default("false");
pub(crate) const VERDICT_CACHE_CAPACITY: Key<u64> = Key::count(
    "auth.verdict_cache.capacity",
    0,
    1_000_000,
    "How many verified tokens are remembered, so that the next request with one costs no signature check; 0 for none.",
)
.default("10000");
pub(crate) const VERDICT_CACHE_MAX_AGE: Key<Duration> = Key::duration(
    "auth.verdict_cache.max_age",
    DurationRange::new(SECOND, Duration::from_secs(5 * 60)),
    "How long a verified token is remembered at most. Its own times are checked on every request.",
)
.default("5min");

/// In the order operators read them.
pub(super) const AUTHENTICATION_KEYS: &[KeyDef] = &[
    REQUIRED.def,
    AUTHORITY.def,
    ISSUER.def,
    TENANT_ID.def,
    CLIENT_ID.def,
    APP_ID_URIS.def,
    ACCEPT_V1_TOKENS.def,
    CLOCK_SKEW.def,
    ROLES.def,
    ALLOWED_CLIENTS.def,
    GUESTS.def,
    POC_ROLES.def,
    POC_SCOPES.def,
    KEYS_REFRESH.def,
    KEYS_COOLDOWN.def,
    KEYS_LIFETIME.def,
    KEYS_TIMEOUT.def,
    KEYS_APP_SPECIFIC.def,
    VERDICT_CACHE_CAPACITY.def,
    VERDICT_CACHE_MAX_AGE.def,
];
