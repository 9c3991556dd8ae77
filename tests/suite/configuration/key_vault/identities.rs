//! As whom the vault is asked: the identity that `AZURE_CLIENT_ID` names, and never another.

use serde_json::json;

use super::fake::{Act, Fake, Speech};
use super::world::{
    IDENTITY, PASSWORD, PLATFORM_SECRET, TOKEN, authorized, fail, host, host_that, program, secret,
    token, vault,
};
use crate::configuration::refused;
use crate::harness::{CLIENT_ID, Program, TENANT_ID};

const MAP: &str = r#"{"app.database_url" = "desk-db"}"#;

async fn any_vault() -> Fake {
    vault(|name, _, _| secret(name, "sqlite://desk.db")).await
}

#[tokio::test]
async fn the_vault_is_read_as_the_identity_that_azure_client_id_names() {
    let (host, vault) = (host().await, any_vault().await);
    let program = program(&host, &vault, MAP);
    let finished = program.run(&["config", "check", "--with-key-vault"]).await;
    assert_eq!(finished.exit_code, Some(0), "{}", finished.output());

    let asked = host.asked();
    assert_eq!(asked.len(), 1, "one token for everything: {asked:?}");
    assert_eq!(asked[0].parameter("client_id").as_deref(), Some(IDENTITY));
    assert_eq!(
        asked[0].parameter("resource").as_deref(),
        Some("https://vault.azure.net")
    );
    assert_eq!(asked[0].headers["x-identity-header"], PLATFORM_SECRET);
    let authorized = authorized(&vault);
    assert_eq!(authorized.len(), 1);
    assert_eq!(
        authorized[0].headers["authorization"],
        format!("Bearer {TOKEN}")
    );
}

/// The SOP, word for word: "A Key Vault overlay must not be broken by a misused `AZURE_CLIENT_ID`."
#[tokio::test]
async fn a_key_vault_overlay_is_not_broken_by_a_misused_azure_client_id() {
    let (host, vault) = (host().await, any_vault().await);
    // The app registration's id, where the managed identity's belongs: refused by name, before anybody is asked.
    let misused = program(&host, &vault, MAP).set("AZURE_CLIENT_ID", CLIENT_ID);
    let output = refused(&misused).await.output();
    for name in [
        "PC02",
        "AZURE_CLIENT_ID",
        "AZURE_AD_CLIENT_ID",
        "was not asked",
    ] {
        assert!(output.contains(name), "{name} is not in:\n{output}");
    }
    assert!(host.asked().is_empty() && vault.asked().is_empty());

    // Some other registration's id: the host says that it has no such identity, and the message says what to do.
    let foreign = "9d0c3a52-7b1e-4f68-a2c4-5e6f7a8b9c0d";
    let misused = program(&host, &vault, MAP).set("AZURE_CLIENT_ID", foreign);
    let output = refused(&misused).await.output();
    for name in [
        "KEY_VAULT",
        foreign,
        "not assigned to this host",
        "assign the user-assigned",
    ] {
        assert!(output.contains(name), "{name} is not in:\n{output}");
    }
    assert_eq!(
        host.asked()[0].parameter("client_id").as_deref(),
        Some(foreign)
    );
    assert!(vault.asked().is_empty(), "nobody else stands in");

    // The right one: the vault is read, whatever the app registration is.
    let right = program(&host, &vault, MAP);
    let finished = right.run(&["config", "check", "--with-key-vault"]).await;
    assert_eq!(finished.exit_code, Some(0), "{}", finished.output());
}

#[tokio::test]
async fn without_azure_client_id_the_system_assigned_identity_is_asked_for_and_named() {
    let (host, vault) = (
        host_that(token()).await,
        vault(|_, _, _| fail(403, "Forbidden", Some("ForbiddenByRbac"))).await,
    );
    let program = program(&host, &vault, MAP).unset("AZURE_CLIENT_ID");
    let output = refused(&program).await.output();
    assert!(
        output.contains(
            "the system-assigned identity of this host (AZURE_CLIENT_ID is not set) may not read"
        ),
        "{output}"
    );
    assert_eq!(host.asked()[0].parameter("client_id"), None);
}

