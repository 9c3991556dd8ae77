//! Checks without a number: values that are well formed and cannot be meant.

use super::sources::{TENANT, valid};
use crate::config::AppSetting;
use crate::config::sections::Environment;

#[test]
fn an_authority_with_a_tenant_or_a_version_is_refused() {
    let base = "https://login.microsoftonline.com";
    for path in [
        format!("/{TENANT}"),
        format!("/{TENANT}/v2.0"),
        format!("/{}/v2.0/", TENANT.to_uppercase()),
        "/common".to_owned(),
        "/Organizations/v2.0".to_owned(),
        "/v2.0".to_owned(),
    ] {
        let sources =
            valid(Environment::Prod).with("APP_AUTH__AUTHORITY", &format!("{base}{path}"));
        assert_eq!(sources.ids(), ["VALUE"], "{path}");
        let text = sources.refused().to_string();
        assert!(text.contains("variable APP_AUTH__AUTHORITY"), "{text}");
        assert!(text.contains(&format!("write {base};")), "{text}");
    }
    for authority in [base.to_owned(), format!("{base}/"), format!("{base}/adfs")] {
        let sources = valid(Environment::Prod).with("APP_AUTH__AUTHORITY", &authority);
        assert_eq!(sources.ids(), [""; 0], "{authority}");
    }
}

#[test]
fn a_public_url_with_a_wildcard_is_refused() {
    let sources = valid(Environment::Prod).with("APP_SERVER__PUBLIC_URL", "https://*.contoso.com");
    assert_eq!(sources.ids(), ["VALUE"]);
}

#[test]
fn secrets_that_are_mapped_and_never_read_are_a_warning() {
    let mapped = r#"{"telemetry.audit_key" = "audit-key"}"#;
    let sources = valid(Environment::Prod).with("APP_KEY_VAULT__SECRETS", mapped);
    assert_eq!(sources.ids(), ["VALUE?"]);
    let read = sources.with("APP_KEY_VAULT__URL", "https://desk.vault.azure.net");
    assert_eq!(read.ids(), [""; 0]);
}

fn check_feed(text: &str) -> Result<(), String> {
    match text.starts_with("feed:") {
        true => Ok(()),
        false => Err("it does not begin with feed:".to_owned()),
    }
}

#[test]
fn a_text_that_the_application_refuses_is_told_with_every_other_fault_and_never_shown() {
    const SECRET: &[AppSetting] = &[AppSetting::of::<String>("feed", "Where prices come from.")
        .secret()
        .checked_by(check_feed)];
    let mut sources = valid(Environment::Prod)
        .with("APP_APP__FEED", "hunter2")
        .with("APP_MCP__ENABLED", "maybe");
    sources.app_settings = SECRET;
    assert_eq!(sources.ids(), ["VALUE", "VALUE"]);
    let text = sources.refused().to_string();
    assert!(
        text.contains("app.feed: it does not begin with feed:"),
        "{text}"
    );
    assert!(text.contains("variable APP_APP__FEED"), "{text}");
    assert!(!text.contains("hunter2"), "{text}");
    let sources = sources
        .with("APP_APP__FEED", "feed:a")
        .without("APP_MCP__ENABLED");
    assert_eq!(sources.ids(), [""; 0]);
}

#[test]
#[should_panic(expected = "the default of the application setting `feed`: it does not begin")]
fn a_default_that_the_application_itself_refuses_is_a_mistake_in_it() {
    let setting = AppSetting::of::<String>("feed", "")
        .checked_by(check_feed)
        .default("x");
    crate::config::registry::Registry::new(&[setting]);
}
