//! `APP_ENV`, and what depends on it.

use std::time::Duration;

use super::sources::{nothing, valid};
use crate::config::sections::{DocsAccess, Environment};

#[test]
fn every_environment_loads_with_its_least_settings() {
    for environment in Environment::ALL {
        let loaded = valid(environment).loaded();
        assert_eq!(loaded.config.environment, environment);
        assert!(loaded.warnings.is_empty(), "{:?}", loaded.warnings);
    }
}

#[test]
fn unset_environment_counts_as_prod() {
    let loaded = valid(Environment::Dev).without("APP_ENV").loaded();
    assert_eq!(loaded.config.environment, Environment::Prod);
}

#[test]
fn other_spellings_of_the_environment_are_refused_with_the_right_one() {
    let cases = [
        ("production", "did you mean prod?"),
        ("PROD", "did you mean prod?"),
        ("Dev", "did you mean dev?"),
        ("development", "did you mean dev?"),
        ("stagign", "did you mean staging?"),
        (" test", "did you mean test?"),
        ("", "dev, test, staging, uat, prod"),
        ("qa", "dev, test, staging, uat, prod"),
    ];
    for (spelling, hint) in cases {
        let error = valid(Environment::Dev).with("APP_ENV", spelling).refused();
        let text = error.to_string();
        assert_eq!(error.environment, None, "{spelling}");
        assert!(text.contains("ENVIRONMENT: "), "{spelling}: {text}");
        assert!(text.contains(hint), "{spelling}: {text}");
        assert!(text.contains("variable APP_ENV"), "{spelling}: {text}");
    }
}

#[test]
fn a_flag_stands_above_the_variable() {
    let sources = valid(Environment::Prod).flag("environment", "dev", "--env");
    assert_eq!(sources.loaded().config.environment, Environment::Dev);
    let sources = valid(Environment::Prod).flag("environment", "live", "--env");
    assert!(sources.refused().to_string().contains("flag --env"));
}

#[test]
fn problems_of_the_layers_are_reported_although_the_environment_is_unknown() {
    let error = nothing()
        .with("APP_ENV", "live")
        .with("APP_SERVER__BNID", "x")
        .with("APP_AUTH__CLOCK_SKEW", "soon")
        .refused();
    let ids: Vec<String> = error
        .problems
        .iter()
        .map(|found| found.id.to_string())
        .collect();
    assert_eq!(ids, ["ENVIRONMENT", "PC10", "VALUE"]);
}

#[test]
fn small_key_times_and_port_zero_are_for_dev_and_test() {
    let settings = [
        ("APP_AUTH__KEYS__REFRESH", "1s"),
        ("APP_AUTH__KEYS__COOLDOWN", "1s"),
        ("APP_AUTH__KEYS__LIFETIME", "10s"),
        ("APP_AUTH__KEYS__TIMEOUT", "200ms"),
        ("APP_SERVER__BIND", "127.0.0.1:0"),
        ("APP_SERVER__MANAGEMENT_BIND", "127.0.0.1:0"),
    ];
    for (variable, value) in settings {
        for environment in Environment::ALL {
            // The lifetime must stay above the refresh interval.
            let sources = valid(environment).with("APP_AUTH__KEYS__LIFETIME", "2h");
            let sources = match variable {
                "APP_AUTH__KEYS__LIFETIME" => sources.with("APP_AUTH__KEYS__REFRESH", "1s"),
                _ => sources,
            };
            let ids = sources.with(variable, value).ids();
            assert_eq!(
                ids.is_empty(),
                environment.is_local(),
                "{variable} in {environment:?}: {ids:?}"
            );
        }
    }
}

#[test]
fn public_url_is_required_above_test() {
    for environment in Environment::ALL {
        let sources = valid(environment).without("APP_SERVER__PUBLIC_URL");
        if environment.is_local() {
            assert_eq!(sources.loaded().config.server.public_url, None);
        } else {
            assert_eq!(sources.ids(), ["MISSING"], "{environment:?}");
        }
    }
}

#[test]
fn documents_are_public_in_dev_signed_in_in_uat_and_off_in_prod() {
    let access = |environment| valid(environment).loaded().config.docs.access;
    assert_eq!(access(Environment::Dev), DocsAccess::Public);
    assert_eq!(access(Environment::Uat), DocsAccess::SignedIn);
    assert_eq!(access(Environment::Prod), DocsAccess::Off);
}

#[test]
fn built_in_defaults_are_those_of_the_contract() {
    let config = valid(Environment::Prod).loaded().config;
    assert_eq!(config.server.bind.to_string(), "127.0.0.1:8080");
    assert_eq!(config.server.management_bind.to_string(), "127.0.0.1:9090");
    assert_eq!(config.server.body_limit_bytes, 1024 * 1024);
    assert!(config.authentication.required);
    assert_eq!(
        config.authentication.authority.as_str(),
        "https://login.microsoftonline.com/"
    );
    assert_eq!(config.authentication.clock_skew, Duration::from_secs(60));
    assert_eq!(
        config.authentication.keys.refresh,
        Duration::from_secs(3600)
    );
    assert_eq!(
        config.authentication.keys.cooldown,
        Duration::from_secs(300)
    );
    assert_eq!(
        config.authentication.keys.lifetime,
        Duration::from_secs(86400)
    );
    assert_eq!(config.authentication.keys.timeout, Duration::from_secs(5));
    assert_eq!(config.authentication.roles, None);
    assert_eq!(config.authentication.allowed_clients, None);
    assert_eq!(config.rate_limit.per_second.get(), 100);
    assert_eq!(config.rate_limit.burst.get(), 200);
    assert!(config.mcp.enabled && config.cors.allowed_origins.is_empty());
}