#[tokio::test]
async fn a_host_with_several_identities_wants_one_to_be_chosen() {
    // As the metadata service says it.
    let several = json!({"error": "invalid_request", "error_description": "Multiple user assigned identities exist, please specify the clientId / resourceId of the identity in the token request"});
    let none = json!({"error": "invalid_request", "error_description": "Identity not found"});
    for (answer, words) in [
        (several, "this host has several identities"),
        (none, "this host has no system-assigned identity"),
    ] {
        let (host, vault) = (host_that(Act::json(400, &answer)).await, any_vault().await);
        let program = program(&host, &vault, MAP).unset("AZURE_CLIENT_ID");
        let output = refused(&program).await.output();
        assert!(
            output.contains(words) && output.contains("set AZURE_CLIENT_ID"),
            "{output}"
        );
        assert_eq!(host.asked().len(), 1, "such an answer stays what it is");
    }
}

#[tokio::test]
async fn an_endpoint_that_gives_no_token_is_told_for_what_it_is() {
    let long = format!("{{\"access_token\": \"{}\"}}", "x".repeat(200_000));
    let table = [
        ("silent", Act::Hang, "no token of the identity"),
        ("not the platform's", Act::text(401, PASSWORD), "401"),
        ("in trouble", Act::text(503, PASSWORD), "503"),
        ("throttled", Act::text(429, PASSWORD), "429"),
        ("garbage", Act::text(200, PASSWORD), "holds no token"),
        (
            "no token in it",
            Act::json(200, &json!({"token": PASSWORD})),
            "holds no token",
        ),
        ("far too long", Act::text(200, long), "too large"),
        (
            "elsewhere",
            Act::text(302, "").with("location", "http://127.0.0.1:1/"),
            "302",
        ),
    ];
    for (case, act, words) in table {
        let (host, vault) = (host_that(act).await, any_vault().await);
        let program = program(&host, &vault, MAP).set("APP_AZURE__IDENTITY_TIMEOUT", "300ms");
        let output = refused(&program).await.output();
        assert!(output.contains(words), "{case}: {output}");
        assert!(!output.contains(PASSWORD), "{case}: {output}");
        assert!(vault.asked().is_empty(), "{case}");
    }
    let vault = any_vault().await;
    let gone = host().await;
    let program = program(&gone, &vault, MAP).set("APP_AZURE__IDENTITY_TIMEOUT", "300ms");
    drop(gone);
    let output = refused(&program).await.output();
    assert!(output.contains("cannot be reached"), "{output}");
}

#[tokio::test]
async fn an_endpoint_that_starts_later_than_the_service_is_waited_for() {
    let vault = any_vault().await;
    let host = Fake::start(Speech::Plain, |_, before| match before {
        0 | 1 => Act::text(503, ""),
        _ => token(),
    })
    .await;
    let finished = program(&host, &vault, MAP)
        .run(&["config", "check", "--with-key-vault"])
        .await;
    assert_eq!(finished.exit_code, Some(0), "{}", finished.output());
    assert_eq!(host.asked().len(), 3);
}

/// A pod with a projected token; the authority speaks TLS like the real one.
fn pod(authority: &Fake, host: &Fake, vault: &Fake) -> Program {
    program(host, vault, MAP)
        .with_file("federated-token", "token-of-the-pod")
        .set("AZURE_FEDERATED_TOKEN_FILE", "federated-token")
        .set(
            "AZURE_AUTHORITY_HOST",
            format!("https://{}/", authority.address),
        )
}

