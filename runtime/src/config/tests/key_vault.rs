//! The vault as seen by whoever does not ask it: what is mapped counts as set, and nobody knows its value.

use super::sources::{DATABASE, valid};
use crate::config::finding::Severity;
use crate::config::key_vault::{RefreshConfig, VaultAccess};
use crate::config::sections::Environment::{Dev, Prod, Test};
use crate::config::{ConfigSources, DownstreamApi, Inspection, render_check};

const VAULT: &str = "https://desk.vault.azure.net";
const VAULT_READER: &str = "5b7c9d1e-2f3a-4b5c-8d6e-7f8091a2b3c4";

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
        ["MISSING", "VALUE?"],
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
    let table: [(&str, &[&str]); 6] = [
        (r#"{"app.databse_url" = "db"}"#, &["PC10", "MISSING"]),
        (r#"{"app.database_url" = "a b"}"#, &["VALUE"]),
        (
            r#"{"app.database_url" = "db", "auth.guests" = "g"}"#,
            &["PC11"],
        ),
        (
            r#"{"app.database_url" = "db", "auth.guests" = "g?"}"#,
            &["PC11"],
        ),
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

#[test]
fn the_token_of_a_pod_is_sent_to_login_hosts_only() {
    let table = [
        ("https://login.microsoftonline.com/", true, true),
        ("https://login.microsoftonline.us", true, true),
        ("https://login.partner.microsoftonline.cn", true, true),
        ("https://127.0.0.1:8443", true, false),
        ("http://login.microsoftonline.com", false, false),
        ("https://login.microsoftonline.com:8443", false, false),
        (
            "https://login.microsoftonline.com.evil.example",
            false,
            false,
        ),
        (
            "https://evil.example/login.microsoftonline.com",
            false,
            false,
        ),
        ("https://10.0.0.7", false, false),
    ];
    for (url, in_test, in_prod) in table {
        for (environment, is_good) in [(Test, in_test), (Prod, in_prod)] {
            let ids = valid(environment).with("AZURE_AUTHORITY_HOST", url).ids();
            assert_eq!(ids.is_empty(), is_good, "{url} in {environment:?}: {ids:?}");
        }
    }
}

#[test]
fn what_the_platform_gave_is_sent_to_this_host_only() {
    let table = [
        ("http://localhost:42356/msi/token", true),
        ("http://127.0.0.1:41043/msi/token", true),
        ("http://169.254.129.4:8081/msi/token", true),
        ("http://172.16.3.2:8081/msi/token", true),
        ("https://evil.example/msi/token", false),
        ("http://localhost.evil.example/msi/token", false),
        ("http://20.1.2.3/msi/token", false),
    ];
    for (url, is_good) in table {
        let sources = valid(Prod)
            .with("IDENTITY_ENDPOINT", url)
            .with("IDENTITY_HEADER", "h");
        assert_eq!(
            sources.ids().is_empty(),
            is_good,
            "{url}: {:?}",
            sources.ids()
        );
    }
    // A file may not name a neighbour.
    for (text, is_good) in [
        (
            "[azure]\nidentity_endpoint = \"http://172.16.3.2/t\"",
            false,
        ),
        ("[azure]\nidentity_endpoint = \"http://127.0.0.1/t\"", true),
    ] {
        let sources = valid(Prod)
            .shipped(Box::leak(Box::new([("default.toml", text)])))
            .with("IDENTITY_HEADER", "h");
        assert_eq!(sources.ids().is_empty(), is_good, "{text}");
    }
}

#[test]
fn half_of_a_platforms_identity_is_no_other_identity() {
    let map = r#"{"app.database_url" = "db"}"#;
    for (variable, value) in [
        ("IDENTITY_ENDPOINT", "http://127.0.0.1:1/msi/token"),
        ("IDENTITY_HEADER", "h"),
    ] {
        let half = mapped(map).with(variable, value);
        assert_eq!(half.ids(), ["VALUE"], "{variable}");
        let no_vault = valid(Prod).with(variable, value);
        assert_eq!(no_vault.ids(), Vec::<String>::new(), "{variable} of a host");
    }
}

#[test]
fn a_setting_that_is_not_read_keeps_the_vault_from_being_asked() {
    let map = r#"{"app.database_url" = "db"}"#;
    let host = std::net::TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    host.set_nonblocking(true).expect("a socket can be");
    let address = host.local_addr().expect("it is bound");
    let mut sources = valid(Test)
        .with("APP_KEY_VAULT__URL", VAULT)
        .with("APP_KEY_VAULT__SECRETS", map)
        .with("IDENTITY_ENDPOINT", &format!("http://{address}/msi/token"))
        .with("IDENTITY_HEADER", "h")
        .with("APP_AZURE__IDENTITY_TIMEOUT", "100ms")
        .with("APP_AZURE__MANAGED_IDENTITY_CLIENT_ID", VAULT_READER);
    sources.app_settings = DATABASE;
    let inspection = Inspection::make_with(&sources, VaultAccess::Read);
    let found = |severity| {
        let findings = inspection.findings.iter();
        let findings = findings.filter(move |it| it.severity == severity);
        findings.map(|it| it.id.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(found(Severity::Error), ["PC10"]);
    assert_eq!(found(Severity::Warning), ["KEY_VAULT"]);
    assert!(host.accept().is_err(), "nobody came for a token");
}

#[test]
fn only_keys_that_can_change_and_are_mapped_without_a_version_are_read_again() {
    let every_key =
        r#"{"app.database_url" = "db", "auth.client_secret" = "s?", "telemetry.audit_key" = "a"}"#;
    for (case, map, variable, read_again) in [
        (
            "the latest version of each",
            every_key,
            None,
            &["app.database_url", "auth.client_secret"][..],
        ),
        ("a version", r#"{"app.database_url" = "db/0a"}"#, None, &[]),
        (
            "a key that cannot change",
            r#"{"app.database_url" = "db", "telemetry.audit_key" = "a"}"#,
            None,
            &["app.database_url"],
        ),
        (
            "a variable above",
            every_key,
            Some(("APP_APP__DATABASE_URL", "sqlite://desk.db")),
            &["auth.client_secret"],
        ),
    ] {
        let sources = mapped(map).with("APP_KEY_VAULT__REFRESH", "5min");
        let sources = match variable {
            Some((name, value)) => sources.with(name, value),
            None => sources,
        };
        let refresh = RefreshConfig::build(&sources.inspected().raw);
        let keys = refresh.iter().flat_map(RefreshConfig::keys);
        assert_eq!(keys.collect::<Vec<_>>(), read_again, "{case}");
        let warned = sources.ids().contains(&"VALUE?".to_owned());
        assert_eq!(warned, read_again.is_empty(), "{case}");
        let without = sources.without("APP_KEY_VAULT__REFRESH").inspected();
        assert!(RefreshConfig::build(&without.raw).is_none(), "{case}");
    }
}

#[test]
fn less_than_a_minute_between_two_readings_is_for_dev_and_test() {
    let seconds = mapped(r#"{"app.database_url" = "db"}"#).with("APP_KEY_VAULT__REFRESH", "10s");
    assert_eq!(seconds.ids(), ["VALUE"]);
    let in_test = seconds.with("APP_ENV", "test");
    assert_eq!(in_test.ids(), Vec::<String>::new());
}
