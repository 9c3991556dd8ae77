//! Where the layer stands: over the files, under variables and flags; and what is shown of it.

use super::fake::Fake;
use super::world::{PASSWORD, VERSION, authorized, fail, host, program, secret, vault};
use crate::configuration::{assert_refused, refused};
use crate::harness::{Service, Tenant};

const MAP: &str = r#"{"app.database_url" = "desk-db"}"#;

async fn vault_with(value: &'static str) -> Fake {
    vault(move |name, _, _| secret(name, value)).await
}

#[tokio::test]
async fn a_service_runs_on_what_the_vault_says() {
    let tenant = Tenant::start().await;
    // Set from a file, it has a line end, which is not part of it.
    let (host, vault) = (host().await, vault_with("sqlite://from-vault.db\n").await);
    let program = program(&host, &vault, MAP).set("APP_AUTH__AUTHORITY", tenant.authority());
    let database = program.path("from-vault.db");
    let service = Service::start_ready(program).await;
    assert!(database.is_file(), "{}", service.log().text());
    let log = service.log().text();
    assert!(
        log.contains("1 found") && log.contains(super::world::IDENTITY),
        "{log}"
    );
    assert!(!log.contains("from-vault"), "{log}");
}

#[tokio::test]
async fn a_variable_and_a_flag_stand_above_the_vault_and_spare_it() {
    let (host, vault) = (host().await, vault_with("sqlite://from-vault.db").await);
    let explain = ["config", "explain", "app.database_url", "--with-key-vault"];
    let program =
        program(&host, &vault, MAP).set("APP_APP__DATABASE_URL", "sqlite://from-variable.db");
    let finished = program.run(&explain).await;
    assert!(
        finished
            .stdout
            .contains("from:      variable APP_APP__DATABASE_URL"),
        "{}",
        finished.output()
    );
    assert!(
        finished
            .stdout
            .contains("shadows:   (secret, not read), secret desk-db"),
        "{}",
        finished.output()
    );

    let program = program.unset("APP_APP__DATABASE_URL");
    let mut with_flag = explain.to_vec();
    with_flag.extend(["--set", "app.database_url=sqlite://from-flag.db"]);
    let finished = program.run(&with_flag).await;
    assert!(
        finished.stdout.contains("from:      flag --set"),
        "{}",
        finished.output()
    );
    // So that a service can be started by hand while the vault is down.
    assert!(host.asked().is_empty() && vault.asked().is_empty());
}

#[tokio::test]
async fn the_vault_stands_above_the_files_and_is_shown_with_its_version() {
    let (host, vault) = (host().await, vault_with(PASSWORD).await);
    let files = "[app]\ndatabase_url = \"sqlite://from-file.db\"\n\n[rate_limit]\nburst = 7\n";
    let map = r#"{"app.database_url" = "desk-db", "rate_limit.burst" = "burst"}"#;
    let program = program(&host, &vault, map)
        .with_file("layers/default.toml", files)
        .set("APP_CONFIG_DIR", "layers");
    for format in ["text", "json"] {
        let explain = ["config", "explain", "--with-key-vault", "--format", format];
        let output = program.run(&explain).await.output();
        assert!(output.contains(VERSION), "{output}");
        assert!(
            output.contains("default.toml"),
            "the file is shadowed: {output}"
        );
        assert!(!output.contains(PASSWORD), "{output}");
    }
    // What is no number is refused by key and secret, and not repeated.
    let output = refused(&program).await.output();
    assert!(
        output.contains("VALUE: rate_limit.burst") && output.contains("secret burst"),
        "{output}"
    );
    assert!(!output.contains(PASSWORD), "{output}");
}

#[tokio::test]
async fn looking_at_the_configuration_asks_no_vault_unless_it_is_told_to() {
    let (host, vault) = (host().await, vault_with("sqlite://from-vault.db").await);
    let program = program(&host, &vault, MAP);
    let finished = program.run(&["config", "check"]).await;
    assert_eq!(
        finished.exit_code,
        Some(0),
        "what is mapped counts as set: {}",
        finished.output()
    );
    assert!(
        finished.stdout.contains("not read"),
        "{}",
        finished.output()
    );
    assert!(host.asked().is_empty() && vault.asked().is_empty());
}

#[tokio::test]
async fn an_optional_secret_may_be_absent_and_may_not_be_forbidden() {
    let host = host().await;
    let map = r#"{"app.database_url" = "desk-db", "auth.client_secret" = "extra?"}"#;
    for (code, inner) in [
        ("SecretNotFound", None),
        ("Forbidden", Some("SecretDisabled")),
    ] {
        let status = if inner.is_some() { 403 } else { 404 };
        let vault = vault(move |name, _, _| match name {
            "extra" => fail(status, code, inner),
            _ => secret(name, "sqlite://desk.db"),
        })
        .await;
        let finished = program(&host, &vault, map)
            .run(&["config", "check", "--with-key-vault"])
            .await;
        assert_eq!(finished.exit_code, Some(0), "{}", finished.output());
        assert_eq!(authorized(&vault).len(), 2);
    }
    // An outage must not change what the service is.
    let vault = vault(|name, _, _| match name {
        "extra" => fail(403, "Forbidden", Some("ForbiddenByRbac")),
        _ => secret(name, "sqlite://desk.db"),
    })
    .await;
    assert_refused(program(&host, &vault, map), &["may not read secret extra"]).await;
}

#[tokio::test]
async fn a_version_can_be_pinned() {
    let (host, vault) = (host().await, vault_with("sqlite://desk.db").await);
    let map = r#"{"app.database_url" = "desk-db/0a1b"}"#;
    let finished = program(&host, &vault, map)
        .run(&["config", "check", "--with-key-vault"])
        .await;
    assert_eq!(finished.exit_code, Some(0), "{}", finished.output());
    assert!(
        authorized(&vault)[0]
            .target
            .starts_with("/secrets/desk-db/0a1b?")
    );
}

#[tokio::test]
async fn entries_that_cannot_be_read_are_refused_before_anybody_is_asked() {
    let (host, vault) = (host().await, vault_with("x").await);
    let map = r#"{"app.databse_url" = "desk-db", "azure.authority_host" = "host", "app.database_url" = "postgres://desk:hunter2@db/desk"}"#;
    let program = program(&host, &vault, map);
    let output = refused(&program).await.output();
    for name in [
        "PC10",
        "did you mean app.database_url?",
        "azure.authority_host, which never comes",
        "the name of a secret",
    ] {
        assert!(output.contains(name), "{name} is not in:\n{output}");
    }
    assert!(!output.contains(PASSWORD), "{output}");
    assert!(host.asked().is_empty() && vault.asked().is_empty());
}
