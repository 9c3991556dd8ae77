//! A host with an identity, a vault with secrets, and a program that is set up for both.

use serde_json::{Value, json};

use super::certificates;
use super::fake::{Act, Asked, Fake, Speech};
use crate::configuration::sound;
use crate::harness::Program;

/// The managed identity of this host.
pub(super) const IDENTITY: &str = "5b7c9d1e-2f3a-4b5c-8d6e-7f8091a2b3c4";
/// What the platform gives the program to prove that it runs here.
pub(super) const PLATFORM_SECRET: &str = "platform-secret-4711";
/// The token that the platform hands out, and the vault takes.
pub(super) const TOKEN: &str = "token-of-the-identity";
/// What no output may hold.
pub(super) const PASSWORD: &str = "hunter2";
pub(super) const VERSION: &str = "0a1b2c3d4e5f60718293a4b5c6d7e8f9";

/// Gives tokens of [`IDENTITY`] to whoever asks for it by its client id.
pub(super) async fn host() -> Fake {
    Fake::start(Speech::Plain, |asked, _| {
        let id = asked.parameter("client_id");
        if id.as_deref() == Some(IDENTITY) {
            token()
        } else {
            Act::json(400, &json!({"statusCode": 400, "message": "No User Assigned or Delegated Managed Identity found for specified ClientId"}))
        }
    })
    .await
}

/// Answers everybody the same.
pub(super) async fn host_that(act: Act) -> Fake {
    Fake::start(Speech::Plain, move |_, _| act.clone()).await
}

/// A token as the platform hands it out.
pub(super) fn token() -> Act {
    Act::json(
        200,
        &json!({
            "access_token": TOKEN,
            "expires_on": "4102444800",
            "resource": "https://vault.azure.net",
            "token_type": "Bearer",
        }),
    )
}

/// A vault: it challenges whoever has no token, as Key Vault does, and then does what the script says for a secret.
pub(super) async fn vault(
    script: impl Fn(&str, &Asked, usize) -> Act + Send + Sync + 'static,
) -> Fake {
    vault_that_speaks(Speech::Tls, script).await
}

pub(super) async fn vault_that_speaks(
    speech: Speech,
    script: impl Fn(&str, &Asked, usize) -> Act + Send + Sync + 'static,
) -> Fake {
    Fake::start(speech, move |asked, before| {
        match asked.headers.get("authorization") {
            None => challenge("https://vault.azure.net"),
            Some(header) if header != &format!("Bearer {TOKEN}") => fail(401, "Unauthorized", None),
            Some(_) => {
                let path = asked.target.split('?').next().unwrap_or_default();
                let path = path.strip_prefix("/secrets/").unwrap_or_default();
                // Without a version the last segment of the path is empty.
                script(path.trim_end_matches('/'), asked, before)
            }
        }
    })
    .await
}

/// What Key Vault answers without a token.
pub(super) fn challenge(resource: &str) -> Act {
    let challenge = format!(
        "Bearer authorization=\"https://login.microsoftonline.com/t\", resource=\"{resource}\""
    );
    fail(401, "Unauthorized", None).with("www-authenticate", challenge)
}

/// A secret as Key Vault gives it.
pub(super) fn secret(name: &str, value: &str) -> Act {
    secret_with(name, value, json!({"enabled": true}))
}

pub(super) fn secret_with(name: &str, value: &str, attributes: Value) -> Act {
    let name = name.split('/').next().unwrap_or_default();
    let id = format!("https://desk.vault.azure.net/secrets/{name}/{VERSION}");
    Act::json(
        200,
        &json!({"value": value, "id": id, "attributes": attributes}),
    )
}

/// An error as Key Vault gives it. Its sentence holds what must not be repeated.
pub(super) fn fail(status: u16, code: &str, inner: Option<&str>) -> Act {
    let mut error = json!({"code": code, "message": format!("a sentence with {PASSWORD}")});
    if let Some(inner) = inner {
        error["innererror"] = json!({"code": inner});
    }
    Act::json(status, &json!({"error": error}))
}

/// A program on this host, with this vault on this machine and this map; its database is for the vault to say.
pub(super) fn program(host: &Fake, vault: &Fake, map: &str) -> Program {
    without_vault(host)
        .set("APP_KEY_VAULT__URL", format!("https://{}", vault.address))
        .set("APP_KEY_VAULT__SECRETS", map)
}

/// A program on this host, with an identity and no vault yet. What does not answer is given up soon.
pub(super) fn without_vault(host: &Fake) -> Program {
    sound("test")
        .unset("APP_APP__DATABASE_URL")
        .with_file("root.pem", certificates::root_pem())
        .set("SSL_CERT_FILE", "root.pem")
        .set("AZURE_CLIENT_ID", IDENTITY)
        .set(
            "IDENTITY_ENDPOINT",
            format!("http://{}/msi/token", host.address),
        )
        .set("IDENTITY_HEADER", PLATFORM_SECRET)
}

/// The requests that carried the token.
pub(super) fn authorized(vault: &Fake) -> Vec<Asked> {
    let mut asked = vault.asked();
    asked.retain(|it| it.headers.contains_key("authorization"));
    asked
}
