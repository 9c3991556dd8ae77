//! What a vault may answer, and what the operator is told: everything at once, and never what is in a secret.

use serde_json::json;

use super::certificates::VAULT_HOST;
use super::fake::Fake;
use super::fake::{Act, Speech};
use super::world::{
    IDENTITY, PASSWORD, TOKEN, authorized, challenge, fail, host, program, secret, secret_with,
    vault, vault_that_speaks, without_vault,
};
use crate::configuration::refused;

const MAP: &str = r#"{"app.database_url" = "desk-db"}"#;

#[tokio::test]
async fn each_answer_of_a_vault_has_its_message_and_the_start_is_refused() {
    let forbidden = |inner| fail(403, "Forbidden", Some(inner));
    let table = [
        (
            "no role",
            forbidden("ForbiddenByRbac"),
            "grant it Key Vault Secrets User",
        ),
        (
            "no policy",
            forbidden("AccessDenied"),
            "grant it Key Vault Secrets User",
        ),
        (
            "firewall",
            forbidden("ForbiddenByFirewall"),
            "does not let this host in",
        ),
        ("disabled", forbidden("SecretDisabled"), "is disabled"),
        (
            "a proxy's 403",
            Act::text(403, PASSWORD),
            "as no vault does",
        ),
        (
            "not there",
            fail(404, "SecretNotFound", None),
            "is not in vault",
        ),
        ("a page's 404", Act::text(404, PASSWORD), "as no vault does"),
        (
            "another tenant",
            fail(401, "Unauthorized", Some("AKV10032")),
            "does not take the token",
        ),
        ("garbage", Act::text(200, PASSWORD), "is no secret"),
        (
            "no value",
            Act::json(
                200,
                &json!({"id": "https://desk.vault.azure.net/secrets/a/0b"}),
            ),
            "is no secret",
        ),
        ("empty", secret("desk-db", ""), "is empty"),
        ("a line end alone", secret("desk-db", "\r\n"), "is empty"),
        (
            "no version",
            Act::json(200, &json!({"value": PASSWORD})),
            "is no secret",
        ),
        (
            "far too long",
            Act::text(200, "x".repeat(2_000_000)),
            "too large",
        ),
        (
            "elsewhere",
            Act::text(307, "").with("location", "https://127.0.0.1:1/"),
            "as no vault does",
        ),
    ];
    for (case, act, words) in table {
        assert_told(case, act, words, "10s").await;
    }
}

#[tokio::test]
async fn a_vault_that_goes_on_failing_is_given_up_in_time() {
    let throttled = fail(429, "Throttled", None).with("retry-after", "60");
    tokio::join!(
        assert_told("throttled", throttled, "its last answer is 429", "4s"),
        assert_told(
            "in trouble",
            Act::text(500, PASSWORD),
            "its last answer is 500",
            "4s"
        ),
        assert_told("silent", Act::Hang, "does not answer within 1s", "1s"),
        assert_told("cut off", Act::CutOff, "cannot be reached", "4s"),
    );
}

/// Starts a service whose one secret is answered like this, and expects a refusal in these words, with nothing in it
/// that was in the answer.
async fn assert_told(case: &str, act: Act, words: &str, timeout: &str) {
    let host = host().await;
    let vault = vault(move |_, _, _| act.clone()).await;
    let program = program(&host, &vault, MAP).set("APP_KEY_VAULT__TIMEOUT", timeout);
    let output = refused(&program).await.output();
    for words in [
        "KEY_VAULT",
        words,
        "app.database_url is read from secret desk-db",
    ] {
        assert!(output.contains(words), "{case}: {output}");
    }
    assert!(
        !output.contains("MISSING"),
        "a consequence is no second fault: {case}: {output}"
    );
    for secret in [PASSWORD, TOKEN] {
        assert!(!output.contains(secret), "{case}: {output}");
    }
}

#[tokio::test]
async fn who_may_not_read_is_named_with_secret_vault_and_role() {
    let host = host().await;
    let vault = vault(|_, _, _| fail(403, "Forbidden", Some("ForbiddenByRbac"))).await;
    let output = refused(&program(&host, &vault, MAP)).await.output();
    let sentence = format!(
        "the identity {IDENTITY} may not read secret desk-db in vault {}",
        vault.address
    );
    assert!(output.contains(&sentence), "{output}");
    assert!(
        output.contains(&format!("--assignee {IDENTITY}")),
        "{output}"
    );
}

#[tokio::test]
async fn all_secrets_that_cannot_be_had_are_told_together_with_every_other_fault() {
    let host = host().await;
    let vault = vault(|name, _, _| match name {
        "gone" => fail(404, "SecretNotFound", None),
        "closed" => fail(403, "Forbidden", Some("ForbiddenByRbac")),
        _ => secret(name, PASSWORD),
    })
    .await;
    let map = r#"{"app.database_url" = "gone", "auth.client_secret" = "closed", "auth.client_certificate" = "there"}"#;
    let program = program(&host, &vault, map).set("APP_SERVER__REQUEST_TIMEOUT", "soon");
    let output = refused(&program).await.output();
    for name in [
        "3 problems",
        "secret gone",
        "secret closed",
        "server.request_timeout",
    ] {
        assert!(output.contains(name), "{name} is not in:\n{output}");
    }
    assert!(!output.contains(PASSWORD), "{output}");
}

