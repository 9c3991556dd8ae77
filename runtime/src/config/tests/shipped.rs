//! The layers of the reference application, as operators start from them.

use super::sources::{CLIENT, DATABASE, TENANT, nothing};
use crate::config::ConfigSources;
use crate::config::sections::Environment;

const LAYERS: &[(&str, &str)] = &[
    (
        "default.toml",
        include_str!("../../../../app/config/default.toml"),
    ),
    ("dev.toml", include_str!("../../../../app/config/dev.toml")),
    (
        "test.toml",
        include_str!("../../../../app/config/test.toml"),
    ),
    (
        "staging.toml",
        include_str!("../../../../app/config/staging.toml"),
    ),
    ("uat.toml", include_str!("../../../../app/config/uat.toml")),
    (
        "prod.toml",
        include_str!("../../../../app/config/prod.toml"),
    ),
];

fn operator(environment: Environment) -> ConfigSources {
    let mut sources = nothing()
        .shipped(LAYERS)
        .with("APP_ENV", environment.as_str())
        .with("AZURE_TENANT_ID", TENANT)
        .with("AZURE_AD_CLIENT_ID", CLIENT)
        .with("APP_APP__DATABASE_URL", "sqlite://desk.db");
    sources.app_settings = DATABASE;
    sources
}

#[test]
fn every_shipped_environment_needs_only_ids_and_database() {
    for environment in Environment::ALL {
        let loaded = operator(environment).loaded();
        assert!(loaded.warnings.is_empty(), "{:?}", loaded.warnings);
        let is_local = environment.is_local();
        let local_origins = loaded
            .config
            .cors
            .allowed_origins
            .iter()
            .any(|origin| origin.contains("localhost"));
        assert_eq!(local_origins, is_local, "{environment:?}");
        assert_eq!(loaded.config.server.bind.ip().is_unspecified(), !is_local);
        assert_eq!(
            loaded.config.server.management_bind.to_string(),
            "127.0.0.1:9090"
        );
    }
}

#[test]
fn an_outside_operator_starts_the_test_environment_with_variables_only() {
    let config = operator(Environment::Test)
        .with("APP_AUTH__AUTHORITY", "http://127.0.0.1:9100")
        .with("APP_SERVER__BIND", "127.0.0.1:8085")
        .loaded()
        .config;
    assert_eq!(config.server.bind.to_string(), "127.0.0.1:8085");
    assert_eq!(
        config.authentication.issuer,
        format!("http://127.0.0.1:9100/{TENANT}/v2.0")
    );
    assert_eq!(config.server.public_url, None);
}

#[test]
fn poc_mode_needs_no_ids_in_dev_and_test() {
    for environment in [Environment::Dev, Environment::Test] {
        let loaded = operator(environment)
            .without("AZURE_TENANT_ID")
            .without("AZURE_AD_CLIENT_ID")
            .with("AUTH_REQUIRED", "false")
            .loaded();
        assert!(loaded.config.authentication.tenant_id.is_nil());
    }
}
