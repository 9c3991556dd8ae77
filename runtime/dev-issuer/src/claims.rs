//! The claims of access tokens, as Entra v2 issues them for an API with `requestedAccessTokenVersion: 2`.
//!
//! Invariant: a user's token has `scp` and no `idtyp`; an application's has `idtyp` = `app`, `oid` = `sub`, and no `scp`.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use uuid::Uuid;

use crate::object_id::object_id_of;
use crate::random;
use crate::registration::DownstreamApi;
use crate::settings::{Account, ApplicationAccount, IssuerSettings};

/// The Azure CLI's client id, the `azp` of tokens that `az account get-access-token` prints.
pub const AZURE_CLI_CLIENT_ID: Uuid = Uuid::from_u128(0x04b0_7795_8ddb_461a_bbee_02f9_e1bf_7b46);

/// How a client proved itself (`azpacr`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ClientProof {
    /// A public client proves nothing.
    None,
    /// A client secret.
    Secret,
}

/// Makes the claims of one tenant at one moment.
pub(crate) struct ClaimsMaker<'a> {
    pub(crate) settings: &'a IssuerSettings,
    pub(crate) issuer: &'a str,
    pub(crate) now: SystemTime,
}

impl ClaimsMaker<'_> {
    /// Renders the claims of a user who signed in through `client_id`. `scopes` are short names.
    pub(crate) fn render_user(
        &self,
        account: &Account,
        client_id: Uuid,
        scopes: &[String],
    ) -> Value {
        let mut claims = self.render_common(client_id, ClientProof::None, &account.roles);
        claims["name"] = json!(account.name);
        claims["oid"] = json!(object_id_of(&account.name));
        claims["preferred_username"] = json!(render_username(&account.name));
        claims["scp"] = json!(scopes.join(" "));
        // Entra's `sub` is pairwise: per user and API, never the object id.
        claims["sub"] = json!(object_id_of(&format!(
            "{}@{}",
            account.name, self.settings.client_id
        )));
        claims
    }

    /// Renders the claims of an application that used its secret.
    pub(crate) fn render_application(&self, application: &ApplicationAccount) -> Value {
        let object_id = object_id_of(&application.name);
        let mut claims = self.render_common(
            application.client_id,
            ClientProof::Secret,
            &application.roles,
        );
        claims["idtyp"] = json!("app");
        claims["oid"] = json!(object_id);
        claims["sub"] = json!(object_id);
        claims
    }

    /// Renders the claims of a token for another API, for the user that the API's own token (`user`) names.
    pub(crate) fn render_on_behalf(
        &self,
        user: &Value,
        api: &DownstreamApi,
        scopes: &[String],
    ) -> Value {
        // Roles are assigned per API; this tenant assigns none at the others.
        let mut claims = self.render_common(self.settings.client_id, ClientProof::Secret, &[]);
        claims["aud"] = json!(api.client_id);
        for name in ["name", "oid", "preferred_username"] {
            claims[name] = user[name].clone();
        }
        claims["scp"] = json!(scopes.join(" "));
        let name = user["name"].as_str().unwrap_or_default();
        claims["sub"] = json!(object_id_of(&format!("{name}@{}", api.client_id)));
        claims
    }

    pub(crate) fn now_unix_seconds(&self) -> u64 {
        unix_seconds(self.now)
    }

    fn render_common(&self, client_id: Uuid, client_proof: ClientProof, roles: &[String]) -> Value {
        let issued_at = unix_seconds(self.now);
        let mut claims = json!({
            "aud": self.settings.client_id,
            "iss": self.issuer,
            "iat": issued_at,
            "nbf": issued_at,
            "exp": unix_seconds(self.now + self.settings.token_lifetime),
            "azp": client_id,
            "azpacr": match client_proof {
                ClientProof::None => "0",
                ClientProof::Secret => "1",
            },
            "tid": self.settings.tenant_id,
            "uti": random::draw_text::<16>(),
            "ver": "2.0",
        });
        // Entra leaves the claim out when nothing is assigned.
        if !roles.is_empty() {
            claims["roles"] = json!(roles);
        }
        claims
    }
}

/// Renders a sign-in name under a domain that can never exist (RFC 2606).
fn render_username(name: &str) -> String {
    let local: String = name
        .chars()
        .map(|character| {
            if character.is_ascii_alphanumeric() {
                character.to_ascii_lowercase()
            } else {
                '.'
            }
        })
        .collect();
    format!("{local}@dev-issuer.invalid")
}

fn unix_seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH)
        .unwrap_or(Duration::ZERO)
        .as_secs()
}
