//! One struct a section; every value already parsed, in range and normalised.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use url::Url;
use uuid::Uuid;

use super::key_vault::RefreshConfig;
use super::value::Value;

/// Which deployment this is (`APP_ENV`). Unset counts as `prod`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Environment {
    /// A developer's machine.
    Dev,
    /// Automated tests.
    Test,
    /// Shared integration.
    Staging,
    /// User acceptance.
    Uat,
    /// Production.
    Prod,
}

impl Environment {
    /// Every environment, from a developer's machine to production.
    pub(crate) const ALL: [Environment; 5] = [
        Environment::Dev,
        Environment::Test,
        Environment::Staging,
        Environment::Uat,
        Environment::Prod,
    ];

    /// Finds an environment by its exact spelling; `None` for every other text.
    #[must_use]
    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|environment| environment.as_str() == text)
    }

    /// The spelling of `APP_ENV`.
    #[must_use]
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Environment::Dev => "dev",
            Environment::Test => "test",
            Environment::Staging => "staging",
            Environment::Uat => "uat",
            Environment::Prod => "prod",
        }
    }

    /// Says whether this is `dev` or `test`, where authentication may be off and loopback `http` is allowed.
    #[must_use]
    pub(crate) const fn is_local(self) -> bool {
        matches!(self, Environment::Dev | Environment::Test)
    }
}

/// The finished configuration.
#[derive(Debug, Clone)]
pub(crate) struct Config {
    /// `APP_ENV`.
    pub(crate) environment: Environment,
    /// `server.*`
    pub(crate) server: ServerConfig,
    /// `auth.*`
    pub(crate) authentication: AuthenticationConfig,
    /// `azure.managed_identity_client_id` (`AZURE_CLIENT_ID`).
    pub(crate) managed_identity_client_id: Option<Uuid>,
    /// `downstream.*` and the credential of this API
    pub(crate) downstream: DownstreamConfig,
    /// `cors.*`
    pub(crate) cors: CorsConfig,
    /// `mcp.*`
    pub(crate) mcp: McpConfig,
    /// `docs.*`
    pub(crate) docs: DocsConfig,
    /// `rate_limit.*`
    pub(crate) rate_limit: RateLimitConfig,
    /// `telemetry.*`
    pub(crate) telemetry: TelemetryConfig,
    /// `app.*`: the application's own settings.
    pub(crate) app: AppValues,
    /// What of Key Vault is read again while running (`key_vault.refresh`). `None`: nothing.
    pub(crate) refresh: Option<RefreshConfig>,
}

/// `app.*`: the application's own settings, by field name.
///
/// # Security
/// `Debug` prints field names only: a database URL carries a password.
#[derive(Clone, Default, PartialEq)]
pub struct AppValues {
    values: Vec<(String, Value)>,
}

impl AppValues {
    pub(crate) fn new(values: Vec<(String, Value)>) -> Self {
        Self { values }
    }

    /// The value of `app.<field>`; `None` for a field that is unset or was never declared.
    pub(crate) fn get(&self, field: &str) -> Option<&Value> {
        let mut values = self.values.iter();
        let (_, value) = values.find(|(name, _)| name == field)?;
        Some(value)
    }
}

impl fmt::Debug for AppValues {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fields = self.values.iter().map(|(field, _)| field);
        formatter.debug_set().entries(fields).finish()
    }
}

/// `server.*`
#[derive(Debug, Clone)]
pub(crate) struct ServerConfig {
    /// `server.bind`; port 0 takes a free one.
    pub(crate) bind: SocketAddr,
    /// `server.management_bind`; port 0 takes a free one.
    pub(crate) management_bind: SocketAddr,
    /// `server.public_url`, without a trailing slash, but for the one that a bare [`Url`] always prints. `None` only in dev and test: the bound address stands for it.
    pub(crate) public_url: Option<Url>,
    /// `server.body_limit`
    pub(crate) body_limit_bytes: usize,
    /// `server.request_timeout`
    pub(crate) request_timeout: Duration,
    /// `server.header_timeout`
    pub(crate) header_timeout: Duration,
    /// `server.idle_timeout`
    pub(crate) idle_timeout: Duration,
    /// `server.shutdown_grace`: how long requests in flight may take once the server stops accepting.
    pub(crate) shutdown_grace: Duration,
    /// `server.drain_delay`: how long the server goes on accepting, not ready, after SIGTERM.
    pub(crate) drain_delay: Duration,
    /// `server.max_connections`
    pub(crate) max_connections: usize,
    /// `server.max_connections_per_address`; `None` for any number.
    pub(crate) max_connections_per_address: Option<NonZeroU32>,
    /// `server.trusted_hops`: proxies whose `X-Forwarded-For` entries are believed.
    pub(crate) trusted_hops: usize,
}

