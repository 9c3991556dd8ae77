//! `config diff`: what differs, where from, and nothing of a secret.

use serde_json::Value;

use super::sources::{DATABASE, valid};
use crate::config::sections::Environment::{Dev, Prod, Staging, Uat};
use crate::config::{Comparison, ConfigSources};

fn both() -> ConfigSources {
    let mut sources = valid(Dev)
        .shipped(&[
            ("default.toml", "[rate_limit]\nburst = 5\n"),
            (
                "uat.toml",
                "[rate_limit]\nburst = 7\n[app]\ndatabase_url = \"sqlite://uat.db\"\n",
            ),
            ("prod.toml", "[app]\ndatabase_url = \"sqlite://prod.db\"\n"),
        ])
        .with("APP_AUTH__CLIENT_SECRET", "hunter2");
    sources.app_settings = DATABASE;
    sources
}

/// Text and JSON of a comparison of uat and prod.
fn compare(sources: &ConfigSources, all: bool) -> (String, Value) {
    let [left, right] =
        [Uat, Prod].map(|it| sources.in_environment(it.as_str(), "diff").inspected());
    let comparison = Comparison::of(&left, &right, all);
    let json = serde_json::from_str(&comparison.render_json()).unwrap();
    (comparison.render_text(), json)
}

#[test]
fn only_what_differs_is_shown_with_both_origins() {
    let (text, json) = compare(&both(), false);
    let expected = "\
rate_limit.burst
    uat   7  uat.toml (shipped):2:1
    prod  5  default.toml (shipped):2:1
";
    assert!(text.contains(expected), "{text}");
    assert!(
        text.contains("docs.access\n    uat   signed_in  built-in default\n"),
        "{text}"
    );
    assert!(!text.contains("rate_limit.per_second"), "{text}");
    assert!(text.starts_with("uat and prod: 3 of "), "{text}");
    assert_eq!(json["differing"], 3);
    assert_eq!(json["settings"].as_array().unwrap().len(), 3);
}

#[test]
fn secrets_are_compared_and_not_shown() {
    let (text, json) = compare(&both(), true);
    assert!(
        text.contains("app.database_url (secret): differs"),
        "{text}"
    );
    assert!(text.contains("auth.client_secret (secret): same"), "{text}");
    assert!(text.contains("uat.toml (shipped):4:1"), "{text}");
    let json = json.to_string();
    for secret in ["hunter2", "uat.db", "prod.db"] {
        assert!(
            !text.contains(secret) && !json.contains(secret),
            "{secret}: {text}"
        );
    }
}

#[test]
fn everything_is_shown_on_request() {
    let sources = both();
    let (text, json) = compare(&sources, true);
    let count = sources.registry().keys().len();
    assert_eq!(json["settings"].as_array().unwrap().len(), count);
    assert!(text.contains("rate_limit.per_second (same)"), "{text}");
}

#[test]
fn the_same_environment_twice_does_not_differ() {
    let inspection = both().in_environment("uat", "diff").inspected();
    let comparison = Comparison::of(&inspection, &inspection, false);
    assert!(!comparison.differs());
    assert!(comparison.render_text().starts_with("uat and uat: 0 of "));
}

#[test]
fn a_refused_environment_is_compared_and_named_as_refused() {
    let sources = both().with("AUTH_REQUIRED", "false");
    let [left, right] =
        [Dev, Staging].map(|it| sources.in_environment(it.as_str(), "diff").inspected());
    let text = Comparison::of(&left, &right, false).render_text();
    assert!(text.contains("staging is refused: "), "{text}");
    assert!(text.contains("`config check --env staging`"), "{text}");
}
