//! Environment variables: forms of values, unknown names, mounted secrets.

use std::fs;
use std::path::{Path, PathBuf};

use super::sources::{CLIENT, DATABASE, TENANT, valid};
use crate::config::sections::{Environment, GuestPolicy, SecretText};
use crate::config::value::Value;

#[test]
fn booleans_are_read_in_any_case_and_nothing_else_is_one() {
    for (text, expected) in [
        ("true", true),
        ("TRUE", true),
        ("Yes", true),
        ("1", true),
        ("false", false),
        ("No", false),
        ("0", false),
    ] {
        let sources = valid(Environment::Dev).with("AUTH_REQUIRED", text);
        assert_eq!(
            sources.loaded().config.authentication.required,
            expected,
            "{text}"
        );
    }
    for text in ["", " ", "off", "on", "flase", "true ", "2", "none", "null"] {
        let error = valid(Environment::Dev)
            .with("AUTH_REQUIRED", text)
            .refused();
        let shown = error.to_string();
        assert!(shown.contains("VALUE: auth.required"), "{text:?}: {shown}");
        assert!(
            shown.contains("variable AUTH_REQUIRED"),
            "{text:?}: {shown}"
        );
    }
}

#[test]
fn lists_and_tables_are_read_in_every_written_form() {
    for list in [
        "https://a.contoso.com,https://b.contoso.com",
        r#"["https://a.contoso.com", "https://b.contoso.com"]"#,
    ] {
        let config = valid(Environment::Prod)
            .with("APP_CORS__ALLOWED_ORIGINS", list)
            .loaded()
            .config;
        assert_eq!(
            config.cors.allowed_origins,
            ["https://a.contoso.com", "https://b.contoso.com"]
        );
    }
    for table in [
        r#"{"Desk.Admin"="Admin","Desk.View"="Viewer","I"="Ingest"}"#,
        r#"{"Desk.Admin": "Admin", "Desk.View": "Viewer", "I": "Ingest"}"#,
    ] {
        let loaded = valid(Environment::Prod)
            .with("APP_AUTH__ROLES", table)
            .loaded();
        let roles = loaded.config.authentication.roles.unwrap();
        assert_eq!(roles["Desk.Admin"], "Admin");
        assert_eq!(roles.len(), 3);
    }
}

#[test]
fn values_are_normalised() {
    let config = valid(Environment::Prod)
        .with("AZURE_TENANT_ID", &TENANT.to_uppercase())
        .with("APP_AUTH__AUTHORITY", "https://login.microsoftonline.us/")
        .with("APP_AUTH__ALLOWED_CLIENTS", &CLIENT.to_uppercase())
        .with("APP_AUTH__GUESTS", "deny")
        .with("APP_SERVER__BODY_LIMIT", "2MiB")
        .loaded()
        .config;
    let authentication = &config.authentication;
    assert_eq!(
        authentication.issuer,
        format!("https://login.microsoftonline.us/{TENANT}/v2.0")
    );
    assert_eq!(
        authentication.authority.as_str(),
        "https://login.microsoftonline.us/"
    );
    assert!(
        authentication
            .allowed_clients
            .as_ref()
            .unwrap()
            .contains(CLIENT)
    );
    assert_eq!(authentication.app_id_uris, [format!("api://{CLIENT}")]);
    assert_eq!(authentication.guests, GuestPolicy::Deny);
    assert_eq!(config.server.body_limit_bytes, 2 * 1024 * 1024);
}

