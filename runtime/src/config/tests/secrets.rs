//! The values of secret keys stay out of everything that is printed.

use super::sources::{DATABASE, valid};
use crate::config::render_check;
use crate::config::sections::Environment;

const SECRET: &str = "postgres://desk:hunter2@db.contoso.com/desk";

#[test]
fn a_secret_is_neither_in_the_report_nor_in_debug_output() {
    let mut sources = valid(Environment::Prod).with("APP_APP__DATABASE_URL", SECRET);
    sources.app_settings = DATABASE;
    let (loaded, inspection) = (sources.loaded(), sources.inspected());
    let report = render_check(&inspection);
    assert!(
        report.contains("(secret)") && report.contains("variable APP_APP__DATABASE_URL"),
        "{report}"
    );
    for text in [report, format!("{loaded:?}"), format!("{inspection:?}")] {
        assert!(
            !text.contains("hunter2") && !text.contains("db.contoso.com"),
            "{text}"
        );
    }
}

#[test]
fn a_secret_is_not_in_an_error() {
    let mut sources = valid(Environment::Prod)
        .shipped(&[("default.toml", "[app]\ndatabase_url = [\"hunter2\"]\n")])
        .with("AUTH_REQUIRED", "false");
    sources.app_settings = DATABASE;
    let text = sources.refused().to_string();
    assert!(text.contains("app.database_url = (secret)"), "{text}");
    assert!(!text.contains("hunter2"), "{text}");
}

#[test]
fn a_password_in_an_address_is_masked_in_errors() {
    let sources = valid(Environment::Prod).with(
        "APP_SERVER__PUBLIC_URL",
        "https://me:hunter2@api.contoso.com",
    );
    let text = sources.refused().to_string();
    assert!(text.contains("must not carry a user or password"), "{text}");
    assert!(!text.contains("hunter2"), "{text}");
}

#[test]
fn a_value_cannot_forge_lines_of_the_report() {
    let sources = valid(Environment::Prod).with("APP_AUTH__CLOCK_SKEW", "1\nok: prod\u{1b}[2J");
    let text = sources.refused().to_string();
    assert!(!text.contains("\nok") && !text.contains('\u{1b}'), "{text}");
}

#[test]
fn an_application_key_without_default_must_be_set() {
    let mut sources = valid(Environment::Prod);
    sources.app_settings = DATABASE;
    let text = sources.refused().to_string();
    assert!(
        text.contains("MISSING: app.database_url is not set"),
        "{text}"
    );
    assert!(text.contains("set APP_APP__DATABASE_URL"), "{text}");
}
