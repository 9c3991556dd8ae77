//! The finished configuration of the desk.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use url::Url;
use uuid::Uuid;

use crate::config::{
    AppValues, AuthenticationConfig, Config, CorsConfig, DocsAccess, DocsConfig, DownstreamConfig,
    Environment, FailureSpikeConfig, GuestPolicy, KeysConfig, LogFormat, McpConfig, PocConfig,
    RateLimitConfig, ServerConfig, TelemetryConfig, VerdictCacheConfig,
};

pub(super) fn config() -> Config {
    let seconds = Duration::from_secs;
    let any = SocketAddr::from(([127, 0, 0, 1], 0));
    let hundred = NonZeroU32::new(100).unwrap();
    Config {
        environment: Environment::Test,
        server: ServerConfig {
            bind: any,
            management_bind: any,
            public_url: None,
            body_limit_bytes: 4096,
            request_timeout: seconds(5),
            header_timeout: seconds(5),
            idle_timeout: seconds(5),
            shutdown_grace: seconds(1),
            drain_delay: seconds(0),
            max_connections: 100,
            max_connections_per_address: None,
            trusted_hops: 0,
        },
        authentication: AuthenticationConfig {
            required: true,
            authority: Url::parse("http://127.0.0.1:1").unwrap(),
            issuer: "http://127.0.0.1:1/tenant/v2.0".to_owned(),
            tenant_id: Uuid::from_u128(1),
            client_id: Uuid::from_u128(9),
            app_id_uris: vec!["api://desk".to_owned()],
            accept_v1_tokens: false,
            clock_skew: seconds(60),
            roles: None,
            allowed_clients: None,
            guests: GuestPolicy::Allow,
            poc: PocConfig::default(),
            keys: KeysConfig {
                refresh: seconds(60),
                cooldown: seconds(60),
                lifetime: seconds(60),
                timeout: seconds(1),
                app_specific: false,
            },
            verdict_cache: VerdictCacheConfig {
                capacity: 100,
                max_age: seconds(60),
            },
        },
        managed_identity_client_id: None,
        downstream: DownstreamConfig::default(),
        cors: CorsConfig {
            allowed_origins: vec!["http://localhost:5173".to_owned()],
        },
        mcp: McpConfig {
            enabled: true,
            resource: None,
            wait_timeout: seconds(20),
            result_limit_bytes: 4 * 1024 * 1024,
            confirmation_key: None,
            confirmation_lifetime: seconds(300),
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
            log_level: "off".to_owned(),
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
