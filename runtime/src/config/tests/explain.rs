//! `config explain` and `config check --all`: every origin, everything shadowed, refused or not.

use serde_json::{Value, json};

use super::sources::{CLIENT, DATABASE, TENANT, valid};
use crate::config::sections::Environment::{self, Dev, Prod, Staging, Test};
use crate::config::{ConfigSources, Explanation, render_check_all};

/// Each layer that exists without a vault sets the burst.
fn every_layer() -> ConfigSources {
    valid(Prod)
        .shipped(&[
            ("default.toml", "[rate_limit]\nburst = 3\n"),
            ("prod.toml", "# burst\n[rate_limit]\n  burst = 4\n"),
        ])
        .with("APP_RATE_LIMIT__BURST", "5")
        .flag("rate_limit.burst", "6", "--set rate_limit.burst")
}

fn text(sources: &ConfigSources, name: Option<&str>) -> String {
    let inspection = sources.inspected();
    let explanation = Explanation::of(name, &inspection, &sources.registry());
    explanation.unwrap().render_text()
}

fn json_of(sources: &ConfigSources, name: &str) -> Value {
    let inspection = sources.inspected();
    let explanation = Explanation::of(Some(name), &inspection, &sources.registry());
    let text = explanation.unwrap().render_json();
    let parsed: Value = serde_json::from_str(&text).unwrap();
    parsed["settings"][0].clone()
}

fn suggestion(name: &str) -> String {
    let sources = valid(Prod);
    let inspection = sources.inspected();
    let explanation = Explanation::of(Some(name), &inspection, &sources.registry());
    match explanation {
        Ok(_) => panic!("{name} must be unknown"),
        Err(unknown) => unknown.to_string(),
    }
}

#[test]
fn a_key_is_explained_with_its_origin_and_everything_it_shadows() {
    let text = text(&every_layer(), Some("rate_limit.burst"));
    let expected = "\
rate_limit.burst = 6
    Calls one caller may make at once.

    from:      flag --set rate_limit.burst
    shadows:   5, variable APP_RATE_LIMIT__BURST
    shadows:   4, prod.toml (shipped):3:3
    shadows:   3, default.toml (shipped):2:1
    shadows:   200, built-in default
    type:      a whole number, 1 to 10000000
    default:   200
    variable:  APP_RATE_LIMIT__BURST, or APP_RATE_LIMIT__BURST_FILE with the path of a file that holds the value
    set by:    file, variable, flag, vault
    changes:   with a restart
";
    assert!(text.ends_with(expected), "{text}");
}