#[test]
fn an_unknown_variable_in_the_form_of_a_setting_is_refused_with_a_suggestion() {
    let cases = [
        ("a misspelt field", "APP_SERVER__BNID", "APP_SERVER__BIND"),
        ("a misspelt section", "APP_SEVRER__BIND", "APP_SERVER__BIND"),
        ("lower case", "app_server__bind", "APP_SERVER__BIND"),
        ("a second name", "APP_AUTH__REQUIRED", "AUTH_REQUIRED"),
        ("a second name", "APP_AUTH__TENANT_ID", "AZURE_TENANT_ID"),
        ("a second name", "APP_AUTH__CLIENT_ID", "AZURE_AD_CLIENT_ID"),
        (
            "a second name",
            "APP_AZURE__MANAGED_IDENTITY_CLIENT_ID",
            "AZURE_CLIENT_ID",
        ),
        (
            "a second name's file",
            "APP_AUTH__CLIENT_ID_FILE",
            "AZURE_AD_CLIENT_ID",
        ),
        (
            "a section of nobody",
            "APP_WEATHER__TODAY",
            "configuration reference",
        ),
    ];
    for (case, variable, hint) in cases {
        let error = valid(Environment::Test)
            .with(variable, "hidden-value")
            .refused();
        let text = error.to_string();
        assert!(
            text.contains("PC10: ") && text.contains(variable),
            "{case}: {text}"
        );
        assert!(text.contains(hint), "{case}: {text}");
        assert!(!text.contains("hidden-value"), "{case}: {text}");
    }
}

#[test]
fn variables_injected_by_an_orchestrator_are_one_warning() {
    let loaded = valid(Environment::Prod)
        .with("APP_PORT", "tcp://10.0.0.1:8080")
        .with("APP_SERVICE_HOST", "10.0.0.1")
        .with("APP_AUTH_REQUIRED", "false")
        .with("HOME", "/root")
        .loaded();
    let [warning] = loaded.warnings.as_slice() else {
        panic!("one warning expected: {:?}", loaded.warnings);
    };
    let text = warning.to_string();
    assert!(
        text.contains("APP_PORT") && text.contains("APP_SERVICE_HOST"),
        "{text}"
    );
    assert!(
        text.contains("APP_AUTH_REQUIRED (did you mean AUTH_REQUIRED?)"),
        "{text}"
    );
    assert!(
        !text.contains("10.0.0.1") && !text.contains("HOME"),
        "{text}"
    );
    assert!(loaded.config.authentication.required);
}

#[test]
fn a_near_miss_of_the_procedures_names_is_a_warning() {
    let loaded = valid(Environment::Prod)
        .with("AUTH_REQUIRE", "true")
        .loaded();
    assert!(loaded.warnings[0].to_string().contains("AUTH_REQUIRED"));
}

#[test]
fn rate_limits_that_no_known_token_passes_are_a_warning() {
    let sources = valid(Environment::Prod).with("APP_AUTH__VERDICT_CACHE__CAPACITY", "0");
    let warnings = sources.loaded().warnings;
    let [warning] = warnings.as_slice() else {
        panic!("one warning expected: {warnings:?}");
    };
    let text = warning.to_string();
    assert!(text.contains("auth.verdict_cache.capacity"), "{text}");
    let without = sources.with("APP_RATE_LIMIT__ENABLED", "false").loaded();
    assert!(without.warnings.is_empty(), "{:?}", without.warnings);
}

