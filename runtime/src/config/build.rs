//! [`RawConfig`] to [`Config`], once nothing is wrong any more.
//!
//! Invariant: called only without problems, so a key with a default always has a value; what is derived from
//! other keys is derived here.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU32;

use uuid::Uuid;

use super::derived;
use super::downstream_api;
use super::key::Key;
use super::key_vault::RefreshConfig;
use super::keys;
use super::merge::{Outcome, RawConfig};
use super::otlp;
use super::parse;
use super::sections::{
    AppValues, AuthenticationConfig, ClientCredentialConfig, Config, CorsConfig, DocsAccess,
    DocsConfig, DownstreamConfig, FailureSpikeConfig, GuestPolicy, Key256, KeysConfig, LogFormat,
    McpConfig, PocConfig, RateLimitConfig, SecretText, ServerConfig, TelemetryConfig,
    VerdictCacheConfig,
};
use super::value::{FromValue, Value};

/// Builds the finished configuration.
pub(crate) fn build(raw: &RawConfig) -> Config {
    Config {
        environment: raw.environment,
        server: build_server(raw),
        authentication: build_authentication(raw),
        managed_identity_client_id: raw.get(&keys::MANAGED_IDENTITY_CLIENT_ID),
        downstream: DownstreamConfig {
            scopes: build_downstream_scopes(raw),
            credential: build_client_credential(raw),
        },
        cors: CorsConfig {
            allowed_origins: distinct(take(raw, &keys::ALLOWED_ORIGINS)),
        },
        mcp: McpConfig {
            enabled: take(raw, &keys::MCP_ENABLED),
            resource: raw.get(&keys::MCP_RESOURCE),
            wait_timeout: take(raw, &keys::MCP_WAIT_TIMEOUT),
            result_limit_bytes: size(raw, &keys::MCP_RESULT_LIMIT),
            confirmation_key: raw
                .get(&keys::MCP_CONFIRMATION_KEY)
                .and_then(|SecretText(text)| parse::parse_key_256(&text).ok().map(Key256)),
            confirmation_lifetime: take(raw, &keys::MCP_CONFIRMATION_LIFETIME),
        },
        docs: DocsConfig {
            access: match take(raw, &keys::DOCS_ACCESS).as_str() {
                "public" => DocsAccess::Public,
                "signed_in" => DocsAccess::SignedIn,
                _ => DocsAccess::Off,
            },
            swagger_client_id: raw.get(&keys::SWAGGER_CLIENT_ID),
            persist_token: take(raw, &keys::PERSIST_TOKEN),
        },
        rate_limit: RateLimitConfig {
            enabled: take(raw, &keys::RATE_LIMIT_ENABLED),
            per_second: rate(raw, &keys::RATE_LIMIT_PER_SECOND),
            burst: rate(raw, &keys::RATE_LIMIT_BURST),
            address_factor: rate(raw, &keys::RATE_LIMIT_ADDRESS_FACTOR),
            waiting_per_caller: rate(raw, &keys::RATE_LIMIT_WAITING),
        },
        telemetry: TelemetryConfig {
            log_format: match take(raw, &keys::LOG_FORMAT).as_str() {
                "pretty" => LogFormat::Pretty,
                _ => LogFormat::Json,
            },
            log_level: take(raw, &keys::LOG_LEVEL),
            audit_key: raw.get(&keys::AUDIT_KEY),
            failure_spike: FailureSpikeConfig {
                window: take(raw, &keys::FAILURE_SPIKE_WINDOW),
                percent: take(raw, &keys::FAILURE_SPIKE_PERCENT),
                floor: take(raw, &keys::FAILURE_SPIKE_FLOOR),
            },
            otlp: otlp::build(raw),
        },
        app: build_app(raw),
        refresh: RefreshConfig::build(raw),
    }
}

fn build_server(raw: &RawConfig) -> ServerConfig {
    ServerConfig {
        bind: take(raw, &keys::BIND),
        management_bind: take(raw, &keys::MANAGEMENT_BIND),
        public_url: raw.get(&keys::PUBLIC_URL),
        body_limit_bytes: size(raw, &keys::BODY_LIMIT),
        request_timeout: take(raw, &keys::REQUEST_TIMEOUT),
        header_timeout: take(raw, &keys::HEADER_TIMEOUT),
        idle_timeout: take(raw, &keys::IDLE_TIMEOUT),
        shutdown_grace: take(raw, &keys::SHUTDOWN_GRACE),
        drain_delay: take(raw, &keys::DRAIN_DELAY),
        max_connections: size(raw, &keys::MAX_CONNECTIONS),
        max_connections_per_address: raw
            .get(&keys::MAX_CONNECTIONS_PER_ADDRESS)
            .or_else(|| derived::max_connections_per_address(raw))
            .and_then(|most| u32::try_from(most).ok())
            .and_then(NonZeroU32::new),
        trusted_hops: size(raw, &keys::TRUSTED_HOPS),
    }
}

