//! The tenant of `dev`, made from what the application declares: one account a role.
//!
//! Invariant: roles, scopes and audiences come from the vocabulary and the finished configuration, so that what the
//! issuer grants is what the validator expects, also with `auth.roles` or `auth.app_id_uris` set.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use portcullis_api_spec::{CallerKind, RoleDef, Vocabulary};
use portcullis_dev_issuer::{
    Account, ApiCredential, ApplicationAccount, DownstreamApi, DownstreamPolicy, IssuerSettings,
    PublicClient, object_id_of,
};
use url::Url;

use super::ApiFacts;
use crate::config::{AuthenticationConfig, ClientCredentialConfig, Config};

/// Someone who can call: named by the one role held.
pub(super) struct DevAccount {
    pub(super) name: String,
    pub(super) kind: CallerKind,
    pub(super) role: &'static RoleDef,
}

/// Lists one account for each declared role: people first, then applications.
pub(super) fn list(vocabulary: &Vocabulary) -> Vec<DevAccount> {
    let roles = vocabulary.roles;
    let people = roles.iter().filter(|role| role.is_for_users());
    let applications = roles.iter().filter(|role| role.is_for_applications());
    let people = people.map(|role| DevAccount {
        name: role.name.to_owned(),
        kind: CallerKind::User,
        role,
    });
    let applications = applications.map(|role| DevAccount {
        // A role that both may hold names a person already.
        name: if role.is_for_users() {
            format!("{} application", role.name)
        } else {
            role.name.to_owned()
        },
        kind: CallerKind::Application,
        role,
    });
    people.chain(applications).collect()
}

/// Builds the tenant of a configured service.
pub(super) fn build_settings(
    bind: SocketAddr,
    facts: &ApiFacts,
    config: &Config,
    public_url: &Url,
) -> IssuerSettings {
    let authentication = &config.authentication;
    let public_base = public_url.as_str().trim_end_matches('/');
    let documentation = config.docs.swagger_client_id.map(|client_id| PublicClient {
        client_id,
        redirect_uris: vec![format!("{public_base}/docs/oauth2-redirect.html")],
    });
    let mut settings =
        IssuerSettings::new(bind, authentication.tenant_id, authentication.client_id);
    settings.app_id_uris.clone_from(&authentication.app_id_uris);
    let scopes = facts.vocabulary.scopes.iter();
    settings.scopes = scopes.map(|scope| scope.name.to_owned()).collect();
    settings.public_clients.extend(documentation);
    if config.mcp.enabled {
        settings.native_client = Some(object_id_of("MCP clients of dev"));
    }
    if let Some(ClientCredentialConfig::Secret(secret)) = &config.downstream.credential {
        let credential = ApiCredential::Secret(secret.0.clone());
        settings.api_credentials.push(credential);
    }
    settings.downstream_apis = downstream_apis(&config.downstream.scopes);
    for account in &facts.accounts {
        let name = account.name.clone();
        let roles = vec![entra_role(account.role, authentication)];
        match account.kind {
            CallerKind::User => settings.accounts.push(Account { name, roles }),
            CallerKind::Application => settings.applications.push(ApplicationAccount {
                client_id: object_id_of(&format!("client {name}")),
                // Not worth guarding: whoever reaches the issuer may be anyone. Fixed, so that scripts outlive a restart.
                secret: format!("{}-of-dev", name.to_lowercase().replace(' ', "-")),
                name,
                roles,
            }),
        }
    }
    settings
}

/// The other APIs, made from the scopes that are asked of them: all are consented to.
fn downstream_apis(scopes_by_name: &BTreeMap<String, Vec<String>>) -> Vec<DownstreamApi> {
    let mut by_resource: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for scope in scopes_by_name.values().flatten() {
        let (resource, name) = scope.rsplit_once('/').unwrap_or((scope, ".default"));
        // `.default` asks for what the registration lists; here nothing else says what that is.
        let name = match name {
            ".default" => "user_impersonation",
            name => name,
        };
        by_resource
            .entry(resource)
            .or_default()
            .push(name.to_owned());
    }
    let api = |(resource, scopes): (&str, Vec<String>)| DownstreamApi {
        client_id: object_id_of(&format!("downstream {resource}")),
        app_id_uri: resource.to_owned(),
        scopes,
        policy: DownstreamPolicy::Consented,
    };
    by_resource.into_iter().map(api).collect()
}

/// What Entra calls an internal role: `auth.roles` read backwards.
fn entra_role(role: &RoleDef, authentication: &AuthenticationConfig) -> String {
    authentication
        .roles
        .iter()
        .flatten()
        .find(|(_, internal)| *internal == role.name)
        .map_or_else(|| role.name.to_owned(), |(entra, _)| entra.clone())
}