#[test]
fn variables_of_one_signal_are_not_read_and_shown_without_their_value() {
    let loaded = valid(Environment::Prod)
        .with("OTEL_EXPORTER_OTLP_TRACES_HEADERS", "api-key=hidden")
        .with("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "")
        .with("OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:4318")
        .with("OTEL_EXPORTER_OTLP_HEADERS", "api-key=also-hidden")
        .loaded();
    let [warning] = loaded.warnings.as_slice() else {
        panic!("one warning expected: {:?}", loaded.warnings);
    };
    let text = warning.to_string();
    assert!(text.contains("OTEL_EXPORTER_OTLP_TRACES_HEADERS"), "{text}");
    assert!(
        !text.contains("METRICS") && !text.contains("hidden"),
        "{text}"
    );
}

#[test]
fn headers_of_a_collector_go_over_https_or_stay_on_this_machine() {
    for environment in Environment::ALL {
        let with = |endpoint: &str| {
            let sources = valid(environment).with("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint);
            sources.with("OTEL_EXPORTER_OTLP_HEADERS", "api-key=hidden")
        };
        for fine in ["https://collector:4318", "http://127.0.0.1:4318"] {
            assert!(with(fine).loaded().warnings.is_empty(), "{fine}");
        }
        // The second is this machine to a browser; a resolver or a proxy may know another.
        for elsewhere in ["http://collector:4318", "http://collector.localhost:4318"] {
            let text = with(elsewhere).refused().to_string();
            assert!(
                text.contains("clear text") && !text.contains("hidden"),
                "{text}"
            );
        }
        let bare = valid(environment).with("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318");
        bare.loaded();
    }
}

#[test]
fn flags_stand_above_variables_and_variables_above_defaults() {
    let sources = valid(Environment::Dev).with("APP_SERVER__BIND", "127.0.0.1:8081");
    assert_eq!(sources.loaded().config.server.bind.port(), 8081);
    let sources = sources.flag("server.bind", "127.0.0.1:8082", "--bind");
    assert_eq!(sources.loaded().config.server.bind.port(), 8082);
    let error = sources
        .flag("server.bnid", "127.0.0.1:8082", "--set")
        .refused();
    assert!(error.to_string().contains("did you mean server.bind?"));
}

#[test]
fn a_mounted_secret_is_read_without_its_line_end() {
    let path = secret_file("mounted", "sqlite://desk.db\n");
    let mut sources =
        valid(Environment::Prod).with("APP_APP__DATABASE_URL_FILE", path.to_str().unwrap());
    sources.app_settings = DATABASE;
    let config = sources.loaded().config;
    let secret = Value::Secret(SecretText("sqlite://desk.db".to_owned()));
    assert_eq!(config.app.get("database_url"), Some(&secret));

    let error = sources
        .with("APP_APP__DATABASE_URL", "sqlite://other.db")
        .refused();
    assert!(
        error
            .to_string()
            .contains("is set by APP_APP__DATABASE_URL and by")
    );
}

#[test]
fn a_missing_secret_file_names_variable_and_path() {
    let sources = valid(Environment::Prod)
        .without("AZURE_TENANT_ID")
        .with("AZURE_TENANT_ID_FILE", "/nowhere/tenant");
    let text = sources.refused().to_string();
    assert!(
        text.contains("FILE: auth.tenant_id: /nowhere/tenant"),
        "{text}"
    );
    assert!(text.contains("variable AZURE_TENANT_ID_FILE"), "{text}");
}

#[test]
fn a_mounted_secret_that_is_none_is_refused_with_the_reason() {
    let empty = secret_file("empty", "\n");
    let large = secret_file("large", &"x".repeat(64 * 1024 + 1));
    let folder = empty.parent().unwrap().to_owned();
    let cases = [
        ("", "app.database_url: the variable is empty"),
        ("hunter2", "app.database_url: entity not found"),
        ("/nowhere/database", "/nowhere/database: entity not found"),
        (empty.to_str().unwrap(), "the file is empty"),
        (large.to_str().unwrap(), "larger than 65536 bytes"),
        (folder.to_str().unwrap(), "is a directory"),
    ];
    for (path, expected) in cases {
        let mut sources = valid(Environment::Prod).with("APP_APP__DATABASE_URL_FILE", path);
        sources.app_settings = DATABASE;
        let text = sources.refused().to_string();
        assert!(text.contains(expected), "{path}: {text}");
        assert!(
            text.contains("variable APP_APP__DATABASE_URL_FILE"),
            "{text}"
        );
        // Somebody overlooked `_FILE`: what is no path may be the secret.
        assert!(!text.contains("hunter2"), "{text}");
    }
}

fn secret_file(name: &str, text: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/tmp/config-secrets");
    fs::create_dir_all(&folder).unwrap();
    let path = folder.join(name);
    fs::write(&path, text).unwrap();
    path
}