#[test]
fn programs_are_told_the_same() {
    let explained = json_of(&every_layer(), "rate_limit.burst");
    assert_eq!(explained["value"], 6);
    assert_eq!(explained["layer"], "flags");
    assert_eq!(
        explained["origin"],
        json!({"kind": "flag", "flag": "--set rate_limit.burst"})
    );
    let origins: Vec<&Value> = explained["shadows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|shadowed| &shadowed["origin"])
        .collect();
    let expected = [
        json!({"kind": "variable", "variable": "APP_RATE_LIMIT__BURST"}),
        json!({"kind": "file", "file": "prod.toml (shipped)", "line": 3, "column": 3}),
        json!({"kind": "file", "file": "default.toml (shipped)", "line": 2, "column": 1}),
        json!({"kind": "default"}),
    ];
    assert_eq!(origins, expected.iter().collect::<Vec<_>>());
    let table = [
        ("auth.required", json!(true)),
        ("cors.allowed_origins", json!([])),
        ("auth.clock_skew", json!("1m")),
        ("server.body_limit", json!("1.0 MiB")),
        ("auth.roles", Value::Null),
        ("auth.tenant_id", json!(TENANT)),
        ("auth.app_id_uris", json!([format!("api://{CLIENT}")])),
    ];
    for (key, value) in table {
        assert_eq!(json_of(&every_layer(), key)["value"], value, "{key}");
    }
}

#[test]
fn a_section_a_variable_and_nothing_are_names_too() {
    let sources = valid(Prod);
    let section = text(&sources, Some("auth.keys"));
    assert!(section.contains("auth.keys.refresh") && section.contains("auth.keys.timeout"));
    assert!(!section.contains("auth.clock_skew"), "{section}");
    for variable in ["AZURE_TENANT_ID", "AZURE_TENANT_ID_FILE"] {
        let key = text(&sources, Some(variable));
        assert!(key.contains(&format!("auth.tenant_id = {TENANT}")), "{key}");
    }
    let all = text(&sources, None);
    for key in sources.registry().keys() {
        assert!(all.contains(&key.name), "{}", key.name);
    }
}

#[test]
fn an_unknown_name_is_answered_with_the_nearest_one() {
    for (name, near) in [
        ("server.bnid", "server.bind"),
        ("bind", "server.bind"),
        ("serve", "server"),
        ("AZURE_TENNANT_ID", "AZURE_TENANT_ID"),
    ] {
        let message = suggestion(name);
        assert!(
            message.contains(&format!("did you mean {near}?")),
            "{message}"
        );
    }
    assert!(!suggestion("weather").contains("did you mean"));
}

#[test]
fn a_refused_configuration_is_explained_with_the_rules_that_fire() {
    let sources = valid(Prod)
        .with("AUTH_REQUIRED", "false")
        .with("APP_SERVER__BIND", "everywhere")
        .without("APP_SERVER__PUBLIC_URL");
    let full = text(&sources, Some("auth.required"));
    assert!(
        full.contains("error PC01: authentication is off in prod"),
        "{full}"
    );
    assert!(full.contains("fix:  set AUTH_REQUIRED=true"), "{full}");
    let all = text(&sources, None);
    for line in [
        "error PC01: authentication is off in prod",
        "error VALUE: server.bind: not an IP address and port",
        "error MISSING: server.public_url is not set in prod",
        "3 findings in all",
    ] {
        assert!(all.contains(line), "{line} is missing in {all}");
    }
    let untouched = text(&sources, Some("auth.guests"));
    assert!(!untouched.contains("PC01"), "{untouched}");
}

#[test]
fn a_shadowed_value_that_does_not_parse_is_shown_and_refuses_nothing() {
    let sources = valid(Test)
        .shipped(&[("test.toml", "[server]\nbind = \"here\"\n")])
        .with("APP_SERVER__BIND", "127.0.0.1:81");
    assert!(sources.ids().is_empty());
    let text = text(&sources, Some("server.bind"));
    assert!(text.contains("shadows:   \"here\", test.toml"), "{text}");
}

#[test]
fn derived_keys_are_explained_with_what_they_come_to() {
    for (environment, key, value) in [
        (Dev, "server.public_url", "http://127.0.0.1:8080"),
        (Dev, "mcp.resource", "http://127.0.0.1:8080/api/v1/mcp"),
        (Prod, "mcp.resource", "https://api.contoso.com/api/v1/mcp"),
    ] {
        let mut sources = valid(environment);
        if environment.is_local() {
            sources = sources.without("APP_SERVER__PUBLIC_URL");
        }
        let text = text(&sources, Some(key));
        assert!(text.contains(&format!("{key} = {value}\n")), "{text}");
    }
}

#[test]
fn a_secret_is_explained_without_its_value() {
    let mut sources = valid(Staging)
        .shipped(&[("default.toml", "[app]\ndatabase_url = \"hunter2\"\n")])
        .with("APP_APP__DATABASE_URL", "hunter2");
    sources.app_settings = DATABASE;
    let text = text(&sources, Some("app.database_url"));
    assert!(text.contains("app.database_url = (secret)"), "{text}");
    assert!(text.contains("shadows:   (secret), default.toml"), "{text}");
    let explained = json_of(&sources, "app.database_url");
    assert_eq!(explained["value"], Value::Null);
    assert_eq!(explained["secret"], true);
    assert!(!text.contains("hunter2") && !explained.to_string().contains("hunter2"));
}

#[test]
fn all_environments_are_checked_together_and_each_finding_is_told_once() {
    let sources = valid(Dev).with("AUTH_REQUIRED", "false");
    let all: Vec<_> = Environment::ALL
        .into_iter()
        .map(|environment| {
            let sources = sources.in_environment(environment.as_str(), "--all");
            (environment, sources.inspected())
        })
        .collect();
    let text = render_check_all(&all);
    for line in [
        "dev      ok, 0 warnings",
        "prod     refused: 1 problem, 0 warnings",
    ] {
        assert!(text.contains(line), "{line} is missing in {text}");
    }
    // The sentence names the environment, so that there are three findings, each told once.
    assert_eq!(text.matches("PC01: ").count(), 3, "{text}");

    let sources = valid(Dev).with("APP_SERVER__BNID", "x");
    let all = Environment::ALL.map(|environment| {
        let sources = sources.in_environment(environment.as_str(), "--all");
        (environment, sources.inspected())
    });
    let text = render_check_all(&all);
    assert_eq!(text.matches("PC10: ").count(), 1, "{text}");
    assert!(
        text.contains("in:   dev, test, staging, uat, prod"),
        "{text}"
    );
}
