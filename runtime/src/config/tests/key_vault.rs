//! The vault as seen by whoever does not ask it: what is mapped counts as set, and nobody knows its value.

use super::sources::{DATABASE, valid};
use crate::config::sections::Environment::{Dev, Prod, Test};
use crate::config::{ConfigSources, DownstreamApi, render_check};

const VAULT: &str = "https://desk.vault.azure.net";

fn mapped(map: &str) -> ConfigSources {
    let mut sources = valid(Prod)
        .with("APP_KEY_VAULT__URL", VAULT)
        .with("APP_KEY_VAULT__SECRETS", map);
    sources.app_settings = DATABASE;
    sources
}

#[test]
fn a_required_secret_counts_as_set_and_an_optional_one_does_not() {
    let required = mapped(r#"{"app.database_url" = "db"}"#);
    assert_eq!(required.ids(), Vec::<String>::new());
    let optional = mapped(r#"{"app.database_url" = "db?"}"#);
    assert_eq!(optional.ids(), ["MISSING"]);
    let no_vault = required.without("APP_KEY_VAULT__URL");
    assert_eq!(
        no_vault.ids(),
        ["MISSING"],
        "without a vault the map means nothing"
    );
}

#[test]
fn a_credential_in_the_vault_is_a_credential() {
    let mut sources = mapped(r#"{"app.database_url" = "db", "auth.client_secret" = "s"}"#)
        .with("APP_DOWNSTREAM__BILLING__SCOPES", "api://billing/Read");
    sources.downstream_apis = &[DownstreamApi {
        name: "billing",
        doc: "Scopes of the billing API.",
    }];
    assert_eq!(sources.ids(), Vec::<String>::new());
}

#[test]
fn what_is_not_read_is_shown_as_such_and_shadows_what_is_below() {
    let sources = mapped(r#"{"app.database_url" = "db", "rate_limit.burst" = "burst"}"#);
    let inspection = sources.inspected();
    let shown = render_check(&inspection);
    assert!(shown.contains("(secret, not read)"), "{shown}");
    assert!(
        shown.contains("secret db of Key Vault desk.vault.azure.net, not read"),
        "{shown}"
    );
    let burst = inspection.raw.settings().iter();
    let burst = burst.filter(|setting| setting.key.name == "rate_limit.burst");
    let shadowed: Vec<String> = burst
        .flat_map(|setting| setting.shadowed.iter().map(|it| it.origin.to_string()))
        .collect();
    assert_eq!(shadowed, ["built-in default"]);
}

#[test]
fn a_map_of_what_is_no_key_or_no_secret_is_refused() {
    let table: [(&str, &[&str]); 4] = [
        (r#"{"app.databse_url" = "db"}"#, &["PC10", "MISSING"]),
        (r#"{"app.database_url" = "a b"}"#, &["VALUE"]),
        (
            r#"{"app.database_url" = "db", "key_vault.url" = "u"}"#,
            &["VALUE"],
        ),
        (
            r#"{"app.database_url" = "db", "azure.identity_header" = "h"}"#,
            &["VALUE"],
        ),
    ];
    for (map, expected) in table {
        let ids = mapped(map).ids();
        assert_eq!(ids, expected, "{map}");
    }
}

#[test]
fn a_vault_on_this_machine_is_one_in_dev_and_test_only() {
    for (environment, is_good) in [(Dev, true), (Test, true), (Prod, false)] {
        let sources = valid(environment)
            .with("APP_KEY_VAULT__URL", "https://localhost:8443")
            .with("APP_KEY_VAULT__SECRETS", "{}");
        assert_eq!(
            sources.ids().is_empty(),
            is_good,
            "{environment:?}: {:?}",
            sources.ids()
        );
    }
}
