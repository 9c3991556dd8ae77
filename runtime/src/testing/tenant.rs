//! The tenant that the kit stands in for: its documents, and tokens as it would issue them.
//!
//! Everything is read off the finished configuration, so that an application that maps roles, restricts clients or has
//! another authority gets tokens that fit.

use std::collections::BTreeMap;

use portcullis_api_spec::{CallerKind, Rights};
use serde_json::{Map, Value, json};
use url::Url;
use uuid::{Uuid, uuid};

use super::key::TENANT_KEY;
use super::token::{Token, unix_now};
use crate::config::Config;
use crate::identity::InProcessDocuments;

/// The tenant, unless a test names another.
pub(super) const TENANT_ID: Uuid = uuid!("6f1f0a52-0d0e-4c5b-9a63-5a1d3b0f7c21");
/// The application's registration, unless a test names another.
pub(super) const CLIENT_ID: Uuid = uuid!("2b7e9c14-83d5-4f6a-b0c2-9e4d1a7f5863");
/// The client that asks for tokens, unless the configuration admits only others.
const CALLING_CLIENT_ID: Uuid = uuid!("8c3d5e71-46fa-4b29-8d10-7f2e6c9b4a05");
/// A scope or role that belongs to no application: what a caller holds who holds nothing here.
const UNRELATED_SCOPE: &str = "Unrelated.Read";
const UNRELATED_ROLE: &str = "Unrelated.Role";

/// A tenant, reduced to what a resource server asks of it.
pub(super) struct Tenant {
    pub(super) authority: Url,
    pub(super) issuer: String,
    pub(super) tenant_id: String,
    pub(super) client_id: String,
    pub(super) accepts_v1_tokens: bool,
    calling_client_id: String,
    /// Internal role -> Entra app-role value.
    entra_roles: BTreeMap<String, String>,
}

impl Tenant {
    pub(super) fn of(config: &Config) -> Self {
        let settings = &config.authentication;
        let calling_client_id = settings
            .allowed_clients
            .as_ref()
            .and_then(|clients| clients.first().cloned());
        let entra_roles = settings.roles.iter().flatten();
        Self {
            authority: settings.authority.clone(),
            issuer: settings.issuer.clone(),
            tenant_id: settings.tenant_id.to_string(),
            client_id: settings.client_id.to_string(),
            accepts_v1_tokens: settings.accept_v1_tokens,
            calling_client_id: calling_client_id.unwrap_or_else(|| CALLING_CLIENT_ID.to_string()),
            entra_roles: entra_roles
                .map(|(value, internal)| (internal.clone(), value.clone()))
                .collect(),
        }
    }

    /// What the tenant publishes: its two discovery documents and its key.
    pub(super) fn documents(&self) -> InProcessDocuments {
        let keys_url = self.url("discovery/v2.0/keys");
        let v2 = json!({ "issuer": self.issuer, "jwks_uri": keys_url });
        let v1 = json!({ "issuer": self.v1_issuer(), "jwks_uri": keys_url });
        let by_path = [
            ("v2.0/.well-known/openid-configuration", v2),
            (".well-known/openid-configuration", v1),
            ("discovery/v2.0/keys", json!({ "keys": [TENANT_KEY.jwk()] })),
        ]
        .map(|(path, document)| (self.url(path), document.to_string()));
        InProcessDocuments::new(move |url| {
            // `?appid=` asks for the keys of one registration; they are the tenant's.
            let asked = url.as_str().split('?').next();
            let found = by_path.iter().find(|(url, _)| Some(url.as_str()) == asked);
            found.map(|(_, document)| document.clone().into_bytes())
        })
    }

    pub(super) fn v1_issuer(&self) -> String {
        format!("https://sts.windows.net/{}/", self.tenant_id)
    }

    fn url(&self, path: &str) -> String {
        let authority = self.authority.as_str().trim_end_matches('/');
        format!("{authority}/{}/{path}", self.tenant_id)
    }

    /// A token with exactly these rights; somebody new each time.
    pub(super) fn token(&self, rights: &Rights) -> Token {
        let object_id = Uuid::new_v4().to_string();
        let now = unix_now();
        let claims = json!({
            "aud": self.client_id,
            "iss": self.issuer,
            "iat": now - 60,
            "nbf": now - 60,
            "exp": now + 3600,
            "azp": self.calling_client_id,
            "azpacr": "1",
            "oid": object_id,
            "tid": self.tenant_id,
            "uti": Uuid::new_v4().simple().to_string(),
            "ver": "2.0",
        });
        let Value::Object(claims) = claims else {
            return Token::new(Map::new());
        };
        let token = Token::new(claims);
        let roles: Vec<&str> = rights.roles.iter().map(|role| self.entra(role)).collect();
        let scopes: Vec<&str> = rights.scopes.iter().map(String::as_str).collect();
        match rights.kind {
            CallerKind::User => {
                let token = token.claim("sub", format!("pairwise-{object_id}"));
                let token = with_roles(&token, &roles);
                // Entra always sends a user's token with some scope.
                let scope = if scopes.is_empty() {
                    UNRELATED_SCOPE.to_owned()
                } else {
                    scopes.join(" ")
                };
                let token = token.claim("scp", scope);
                match rights.contexts.is_empty() {
                    true => token,
                    false => token.claim("acrs", json!(rights.contexts)),
                }
            }
            CallerKind::Application => {
                let token = token.claim("sub", object_id).claim("idtyp", "app");
                match roles.is_empty() {
                    true => with_roles(&token, &[UNRELATED_ROLE]),
                    false => with_roles(&token, &roles),
                }
            }
        }
    }

    /// The app-role value behind an internal role; one that is not mapped stands for itself, and then has no effect.
    fn entra<'a>(&'a self, role: &'a str) -> &'a str {
        self.entra_roles.get(role).map_or(role, String::as_str)
    }
}

/// Entra leaves the claim out when nothing is assigned.
fn with_roles(token: &Token, roles: &[&str]) -> Token {
    match roles {
        [] => token.without("roles"),
        roles => token.claim("roles", json!(roles)),
    }
}