/// `auth.*`
#[derive(Debug, Clone)]
pub(crate) struct AuthenticationConfig {
    /// `auth.required` (`AUTH_REQUIRED`); `false` is POC mode.
    pub(crate) required: bool,
    /// `auth.authority`, without a trailing slash, but for the one that a bare [`Url`] always prints.
    pub(crate) authority: Url,
    /// `auth.issuer`, compared byte for byte with `iss`.
    pub(crate) issuer: String,
    /// `auth.tenant_id` (`AZURE_TENANT_ID`). The nil GUID only in POC mode without a tenant.
    pub(crate) tenant_id: Uuid,
    /// `auth.client_id` (`AZURE_AD_CLIENT_ID`). The nil GUID only in POC mode without a registration.
    pub(crate) client_id: Uuid,
    /// `auth.app_id_uris`: accepted as audience beside the client id; the first one qualifies scopes.
    pub(crate) app_id_uris: Vec<String>,
    /// `auth.accept_v1_tokens`
    pub(crate) accept_v1_tokens: bool,
    /// `auth.clock_skew`
    pub(crate) clock_skew: Duration,
    /// `auth.roles`: Entra app-role value -> internal role. `None` is the identity map.
    pub(crate) roles: Option<BTreeMap<String, String>>,
    /// `auth.allowed_clients`: `azp` values. `None` admits any.
    pub(crate) allowed_clients: Option<BTreeSet<String>>,
    /// `auth.guests`
    pub(crate) guests: GuestPolicy,
    /// `auth.poc.*`
    pub(crate) poc: PocConfig,
    /// `auth.keys.*`
    pub(crate) keys: KeysConfig,
    pub(crate) verdict_cache: VerdictCacheConfig,
}

/// `auth.guests`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum GuestPolicy {
    /// Guests are admitted like members.
    Allow,
    /// Guests are refused.
    Deny,
}

/// `auth.poc.*`: what the POC caller holds. `None` is all declared.
#[derive(Debug, Clone, Default)]
pub(crate) struct PocConfig {
    /// `auth.poc.roles`
    pub(crate) roles: Option<BTreeSet<String>>,
    /// `auth.poc.scopes`
    pub(crate) scopes: Option<BTreeSet<String>>,
}

/// `auth.keys.*`
#[derive(Debug, Clone)]
pub(crate) struct KeysConfig {
    /// `auth.keys.refresh`
    pub(crate) refresh: Duration,
    /// `auth.keys.cooldown`
    pub(crate) cooldown: Duration,
    /// `auth.keys.lifetime`
    pub(crate) lifetime: Duration,
    /// `auth.keys.timeout`
    pub(crate) timeout: Duration,
    /// `auth.keys.app_specific`
    pub(crate) app_specific: bool,
}

/// `auth.verdict_cache.*`
#[derive(Debug, Clone, Copy)]
pub(crate) struct VerdictCacheConfig {
    /// `auth.verdict_cache.capacity`
    pub(crate) capacity: usize,
    /// `auth.verdict_cache.max_age`
    pub(crate) max_age: Duration,
}

/// `downstream.*`: the APIs that are called for users. Empty: no caller's token is kept.
#[derive(Debug, Clone, Default)]
pub(crate) struct DownstreamConfig {
    /// `downstream.<name>.scopes`, by name.
    pub(crate) scopes: BTreeMap<String, Vec<String>>,
    /// `auth.client_credential` and what belongs to it; `None` when nothing is set.
    pub(crate) credential: Option<ClientCredentialConfig>,
}

/// How this API proves who it is to the authority.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ClientCredentialConfig {
    /// `auth.federated_token_file`: a token of a cluster stands for the app registration.
    FederatedToken(PathBuf),
    /// A token of the managed identity stands for the app registration.
    ManagedIdentity {
        client_id: Uuid,
        /// `azure.identity_endpoint` and `azure.identity_header`; `None` is the instance metadata service.
        endpoint: Option<(Url, SecretText)>,
    },
    /// `auth.client_certificate`, in PEM.
    Certificate(SecretText),
    /// `auth.client_secret`
    Secret(SecretText),
}

/// A text that is never shown.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct SecretText(pub(crate) String);

