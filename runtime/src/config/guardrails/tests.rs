mod rows;

use figment::value::Value as Raw;

use super::{RULES, RuleId, render_markdown};
use crate::config::ConfigSources;
use crate::config::layer::Layer;
use crate::config::merge::RawConfig;
use crate::config::origin::Origin;
use crate::config::sections::Environment::{self, Dev, Prod};
use crate::config::tests::sources::{CLIENT, DATABASE, valid};
use rows::{AUTHORITY, FILE, ORIGINS, ROLES, ROWS, Row};

/// The application of these rows has a key of its own, which is secret and set.
fn bend(environment: Environment, settings: &[(&str, &'static str)]) -> ConfigSources {
    let mut sources = valid(environment).with("APP_APP__DATABASE_URL", "sqlite://desk.db");
    sources.app_settings = DATABASE;
    for (variable, value) in settings {
        sources = match *variable {
            FILE => sources.shipped(Box::leak(Box::new([(FILE, *value)]))),
            variable => sources.with(variable, value),
        };
    }
    sources
}

#[test]
fn each_rule_fires_where_it_should_and_is_silent_elsewhere() {
    for Row(case, settings, id, environments) in ROWS {
        for environment in Environment::ALL {
            let fired = bend(environment, settings)
                .ids()
                .contains(&(*id).to_owned());
            assert_eq!(
                fired,
                environments.contains(&environment),
                "{case} in {environment:?}"
            );
        }
    }
}

#[test]
fn a_bent_setting_fires_its_own_rule_only() {
    // In the higher environments http on loopback breaks two rules, and POC mode on an open address is PC01's.
    for Row(case, settings, id, environments) in ROWS {
        for environment in *environments {
            let ids = bend(*environment, settings).ids();
            assert_eq!(ids, [*id], "{case} in {environment:?}");
        }
    }
}

/// Elsewhere that is a rule of its own, PC07.
#[test]
fn an_authority_that_only_browsers_take_for_this_machine_is_refused_in_dev_and_test() {
    for environment in [Environment::Dev, Environment::Test] {
        let bent = bend(environment, &[(AUTHORITY, "http://issuer.localhost:9101")]);
        assert_eq!(bent.ids(), ["PC06"], "{environment:?}");
        let bent = bend(environment, &[(AUTHORITY, "http://localhost:9101")]);
        assert_eq!(bent.ids(), [] as [&str; 0], "{environment:?}");
    }
}

/// Rule by environment: a row that fires wherever the rule can, and one that bends the same thing and is silent.
#[test]
fn every_rule_has_a_firing_and_a_silent_row_in_each_environment() {
    for rule in RULES {
        let id = rule.id.to_string();
        let rows = || {
            ROWS.iter()
                .filter(|Row(_, _, row, _)| row.trim_end_matches('?') == id)
        };
        for environment in Environment::ALL {
            let fires = |Row(_, _, _, where_): &Row| where_.contains(&environment);
            let can_fire = rule.environments.contains(&environment);
            assert_eq!(rows().any(fires), can_fire, "{id} in {environment:?}");
            assert!(rows().any(|row| !fires(row)), "{id} in {environment:?}");
        }
    }
}

#[test]
fn a_policy_from_key_vault_is_refused_even_when_it_is_shadowed() {
    let cases = [
        ("auth.guests", true),
        ("auth.roles", true),
        ("cors.allowed_origins", true),
        ("mcp.enabled", true),
        ("mcp.confirmation_lifetime", true),
        ("mcp.confirmation_key", false),
        ("docs.access", true),
        ("auth.client_secret", false),
        ("app.database_url", false),
        ("rate_limit.burst", false),
    ];
    for environment in Environment::ALL {
        for (key, is_refused) in cases {
            for is_shadowed in [false, true] {
                let findings = judge_vaulted(environment, key, is_shadowed);
                assert_eq!(!findings.is_empty(), is_refused, "{key} in {environment:?}");
                for finding in findings {
                    assert!(
                        finding.contains("secret desk-policy, version 7"),
                        "{finding}"
                    );
                    assert!(!finding.contains("hunter2"), "{finding}");
                }
            }
        }
    }
}

/// What PC11 says of a key that Key Vault sets.
fn judge_vaulted(environment: Environment, key: &str, is_shadowed: bool) -> Vec<String> {
    let mut sources = valid(environment);
    sources.app_settings = DATABASE;
    let mut vault = Layer::new("Key Vault");
    let origin = Origin::VaultSecret {
        vault: "https://desk.vault.azure.net".to_owned(),
        secret: "desk-policy".to_owned(),
        version: Some("7".to_owned()),
    };
    vault.set(key, Raw::from("hunter2"), origin);
    let mut layers = vec![vault];
    if is_shadowed {
        let mut flags = Layer::new("flags");
        flags.set(key, Raw::from(""), Origin::Flag("--set".to_owned()));
        layers.push(flags);
    }
    let registry = sources.registry();
    let raw = RawConfig::merge(
        &layers,
        &registry,
        environment,
        sources.vocabulary,
        &mut Vec::new(),
    );
    let rule = RULES.iter().find(|rule| rule.id == RuleId::Pc11);
    let findings = (rule.expect("the rule is listed").check)(&raw);
    findings.iter().map(ToString::to_string).collect()
}

#[test]
fn a_secret_in_a_file_is_named_by_its_place_and_never_repeated() {
    let text = bend(Prod, &[(FILE, "[auth]\nclient_secret = \"hunter2\"")])
        .refused()
        .to_string();
    for words in [
        "PC08: auth.client_secret holds the value of a secret key",
        "from: auth.client_secret, default.toml (shipped):2:1",
        "name a mounted file in APP_AUTH__CLIENT_SECRET_FILE",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert!(!text.contains("hunter2"), "{text}");
}

#[test]
fn missing_ids_are_refused_in_every_environment_while_authentication_is_on() {
    for environment in Environment::ALL {
        let sources = valid(environment)
            .without("AZURE_TENANT_ID")
            .without("AZURE_AD_CLIENT_ID");
        assert_eq!(sources.ids(), ["PC03", "PC03"], "{environment:?}");
    }
}

#[test]
fn the_managed_identitys_id_is_named_as_such_when_it_stands_alone() {
    let text = valid(Prod)
        .without("AZURE_AD_CLIENT_ID")
        .with("AZURE_CLIENT_ID", CLIENT)
        .refused()
        .to_string();
    assert!(
        text.contains("AZURE_CLIENT_ID is the managed identity's client id"),
        "{text}"
    );
    assert!(text.contains("set AZURE_AD_CLIENT_ID"), "{text}");
}

#[test]
fn an_origin_that_is_not_canonical_is_answered_with_its_canonical_form() {
    for origin in [
        "https://Desk.Contoso.com:443/",
        "https://desk.contoso.com/app?x#y",
    ] {
        let text = valid(Prod).with(ORIGINS, origin).refused().to_string();
        assert!(
            text.contains("fix:  write https://desk.contoso.com\n"),
            "{text}"
        );
    }
    let text = valid(Prod)
        .with(ORIGINS, "https://bücher.contoso.com")
        .refused()
        .to_string();
    assert!(
        text.contains("write https://xn--bcher-kva.contoso.com"),
        "{text}"
    );
}

#[test]
fn no_spelling_is_proposed_for_an_origin_that_is_refused_in_every_one() {
    for (origin, what) in [
        ("https://127.1/", "on the visitor's own machine"),
        ("http://LOCALHOST:3000/", "on the visitor's own machine"),
        ("http://Desk.Contoso.com/", "is http"),
    ] {
        let text = valid(Prod).with(ORIGINS, origin).refused().to_string();
        assert!(text.contains(what), "{text}");
        assert!(!text.contains("fix:  write"), "{text}");
        let text = valid(Dev).with(ORIGINS, origin).refused().to_string();
        assert!(text.contains("fix:  write"), "{text}");
    }
}

#[test]
fn an_unknown_role_is_answered_with_the_nearest_one() {
    let text = valid(Prod)
        .with(ROLES, r#"{A="Admn"}"#)
        .refused()
        .to_string();
    assert!(text.contains("did you mean Admin?"), "{text}");
}

#[test]
fn the_page_of_guardrails_is_in_step() {
    let page = include_str!("../../../../docs/guardrails.md");
    assert!(
        page == render_markdown(),
        "write what `app config guardrails` prints to docs/guardrails.md"
    );
}
