//! The finished configuration: immutable, typed, checked. Nothing reads the environment after it is made.

mod sections;

pub use sections::{
    AppSetting, AuthenticationConfig, Config, CorsConfig, DocsAccess, DocsConfig, Environment,
    GuestPolicy, KeysConfig, LogFormat, McpConfig, PocConfig, RateLimitConfig, ServerConfig,
    TelemetryConfig,
};