#[tokio::test]
async fn trouble_of_the_vault_is_told_once_for_all_its_secrets() {
    let host = host().await;
    let vault = vault(|_, _, _| fail(403, "Forbidden", Some("ForbiddenByFirewall"))).await;
    let map = r#"{"app.database_url" = "one", "auth.client_secret" = "two"}"#;
    let output = refused(&program(&host, &vault, map)).await.output();
    assert_eq!(
        output.matches("does not let this host in").count(),
        1,
        "{output}"
    );
    assert!(
        output.contains("secret one") && output.contains("secret two"),
        "{output}"
    );
}

#[tokio::test]
async fn a_throttling_vault_is_asked_again_when_it_says() {
    let host = host().await;
    let vault = vault(|name, _, before| match before {
        0..=1 => fail(429, "Throttled", None).with("retry-after", "1"),
        _ => secret(name, "sqlite://desk.db"),
    })
    .await;
    let finished = program(&host, &vault, MAP)
        .run(&["config", "check", "--with-key-vault"])
        .await;
    assert_eq!(finished.exit_code, Some(0), "{}", finished.output());
    assert_eq!(authorized(&vault).len(), 2);
    assert_eq!(vault.asked().len(), 3, "its challenge is read once");
}

#[tokio::test]
async fn the_token_is_sent_to_nobody_but_the_vault() {
    let host = host().await;
    // Asks for a token of something else, which it could use there.
    let greedy = Fake::start(Speech::Tls, |_, _| {
        challenge("https://management.azure.com")
    })
    .await;
    let output = refused(&program(&host, &greedy, MAP)).await.output();
    assert!(
        output.contains("asks for a token that is for no vault"),
        "{output}"
    );
    assert!(authorized(&greedy).is_empty());

    // Has a certificate that nobody vouches for.
    let vault = vault(|name, _, _| secret(name, "sqlite://desk.db")).await;
    let untrusting = program(&host, &vault, MAP)
        .unset("SSL_CERT_FILE")
        .set("APP_KEY_VAULT__TIMEOUT", "500ms");
    let output = refused(&untrusting).await.output();
    assert!(output.contains("certificate of vault"), "{output}");
    assert!(vault.asked().is_empty());

    // Is no vault at all: refused before the platform is asked for a token.
    let host = super::world::host().await;
    for url in [
        "https://desk.vault.azure.net.contoso.com",
        "http://127.0.0.1:1",
        "https://10.0.0.1",
    ] {
        let program = program(&host, &vault, MAP).set("APP_KEY_VAULT__URL", url);
        let output = refused(&program).await.output();
        assert!(output.contains("key_vault.url"), "{url}: {output}");
    }
    assert!(host.asked().is_empty());
}

#[tokio::test]
async fn a_vault_in_azure_is_read_through_a_proxy_with_every_check_on() {
    let host = host().await;
    let vault =
        vault_that_speaks(Speech::Proxy, |name, _, _| secret(name, "sqlite://desk.db")).await;
    let program = without_vault(&host)
        .set("APP_ENV", "staging")
        .unset("APP_SERVER__BIND")
        .unset("APP_SERVER__MANAGEMENT_BIND")
        .set("APP_SERVER__PUBLIC_URL", "https://api.contoso.com")
        .set("HTTPS_PROXY", format!("http://{}", vault.address))
        .set("APP_KEY_VAULT__URL", format!("https://{VAULT_HOST}"))
        .set("APP_KEY_VAULT__SECRETS", MAP);
    let finished = program
        .run(&["config", "explain", "app.database_url", "--with-key-vault"])
        .await;
    assert_eq!(finished.exit_code, Some(0), "{}", finished.output());
    assert!(
        finished.stdout.contains(VAULT_HOST) && !finished.stdout.contains("not read"),
        "{}",
        finished.output()
    );

    let unknown = program
        .unset("HTTPS_PROXY")
        .set("APP_KEY_VAULT__TIMEOUT", "1s");
    let unknown = unknown.set(
        "APP_KEY_VAULT__URL",
        "https://no-such-vault.vault.azure.net",
    );
    let output = refused(&unknown).await.output();
    assert!(output.contains("no-such-vault.vault.azure.net"), "{output}");
}

#[tokio::test]
async fn an_expired_secret_is_used_and_warned_about() {
    let host = host().await;
    let vault = vault(|name, _, _| {
        secret_with(
            name,
            "sqlite://desk.db",
            json!({"enabled": true, "exp": 1_500_000_000}),
        )
    })
    .await;
    let finished = program(&host, &vault, MAP)
        .run(&["config", "check", "--with-key-vault"])
        .await;
    assert_eq!(finished.exit_code, Some(0), "{}", finished.output());
    assert!(
        finished.stdout.contains("has expired"),
        "{}",
        finished.output()
    );
}