#[tokio::test]
async fn a_pod_reads_the_vault_by_workload_identity() {
    let (host, vault) = (host().await, any_vault().await);
    let authority = Fake::start(Speech::Tls, |_, _| {
        Act::json(
            200,
            &json!({"access_token": TOKEN, "expires_in": 3600, "token_type": "Bearer"}),
        )
    })
    .await;
    let program = pod(&authority, &host, &vault);
    let finished = program.run(&["config", "check", "--with-key-vault"]).await;
    assert_eq!(finished.exit_code, Some(0), "{}", finished.output());
    assert!(host.asked().is_empty(), "the pod's identity comes first");

    let asked = &authority.asked()[0];
    assert_eq!(asked.target, format!("/{TENANT_ID}/oauth2/v2.0/token"));
    for part in [
        format!("client_id={IDENTITY}"),
        "client_assertion=token-of-the-pod".to_owned(),
        "scope=https%3A%2F%2Fvault.azure.net%2F.default".to_owned(),
    ] {
        assert!(
            asked.body.contains(&part),
            "{part} is not in {}",
            asked.body
        );
    }
}

#[tokio::test]
async fn what_entra_refuses_a_pod_is_told_with_its_code() {
    let (host, vault) = (host().await, any_vault().await);
    let authority = Fake::start(Speech::Tls, |_, _| {
        let words = format!("AADSTS700213: No matching federated identity record found {PASSWORD}");
        Act::json(
            401,
            &json!({"error": "invalid_client", "error_description": words}),
        )
    })
    .await;
    let output = refused(&pod(&authority, &host, &vault)).await.output();
    for name in ["AADSTS700213", IDENTITY, "federated credential"] {
        assert!(output.contains(name), "{name} is not in:\n{output}");
    }
    assert!(
        !output.contains(PASSWORD) && !output.contains("token-of-the-pod"),
        "{output}"
    );

    let unset = pod(&authority, &host, &vault).unset("AZURE_CLIENT_ID");
    let output = refused(&unset).await.output();
    assert!(
        output.contains("azure.workload.identity/client-id"),
        "{output}"
    );
    let gone = pod(&authority, &host, &vault).set("AZURE_FEDERATED_TOKEN_FILE", "nowhere");
    let output = refused(&gone).await.output();
    assert!(output.contains("AZURE_FEDERATED_TOKEN_FILE"), "{output}");
    assert!(vault.asked().is_empty());
}

/// A machine with an `az` that does this.
fn workstation(vault: &Fake, host: &Fake, az: &str) -> Program {
    program(host, vault, MAP)
        .unset("AZURE_CLIENT_ID")
        .unset("IDENTITY_ENDPOINT")
        .unset("IDENTITY_HEADER")
        .set("APP_ENV", "dev")
        .with_script("az", &format!("#!/bin/sh\n{az}\n"))
}

#[tokio::test]
async fn a_developer_reads_the_vault_as_himself_in_dev_only() {
    let (host, vault) = (host().await, any_vault().await);
    let wanted = "account get-access-token --scope https://vault.azure.net/.default --query accessToken -o tsv";
    // Where it is started Python looks for its modules.
    let az = format!("[ \"$*\" = \"{wanted}\" ] && [ \"$(pwd)\" = / ] && echo '{TOKEN}'");
    let signed_in = workstation(&vault, &host, &az);
    let finished = signed_in
        .run(&["config", "check", "--with-key-vault"])
        .await;
    assert_eq!(finished.exit_code, Some(0), "{}", finished.output());
    assert_eq!(authorized(&vault).len(), 1);

    let elsewhere = signed_in
        .set("APP_ENV", "test")
        .set("APP_AZURE__IDENTITY_TIMEOUT", "100ms");
    let output = refused(&elsewhere).await.output();
    assert!(
        output.contains("the system-assigned identity"),
        "nobody asks `az` in test: {output}"
    );

    let nobody = workstation(
        &vault,
        &host,
        "echo \"ERROR: ada@contoso.com: Please run 'az login' to setup account.\" >&2; exit 1",
    );
    let output = refused(&nobody).await.output();
    assert!(
        output.contains("nobody is signed in") && output.contains("az login"),
        "{output}"
    );
    assert!(
        !output.contains("ada@contoso.com"),
        "who it is does not belong into a log: {output}"
    );
}
