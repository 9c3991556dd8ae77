//! What the tests of this folder share: a configuration, real RSA keys, tokens, and an issuer on port 0.

mod issuer;
mod tokens;

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use portcullis_api_spec::{Assignable, RoleDef, ScopeDef, Vocabulary};
use url::Url;
use uuid::{Uuid, uuid};

pub(super) use issuer::Answer;
pub(crate) use issuer::TestIssuer;
pub(crate) use tokens::{KEY_A, KEY_B, sign_parts};
pub(super) use tokens::{encode, forge};

use super::keys::KeySet;
use crate::caller::TokenLife;

use crate::config::{
    AppValues, AuthenticationConfig, Config, CorsConfig, DocsAccess, DocsConfig, DownstreamConfig,
    Environment, FailureSpikeConfig, GuestPolicy, KeysConfig, LogFormat, McpConfig, PocConfig,
    RateLimitConfig, ServerConfig, TelemetryConfig, VerdictCacheConfig,
};

pub(crate) const TENANT: Uuid = uuid!("a1111111-1111-4111-8111-111111111111");
pub(crate) const CLIENT: Uuid = uuid!("b2222222-2222-4222-8222-222222222222");
pub(super) const MANAGED_IDENTITY: Uuid = uuid!("c3333333-3333-4333-8333-333333333333");
pub(crate) const OBJECT: &str = "d4444444-4444-4444-8444-444444444444";
pub(super) const AUTHORITY: &str = "https://login.microsoftonline.com";
/// The moment at which the tests stand.
pub(crate) const NOW: u64 = 1_800_000_000;

const fn role(name: &'static str, assignable: Assignable) -> RoleDef {
    RoleDef {
        name,
        description: "",
        assignable,
    }
}

pub(crate) const VOCABULARY: Vocabulary = Vocabulary {
    roles: &[
        role("Admin", Assignable::Users),
        role("PM", Assignable::Users),
        role("Viewer", Assignable::Users),
        role("Ingest", Assignable::Applications),
    ],
    scopes: &[ScopeDef {
        name: "user_impersonation",
        description: "",
    }],
};

/// What a caller rests on whose token was signed with key A.
pub(crate) fn token_life(expires_at_unix_seconds: u64) -> TokenLife {
    let keys = KeySet::of_entries(&[KEY_A.jwk()], "", None, None);
    TokenLife {
        expires_at_unix_seconds,
        signing_key: Arc::clone(keys.find("key-a").unwrap()),
    }
}

/// A configuration like that of a test deployment, with Microsoft's authority.
pub(crate) fn config() -> Config {
    let address = ([127, 0, 0, 1], 0).into();
    let hundred = NonZeroU32::new(100).unwrap();
    Config {
        environment: Environment::Test,
        server: ServerConfig {
            bind: address,
            management_bind: address,
            public_url: None,
            body_limit_bytes: 1024,
            request_timeout: Duration::from_secs(5),
            header_timeout: Duration::from_secs(5),
            idle_timeout: Duration::from_secs(5),
            shutdown_grace: Duration::from_secs(5),
            drain_delay: Duration::ZERO,
            max_connections: 100,
            max_connections_per_address: None,
            trusted_hops: 0,
        },
        authentication: authentication_config(),
        managed_identity_client_id: Some(MANAGED_IDENTITY),
        downstream: DownstreamConfig::default(),
        cors: CorsConfig {
            allowed_origins: Vec::new(),
        },
        mcp: McpConfig {
            enabled: true,
            resource: None,
            wait_timeout: Duration::from_secs(60),
            result_limit_bytes: 4 * 1024 * 1024,
            confirmation_key: None,
            confirmation_lifetime: Duration::from_secs(300),
        },
        docs: DocsConfig {
            access: DocsAccess::Off,
            swagger_client_id: None,
            persist_token: false,
        },
        rate_limit: RateLimitConfig {
            enabled: false,
            per_second: hundred,
            burst: hundred,
            address_factor: hundred,
            waiting_per_caller: hundred,
        },
        telemetry: TelemetryConfig {
            log_format: LogFormat::Json,
            log_level: "info".to_owned(),
            audit_key: None,
            failure_spike: FailureSpikeConfig {
                window: Duration::from_secs(60),
                percent: 20,
                floor: 50,
            },
            otlp: None,
        },
        app: AppValues::default(),
        refresh: None,
    }
}

fn authentication_config() -> AuthenticationConfig {
    AuthenticationConfig {
        required: true,
        authority: Url::parse(AUTHORITY).unwrap(),
        issuer: format!("{AUTHORITY}/{TENANT}/v2.0"),
        tenant_id: TENANT,
        client_id: CLIENT,
        app_id_uris: vec![format!("api://{CLIENT}")],
        accept_v1_tokens: false,
        clock_skew: Duration::from_secs(60),
        roles: None,
        allowed_clients: None,
        guests: GuestPolicy::Allow,
        poc: PocConfig::default(),
        keys: KeysConfig {
            refresh: Duration::from_secs(3600),
            cooldown: Duration::from_secs(300),
            lifetime: Duration::from_secs(86_400),
            timeout: Duration::from_secs(5),
            app_specific: false,
        },
        verdict_cache: VerdictCacheConfig {
            capacity: 100,
            max_age: Duration::from_secs(300),
        },
    }
}
