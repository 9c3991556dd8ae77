//! Configuration: from layers of text to one immutable, typed, checked [`Config`].
//!
//! A setting flows `registry (declared once) -> layers (defaults, default.toml, <env>.toml, Key Vault, variables, flags)
//! -> figment merge -> RawConfig -> guardrails -> Config`. Every layer stays apart, so that each value knows its
//! origin and what it shadows, and every problem is reported at once.
//!
//! Invariant: only `environment.rs` reads the process environment, nothing reads it after [`Config::load`],
//! and no port is bound before it.

mod app_setting;
mod build;
mod checks;
mod derived;
mod downstream_api;
mod environment;
mod finding;
mod guardrails;
mod key;
mod key_vault;
mod keys;
mod layer;
mod load;
mod merge;
mod origin;
mod otlp;
mod parse;
mod reference;
mod registry;
mod report;
mod secret_shape;
mod sections;
mod value;

#[cfg(test)]
mod tests;

pub use app_setting::{AppSetting, SettingBound, SettingValue, Settings};
pub(crate) use derived::reachable_at;
pub use downstream_api::DownstreamApi;
pub(crate) use environment::{find_config_dir, read_environment, read_secret_file};
pub(crate) use finding::{ConfigError, Finding};
pub(crate) use guardrails::render_markdown as render_guardrails;
pub(crate) use key_vault::{RefreshConfig, VaultAccess};
pub(crate) use keys::CLIENT_SECRET;
pub(crate) use load::{ConfigSources, Flag, Inspection, Loaded};
pub(crate) use reference::{render_dotenv, render_page, render_schema};
pub(crate) use registry::Registry;
pub(crate) use report::{
    Comparison, Explanation, render_check, render_check_all, render_check_json,
};
pub use sections::AppValues;
pub(crate) use sections::{
    AuthenticationConfig, ClientCredentialConfig, Config, DocsAccess, Environment,
    FailureSpikeConfig, GuestPolicy, Key256, KeysConfig, LogFormat, McpConfig, OtlpConfig,
    RateLimitConfig, SecretText, ServerConfig, TelemetryConfig, TraceSampler, VerdictCacheConfig,
};
/// Sections that only tests name, to write a configuration out.
#[cfg(test)]
pub(crate) use sections::{CorsConfig, DocsConfig, DownstreamConfig, PocConfig};
