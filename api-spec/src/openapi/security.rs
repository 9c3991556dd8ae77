//! How the document says who may call an operation: to machines in requirements and `x-` members, to readers in words.
//!
//! Two schemes, either of which is enough: `entra` is the sign-in of a user (authorization code with PKCE) and lists
//! scopes; `bearer` is a token obtained elsewhere and lists roles, as OpenAPI 3.1 allows for schemes without scopes.

use serde_json::json;
use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::security::{
    AuthorizationCode, Flow, HttpAuthScheme, HttpBuilder, OAuth2, Scopes, SecurityRequirement,
    SecurityScheme,
};
use utoipa::openapi::{Components, RefOr};

use super::DocumentSettings;
use crate::{Access, EndpointDef, RoleDef, Vocabulary};

const ENTRA: &str = "entra";
const BEARER: &str = "bearer";

const BEARER_DESCRIPTION: &str = "\
A token of the same tenant that was obtained elsewhere, such as an application's. Where an operation lists roles here, \
the token must carry any one of them; `x-roles` count for users, `x-applications` for applications. \
Tokens are validated as RFC8725 asks.";

/// Adds both schemes.
pub(super) fn add_schemes(
    components: &mut Components,
    settings: &DocumentSettings,
    vocabulary: &Vocabulary,
) {
    let entra = &settings.entra;
    let scopes = vocabulary
        .scopes
        .iter()
        .map(|scope| (entra.qualify_scope(scope), scope.description.to_owned()));
    let flow = AuthorizationCode::with_refresh_url(
        entra.authorization_url.clone(),
        entra.token_url.clone(),
        Scopes::from_iter(scopes),
        entra.token_url.clone(),
    );
    let description = format!(
        "Sign in as a user of the Microsoft Entra tenant {} (authorization code with PKCE). \
         Tokens are validated as RFC8725 asks.",
        entra.tenant_id
    );
    let oauth2 = OAuth2::with_description([Flow::AuthorizationCode(flow)], description);
    let http = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("JWT")
        .description(Some(BEARER_DESCRIPTION))
        .build();
    components.add_security_schemes_from_iter([
        (ENTRA, RefOr::T(SecurityScheme::OAuth2(oauth2))),
        (BEARER, RefOr::T(SecurityScheme::Http(http))),
    ]);
}

/// The alternatives that admit a caller; empty for a public operation, which asks for nothing.
pub(super) fn requirements(
    settings: &DocumentSettings,
    access: &Access,
) -> Vec<SecurityRequirement> {
    match access {
        Access::Public { .. } => Vec::new(),
        Access::SignedIn => vec![entra(Vec::new()), bearer(Vec::new())],
        Access::DenyAll => vec![bearer(Vec::new())],
        Access::Restricted(requirements) => {
            let mut alternatives = Vec::new();
            if requirements.admits_users() {
                let scopes = requirements.scopes.iter();
                let qualified = scopes.map(|scope| settings.entra.qualify_scope(scope));
                alternatives.push(entra(qualified.collect()));
            }
            let mut roles = names(requirements.roles);
            for role in names(requirements.applications) {
                if !roles.contains(&role) {
                    roles.push(role);
                }
            }
            alternatives.push(bearer(roles));
            alternatives
        }
    }
}

/// The same for tools that read more than the standard has words for.
pub(super) fn extensions(def: &EndpointDef) -> Extensions {
    let access = &def.access;
    let mut members = vec![("x-access", json!(access.as_str()))];
    if let Some(reason) = access.public_reason() {
        members.push(("x-public-reason", json!(reason)));
    }
    if access.requirements().is_some() {
        let scopes = access.scopes().iter().map(|scope| scope.name);
        members.push(("x-roles", json!(names(access.roles()))));
        members.push(("x-scopes", json!(scopes.collect::<Vec<_>>())));
        members.push(("x-applications", json!(names(access.applications()))));
    }
    if let Some(context) = access.context() {
        members.push(("x-context", json!(context)));
    }
    if let Some(also) = def.also {
        members.push(("x-also", json!(also)));
    }
    if let Some(tool) = def.tool {
        members.push(("x-mcp-tool", json!(tool)));
    }
    if let Some(resource) = def.resource {
        members.push(("x-mcp-resource", json!(resource.uri)));
    }
    if let Some(prompt) = def.prompt {
        members.push(("x-mcp-prompt", json!(prompt)));
    }
    Extensions::from_iter(members)
}

fn entra(scopes: Vec<String>) -> SecurityRequirement {
    SecurityRequirement::new(ENTRA, scopes)
}

fn bearer(roles: Vec<&str>) -> SecurityRequirement {
    SecurityRequirement::new(BEARER, roles)
}

fn names(roles: &'static [RoleDef]) -> Vec<&'static str> {
    roles.iter().map(|role| role.name).collect()
}
