//! One struct a section; every value already parsed, in range and normalised.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use url::Url;
use uuid::Uuid;

/// Which deployment this is (`APP_ENV`). Unset counts as `prod`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Environment {
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
    pub const ALL: [Environment; 5] = [
        Environment::Dev,
        Environment::Test,
        Environment::Staging,
        Environment::Uat,
        Environment::Prod,
    ];

    /// Finds an environment by its exact spelling; `None` for every other text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|environment| environment.as_str() == text)
    }

    /// The spelling of `APP_ENV`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
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
    pub const fn is_local(self) -> bool {
        matches!(self, Environment::Dev | Environment::Test)
    }
}

/// The finished configuration.
#[derive(Debug, Clone)]
pub struct Config {
    /// `APP_ENV`.
    pub environment: Environment,
    /// `server.*`
    pub server: ServerConfig,
    /// `auth.*`
    pub authentication: AuthenticationConfig,
    /// `azure.managed_identity_client_id` (`AZURE_CLIENT_ID`).
    pub managed_identity_client_id: Option<Uuid>,
    /// `cors.*`
    pub cors: CorsConfig,
    /// `mcp.*`
    pub mcp: McpConfig,
    /// `docs.*`
    pub docs: DocsConfig,
    /// `rate_limit.*`
    pub rate_limit: RateLimitConfig,
    /// `telemetry.*`
    pub telemetry: TelemetryConfig,
    /// `app.*`: the application's own settings.
    pub app: AppValues,
}

/// `app.*`: the application's own settings, by field name, as text.
///
/// # Security
/// `Debug` prints field names only: a database URL carries a password.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct AppValues {
    values: BTreeMap<String, String>,
}

impl AppValues {
    pub(crate) fn new(values: BTreeMap<String, String>) -> Self {
        Self { values }
    }

    /// The value of `app.<field>`; `None` only for a field that was never declared.
    #[must_use]
    pub fn get(&self, field: &str) -> Option<&str> {
        self.values.get(field).map(String::as_str)
    }
}

impl fmt::Debug for AppValues {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_set().entries(self.values.keys()).finish()
    }
}

/// `server.*`
#[derive(Debug, Clone)]
pub struct ServerConfig {
    /// `server.bind`; port 0 takes a free one.
    pub bind: SocketAddr,
    /// `server.management_bind`; port 0 takes a free one.
    pub management_bind: SocketAddr,
    /// `server.public_url`. [`ServerConfig::public_base`] is its text to build addresses from. `None` only in dev and test: the bound address stands for it.
    pub public_url: Option<Url>,
    /// `server.body_limit`
    pub body_limit_bytes: usize,
    /// `server.request_timeout`
    pub request_timeout: Duration,
    /// `server.header_timeout`
    pub header_timeout: Duration,
    /// `server.shutdown_grace`: how long requests in flight may take once the server stops accepting.
    pub shutdown_grace: Duration,
    /// `server.drain_delay`: how long the server goes on accepting, not ready, after SIGTERM.
    pub drain_delay: Duration,
    /// `server.max_connections`
    pub max_connections: usize,
}

impl ServerConfig {
    /// The public address without a trailing slash (a bare [`Url`] always prints one).
    #[must_use]
    pub fn public_base(&self) -> Option<&str> {
        self.public_url
            .as_ref()
            .map(|url| url.as_str().trim_end_matches('/'))
    }
}

/// `auth.*`
#[derive(Debug, Clone)]
pub struct AuthenticationConfig {
    /// `auth.required` (`AUTH_REQUIRED`); `false` is POC mode.
    pub required: bool,
    /// `auth.authority`. [`AuthenticationConfig::authority_base`] is its text to build addresses from.
    pub authority: Url,
    /// `auth.issuer`, compared byte for byte with `iss`.
    pub issuer: String,
    /// `auth.tenant_id` (`AZURE_TENANT_ID`). The nil GUID only in POC mode without a tenant.
    pub tenant_id: Uuid,
    /// `auth.client_id` (`AZURE_AD_CLIENT_ID`). The nil GUID only in POC mode without a registration.
    pub client_id: Uuid,
    /// `auth.app_id_uris`: accepted as audience beside the client id; the first one qualifies scopes.
    pub app_id_uris: Vec<String>,
    /// `auth.accept_v1_tokens`
    pub accept_v1_tokens: bool,
    /// `auth.clock_skew`
    pub clock_skew: Duration,
    /// `auth.roles`: Entra app-role value -> internal role. `None` is the identity map.
    pub roles: Option<BTreeMap<String, String>>,
    /// `auth.allowed_clients`: `azp` values. `None` admits any.
    pub allowed_clients: Option<BTreeSet<String>>,
    /// `auth.guests`
    pub guests: GuestPolicy,
    /// `auth.poc.*`
    pub poc: PocConfig,
    /// `auth.keys.*`
    pub keys: KeysConfig,
}

impl AuthenticationConfig {
    /// The authority without a trailing slash (a bare [`Url`] always prints one).
    #[must_use]
    pub fn authority_base(&self) -> &str {
        self.authority.as_str().trim_end_matches('/')
    }
}

/// `auth.guests`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GuestPolicy {
    /// Guests are admitted like members.
    Allow,
    /// Guests are refused.
    Deny,
}

/// `auth.poc.*`: what the POC caller holds. `None` is all declared.
#[derive(Debug, Clone, Default)]
pub struct PocConfig {
    /// `auth.poc.roles`
    pub roles: Option<BTreeSet<String>>,
    /// `auth.poc.scopes`
    pub scopes: Option<BTreeSet<String>>,
}

/// `auth.keys.*`
#[derive(Debug, Clone)]
pub struct KeysConfig {
    /// `auth.keys.refresh`
    pub refresh: Duration,
    /// `auth.keys.cooldown`
    pub cooldown: Duration,
    /// `auth.keys.lifetime`
    pub lifetime: Duration,
    /// `auth.keys.timeout`
    pub timeout: Duration,
    /// `auth.keys.app_specific`
    pub app_specific: bool,
}

/// `cors.*`
#[derive(Debug, Clone)]
pub struct CorsConfig {
    /// `cors.allowed_origins`, canonical.
    pub allowed_origins: Vec<String>,
}

/// `mcp.*`
#[derive(Debug, Clone)]
pub struct McpConfig {
    /// `mcp.enabled`
    pub enabled: bool,
    /// `mcp.resource`. `None`: `<public_url>/api/v1/mcp`.
    pub resource: Option<Url>,
}

/// `docs.*`
#[derive(Debug, Clone)]
pub struct DocsConfig {
    /// `docs.access`
    pub access: DocsAccess,
    /// `docs.swagger_client_id`
    pub swagger_client_id: Option<Uuid>,
}

/// `docs.access`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DocsAccess {
    /// Anyone.
    Public,
    /// Any verified caller.
    SignedIn,
    /// Nobody: the routes are not there.
    Off,
}

/// `rate_limit.*`
#[derive(Debug, Clone)]
pub struct RateLimitConfig {
    /// `rate_limit.enabled`
    pub enabled: bool,
    /// `rate_limit.per_second`, per caller.
    pub per_second: NonZeroU32,
    /// `rate_limit.burst`, per caller.
    pub burst: NonZeroU32,
}

/// `telemetry.*`
#[derive(Debug, Clone)]
pub struct TelemetryConfig {
    /// `telemetry.log_format`
    pub log_format: LogFormat,
    /// `telemetry.log_level`: a `tracing` filter such as `info` or `portcullis=debug`.
    pub log_level: String,
}

/// `telemetry.log_format`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// For people.
    Pretty,
}
