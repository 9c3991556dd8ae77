//! Everything that is wrong comes out at once, each with its origin.

use super::sources::{CLIENT, nothing, valid};
use crate::config::render_check;
use crate::config::sections::Environment;

#[test]
fn problems_of_files_variables_flags_values_and_rules_come_out_together() {
    let error = nothing()
        .shipped(&[(
            "default.toml",
            "[server]\nbody_limit = \"1GiB\"\nbnid = \"x\"\n[cors]\nallowed_origins = [\"*\"]\n[broken\n",
        )])
        .with("AUTH_REQUIRED", "false")
        .with("AZURE_TENANT_ID", "common")
        .with("AZURE_AD_CLIENT_ID", CLIENT)
        .with("AZURE_CLIENT_ID", CLIENT)
        .with("APP_AUTH__AUTHORITY", "http://login.contoso.com")
        .with("APP_RATE_LIMIT__BRUST", "5")
        .flag("auth.clock_skew", "301s", "--set")
        .refused();
    let ids: Vec<String> = error
        .problems
        .iter()
        .map(|found| found.id.to_string())
        .collect();
    let expected = [
        "FILE", "PC01", "PC02", "PC04", "PC05", "PC06", "PC10", "PC10", "VALUE", "VALUE", "MISSING",
    ];
    assert_eq!(ids, expected, "{error}");
    let text = error.to_string();
    let origins = [
        "default.toml (shipped):2:1",
        "default.toml (shipped):3:1",
        "default.toml (shipped):5:1",
        "auth.required = false, variable AUTH_REQUIRED",
        "variable AZURE_TENANT_ID",
        "variable AZURE_CLIENT_ID",
        "variable APP_AUTH__AUTHORITY",
        "variable APP_RATE_LIMIT__BRUST",
        "flag --set",
    ];
    for origin in origins {
        assert!(text.contains(origin), "{origin} is missing in {text}");
    }
    assert!(
        text.starts_with("configuration refused: 11 problems in environment prod"),
        "{text}"
    );
}

#[test]
fn every_problem_says_how_to_fix_it() {
    let error = nothing()
        .with("APP_ENV", "uat")
        .with("APP_MCP__ENABLED", "maybe")
        .refused();
    for problem in &error.problems {
        let text = problem.to_string();
        assert!(text.contains("\n    fix:  "), "{text}");
    }
    assert_eq!(error.problems.len(), 4, "{error}");
}

#[test]
fn a_bad_value_does_not_hide_another_rule() {
    let ids = valid(Environment::Prod)
        .with("APP_SERVER__BIND", "localhost:8080")
        .with("AUTH_REQUIRED", "no")
        .ids();
    assert_eq!(ids, ["PC01", "VALUE"]);
}

#[test]
fn values_that_do_not_fit_together_are_refused() {
    let cases = [
        (
            "one port for two",
            "APP_SERVER__MANAGEMENT_BIND",
            "127.0.0.1:8080",
        ),
        (
            "one port on all addresses",
            "APP_SERVER__MANAGEMENT_BIND",
            "0.0.0.0:8080",
        ),
        ("keys run out", "APP_AUTH__KEYS__REFRESH", "24h 1s"),
        (
            "keys run out before refresh",
            "APP_AUTH__KEYS__LIFETIME",
            "1h",
        ),
        ("no client admitted", "APP_AUTH__ALLOWED_CLIENTS", "[]"),
        ("no audience to qualify with", "APP_AUTH__APP_ID_URIS", ""),
    ];
    for (case, variable, value) in cases {
        let sources = valid(Environment::Staging)
            .with("APP_AUTH__KEYS__REFRESH", "2h")
            .with(variable, value);
        assert_eq!(sources.ids(), ["VALUE"], "{case}");
    }
}

#[test]
fn the_report_lists_every_key_with_value_and_origin_and_ends_in_the_verdict() {
    let inspection = valid(Environment::Test)
        .shipped(&[("test.toml", "[rate_limit]\nburst = 9\n")])
        .with("AUTH_REQUIRED", "false")
        .with("APP_SERVER__BIND", "0.0.0.0:8085")
        .inspected();
    let report = render_check(&inspection);
    let line = |start: &str| {
        let found = report.lines().find(|line| line.starts_with(start));
        found
            .unwrap_or_else(|| panic!("{start} is missing in {report}"))
            .to_owned()
    };
    assert!(line("environment test").ends_with("(variable APP_ENV)"));
    assert!(
        line("rate_limit.burst ").contains(" 9 ")
            && line("rate_limit.burst ").ends_with("test.toml (shipped):2:1")
    );
    assert!(line("server.management_bind").ends_with("built-in default"));
    assert!(line("auth.issuer").contains("https://login.microsoftonline.com/8f2b1c7e"));
    assert!(line("auth.roles").ends_with("derived"));
    assert!(line("docs.swagger_client_id").ends_with("not set (APP_DOCS__SWAGGER_CLIENT_ID)"));
    assert!(line("warning PC16").contains("authentication is off"));
    assert!(report.ends_with("ok: test, 1 warning\n"), "{report}");
}

#[test]
fn an_api_of_microsoft_as_audience_stops_the_start() {
    let cases = [
        ("APP_AUTH__APP_ID_URIS", "https://graph.microsoft.com"),
        (
            "APP_AUTH__APP_ID_URIS",
            "api://research-desk,https://management.azure.com/",
        ),
        ("AZURE_AD_CLIENT_ID", "00000003-0000-0000-c000-000000000000"),
    ];
    for (variable, value) in cases {
        let error = valid(Environment::Prod).with(variable, value).refused();
        let text = error.to_string();
        assert_eq!(error.problems.len(), 1, "{text}");
        assert!(text.contains(variable), "{text}");
        assert!(text.contains("would be accepted here"), "{text}");
    }
}

#[test]
fn one_address_may_hold_a_part_of_the_connections_and_a_proxy_all() {
    let max = "APP_SERVER__MAX_CONNECTIONS";
    let of_address = "APP_SERVER__MAX_CONNECTIONS_PER_ADDRESS";
    let hops = "APP_SERVER__TRUSTED_HOPS";
    for (case, settings, expected) in [
        ("default", &[][..], Some(1024)),
        ("a quarter", &[(max, "1000")], Some(250)),
        ("a few", &[(max, "100")], Some(64)),
        ("behind a proxy", &[(hops, "1")], None),
        ("as set", &[(of_address, "7")], Some(7)),
        (
            "as set, behind a proxy",
            &[(of_address, "7"), (hops, "2")],
            Some(7),
        ),
    ] {
        let sources = settings
            .iter()
            .fold(valid(Environment::Prod), |sources, (name, value)| {
                sources.with(name, value)
            });
        let server = sources.loaded().config.server;
        let most = server.max_connections_per_address.map(|most| most.get());
        assert_eq!(most, expected, "{case}");
    }
}