fn build_authentication(raw: &RawConfig) -> AuthenticationConfig {
    let authority = take(raw, &keys::AUTHORITY);
    let tenant_id = raw.get(&keys::TENANT_ID).unwrap_or(Uuid::nil());
    let client_id = raw.get(&keys::CLIENT_ID).unwrap_or(Uuid::nil());
    let issuer = raw
        .get(&keys::ISSUER)
        .or_else(|| derived::issuer(raw))
        .expect("the authority has a default that parses, and no problem was found");
    AuthenticationConfig {
        required: take(raw, &keys::REQUIRED),
        issuer,
        authority,
        tenant_id,
        client_id,
        app_id_uris: raw
            .get(&keys::APP_ID_URIS)
            .map_or_else(|| derived::app_id_uris(client_id), distinct),
        accept_v1_tokens: take(raw, &keys::ACCEPT_V1_TOKENS),
        clock_skew: take(raw, &keys::CLOCK_SKEW),
        roles: raw.get(&keys::ROLES),
        allowed_clients: set(raw, &keys::ALLOWED_CLIENTS),
        guests: match take(raw, &keys::GUESTS).as_str() {
            "allow" => GuestPolicy::Allow,
            _ => GuestPolicy::Deny,
        },
        poc: PocConfig {
            roles: set(raw, &keys::POC_ROLES),
            scopes: set(raw, &keys::POC_SCOPES),
        },
        keys: KeysConfig {
            refresh: take(raw, &keys::KEYS_REFRESH),
            cooldown: take(raw, &keys::KEYS_COOLDOWN),
            lifetime: take(raw, &keys::KEYS_LIFETIME),
            timeout: take(raw, &keys::KEYS_TIMEOUT),
            app_specific: take(raw, &keys::KEYS_APP_SPECIFIC),
        },
        verdict_cache: VerdictCacheConfig {
            capacity: size(raw, &keys::VERDICT_CACHE_CAPACITY),
            max_age: take(raw, &keys::VERDICT_CACHE_MAX_AGE),
        },
    }
}

/// The credential that is chosen, or the first in the order of preference for which everything is there: the fewer
/// lasting secrets, the better.
pub(super) fn build_client_credential(raw: &RawConfig) -> Option<ClientCredentialConfig> {
    let federated_token = || {
        let path = raw.get(&keys::FEDERATED_TOKEN_FILE)?;
        Some(ClientCredentialConfig::FederatedToken(path.into()))
    };
    let managed_identity = || {
        let endpoint = raw.get(&keys::IDENTITY_ENDPOINT);
        let header = raw.get(&keys::IDENTITY_HEADER);
        Some(ClientCredentialConfig::ManagedIdentity {
            client_id: raw.get(&keys::MANAGED_IDENTITY_CLIENT_ID)?,
            endpoint: endpoint.zip(header),
        })
    };
    let certificate = || {
        let pem = raw.get(&keys::CLIENT_CERTIFICATE)?;
        Some(ClientCredentialConfig::Certificate(pem))
    };
    let secret = || {
        let secret = raw.get(&keys::CLIENT_SECRET)?;
        Some(ClientCredentialConfig::Secret(secret))
    };
    match raw.get(&keys::CLIENT_CREDENTIAL).as_deref() {
        Some("federated_token") => federated_token(),
        Some("managed_identity") => managed_identity(),
        Some("certificate") => certificate(),
        Some(_) => secret(),
        None => federated_token()
            .or_else(managed_identity)
            .or_else(certificate)
            .or_else(secret),
    }
}

fn build_downstream_scopes(raw: &RawConfig) -> BTreeMap<String, Vec<String>> {
    raw.settings()
        .iter()
        .filter_map(|setting| {
            let name = downstream_api::name_in_key(&setting.key.name)?;
            match &setting.outcome {
                Outcome::Value(value) => {
                    let scopes = Vec::<String>::from_value(value)?;
                    Some((name.to_owned(), distinct(scopes)))
                }
                Outcome::Unset | Outcome::Invalid | Outcome::Unread => None,
            }
        })
        .collect()
}

fn build_app(raw: &RawConfig) -> AppValues {
    let values: Vec<(String, Value)> = raw
        .settings()
        .iter()
        .filter_map(|setting| {
            let field = setting.key.name.strip_prefix("app.")?;
            match &setting.outcome {
                Outcome::Value(value) => Some((field.to_owned(), value.clone())),
                Outcome::Unset | Outcome::Invalid | Outcome::Unread => None,
            }
        })
        .collect();
    AppValues::new(values)
}

/// The value of a key that has a default.
fn take<T: FromValue>(raw: &RawConfig, key: &Key<T>) -> T {
    raw.get(key)
        .expect("the key has a default that parses, and no problem was found")
}

fn size(raw: &RawConfig, key: &Key<u64>) -> usize {
    usize::try_from(take(raw, key)).unwrap_or(usize::MAX)
}

fn rate(raw: &RawConfig, key: &Key<u64>) -> NonZeroU32 {
    u32::try_from(take(raw, key))
        .ok()
        .and_then(NonZeroU32::new)
        .expect("the key's range is 1 to 10 000 000")
}

fn set(raw: &RawConfig, key: &Key<Vec<String>>) -> Option<BTreeSet<String>> {
    raw.get(key).map(|items| items.into_iter().collect())
}

/// Drops repetitions and keeps the order.
fn distinct(items: Vec<String>) -> Vec<String> {
    let mut seen = BTreeSet::new();
    items
        .into_iter()
        .filter(|item| seen.insert(item.clone()))
        .collect()
}
