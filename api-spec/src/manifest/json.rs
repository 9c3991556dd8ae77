//! The manifest as the Microsoft Graph `application` resource: the body of `POST` or `PATCH /v1.0/applications`.

use serde_json::{Value, json};

use super::{
    ACCESS_TOKEN_VERSION, AZURE_CLI_CLIENT_ID, AppRole, ExposedScope, Manifest, OPTIONAL_CLAIMS,
};

/// Renders the manifest as indented JSON with a final line feed.
#[must_use]
pub fn render_json(manifest: &Manifest) -> String {
    let mut api = describe_api(manifest);
    api["preAuthorizedApplications"] = describe_pre_authorized(manifest);
    let mut application = describe_application(manifest);
    application["api"] = api;
    application["identifierUris"] = json!(manifest.registration.identifier_uris());
    format!("{application:#}\n")
}

/// Everything that names neither the registration itself nor one of its scopes: what can be set in a first step.
pub(super) fn describe_application(manifest: &Manifest) -> Value {
    let claims = OPTIONAL_CLAIMS.map(|name| json!({ "name": name }));
    json!({
        "displayName": manifest.display_name,
        "signInAudience": "AzureADMyOrg",
        "api": describe_api(manifest),
        "appRoles": manifest.app_roles.iter().map(describe_role).collect::<Vec<_>>(),
        "optionalClaims": { "accessToken": claims },
    })
}

/// The exposed scopes, without the clients that are pre-authorized for them.
fn describe_api(manifest: &Manifest) -> Value {
    json!({
        "requestedAccessTokenVersion": ACCESS_TOKEN_VERSION,
        "oauth2PermissionScopes": manifest.scopes.iter().map(describe_scope).collect::<Vec<_>>(),
    })
}

/// Clients whose users are not asked for consent. Graph takes them only after the scopes they name exist.
pub(super) fn describe_pre_authorized(manifest: &Manifest) -> Value {
    let ids: Vec<_> = manifest.scopes.iter().map(|scope| scope.id).collect();
    match ids.is_empty() {
        true => json!([]),
        false => json!([{
            "appId": AZURE_CLI_CLIENT_ID,
            "delegatedPermissionIds": ids.iter().map(ToString::to_string).collect::<Vec<_>>(),
        }]),
    }
}

fn describe_role(role: &AppRole) -> Value {
    json!({
        "id": role.id.to_string(),
        "value": role.value,
        "displayName": role.value,
        "description": role.description,
        "allowedMemberTypes": role.allowed_member_types,
        "isEnabled": true,
    })
}

fn describe_scope(scope: &ExposedScope) -> Value {
    json!({
        "id": scope.id.to_string(),
        "value": scope.value,
        "type": "User",
        "isEnabled": true,
        "adminConsentDisplayName": scope.display_name,
        "adminConsentDescription": scope.description,
        "userConsentDisplayName": scope.display_name,
        "userConsentDescription": scope.description,
    })
}
