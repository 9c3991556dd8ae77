//! The tenant of `dev`, made from what the application declares: one account a role.
//!
//! Invariant: roles, scopes and audiences come from the vocabulary and the finished configuration, so that what the
//! issuer grants is what the validator expects, also with `auth.roles` or `auth.app_id_uris` set.

use std::net::SocketAddr;

use portcullis_api_spec::{CallerKind, RoleDef, Vocabulary};
use portcullis_dev_issuer::{
    Account, ApplicationAccount, IssuerSettings, PublicClient, object_id_of,
};
use url::Url;

use super::ApiFacts;
use crate::config::{AuthenticationConfig, Config};

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
    let mcp_resource = match &config.mcp.resource {
        Some(resource) => resource.to_string(),
        None => format!("{public_base}/api/v1/mcp"),
    };
    let mut settings =
        IssuerSettings::new(bind, authentication.tenant_id, authentication.client_id);
    settings.app_id_uris.clone_from(&authentication.app_id_uris);
    // MCP clients name the endpoint as the resource they want a token for.
    settings.app_id_uris.push(mcp_resource);
    let scopes = facts.vocabulary.scopes.iter();
    settings.scopes = scopes.map(|scope| scope.name.to_owned()).collect();
    settings.public_clients.extend(documentation);
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

/// What Entra calls an internal role: `auth.roles` read backwards.
fn entra_role(role: &RoleDef, authentication: &AuthenticationConfig) -> String {
    authentication
        .roles
        .iter()
        .flatten()
        .find(|(_, internal)| *internal == role.name)
        .map_or_else(|| role.name.to_owned(), |(entra, _)| entra.clone())
}