impl fmt::Debug for SecretText {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("(secret)")
    }
}

/// A key of 256 bits that is never shown.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Key256(pub(crate) [u8; 32]);

impl fmt::Debug for Key256 {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("(secret)")
    }
}

/// `cors.*`
#[derive(Debug, Clone)]
pub(crate) struct CorsConfig {
    /// `cors.allowed_origins`, canonical.
    pub(crate) allowed_origins: Vec<String>,
}

/// `mcp.*`
#[derive(Debug, Clone)]
pub(crate) struct McpConfig {
    /// `mcp.enabled`
    pub(crate) enabled: bool,
    /// `mcp.resource`. `None`: `<public_url>/api/v1/mcp`.
    pub(crate) resource: Option<Url>,
    /// `mcp.wait_timeout`
    pub(crate) wait_timeout: Duration,
    /// `mcp.result_limit`
    pub(crate) result_limit_bytes: usize,
    /// `mcp.confirmation_key`
    pub(crate) confirmation_key: Option<Key256>,
    /// `mcp.confirmation_lifetime`
    pub(crate) confirmation_lifetime: Duration,
}

/// `docs.*`
#[derive(Debug, Clone)]
pub(crate) struct DocsConfig {
    /// `docs.access`
    pub(crate) access: DocsAccess,
    /// `docs.swagger_client_id`
    pub(crate) swagger_client_id: Option<Uuid>,
    /// `docs.persist_token`
    pub(crate) persist_token: bool,
}

/// `docs.access`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DocsAccess {
    /// Anyone.
    Public,
    /// Any verified caller.
    SignedIn,
    /// Nobody: the routes are not there.
    Off,
}

/// `rate_limit.*`
#[derive(Debug, Clone)]
pub(crate) struct RateLimitConfig {
    /// `rate_limit.enabled`
    pub(crate) enabled: bool,
    /// `rate_limit.per_second`, per caller.
    pub(crate) per_second: NonZeroU32,
    /// `rate_limit.burst`, per caller.
    pub(crate) burst: NonZeroU32,
    /// `rate_limit.address_factor`: how many times a caller's burst one address has.
    pub(crate) address_factor: NonZeroU32,
    /// `rate_limit.waiting_per_caller`: open event streams and waiting tool calls.
    pub(crate) waiting_per_caller: NonZeroU32,
}

/// `telemetry.*`
#[derive(Debug, Clone)]
pub(crate) struct TelemetryConfig {
    /// `telemetry.log_format`
    pub(crate) log_format: LogFormat,
    /// `telemetry.log_level`: a `tracing` filter such as `info` or `portcullis=debug`.
    pub(crate) log_level: String,
    /// `telemetry.audit_key`
    pub(crate) audit_key: Option<SecretText>,
    /// `telemetry.failure_spike.*`
    pub(crate) failure_spike: FailureSpikeConfig,
    /// `telemetry.otlp.*`; `None`: nothing is sent.
    pub(crate) otlp: Option<OtlpConfig>,
}

/// `telemetry.failure_spike.*`
#[derive(Debug, Clone, Copy)]
pub(crate) struct FailureSpikeConfig {
    /// `telemetry.failure_spike.window`
    pub(crate) window: Duration,
    /// `telemetry.failure_spike.percent`
    pub(crate) percent: u64,
    /// `telemetry.failure_spike.floor`
    pub(crate) floor: u64,
}

/// Where traces and metrics are sent, and what goes with them.
#[derive(Debug, Clone)]
pub(crate) struct OtlpConfig {
    /// `telemetry.otlp.endpoint`
    pub(crate) endpoint: Url,
    /// `telemetry.otlp.headers`
    pub(crate) headers: Vec<(String, SecretText)>,
    /// `telemetry.otlp.interval`
    pub(crate) interval: Duration,
    /// `telemetry.service_name`
    pub(crate) service_name: Option<String>,
    /// `telemetry.resource_attributes`
    pub(crate) resource_attributes: Vec<(String, String)>,
    /// `telemetry.traces.*`
    pub(crate) sampler: TraceSampler,
}

/// `telemetry.traces.sampler`, with its argument.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum TraceSampler {
    AlwaysOn,
    AlwaysOff,
    /// This part of all traces, 0 to 1.
    Ratio(f64),
    ParentOrAlwaysOn,
    ParentOrAlwaysOff,
    ParentOrRatio(f64),
}

/// `telemetry.log_format`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LogFormat {
    /// One JSON object a line.
    Json,
    /// For people.
    Pretty,
}
