//! The on-behalf-of grant: the API hands in its caller's token and gets one of another API for the same user.
//!
//! Checks what Entra checks, with Entra's numbers: who the API is, that the token was issued for it and for a user, and
//! what the tenant says about that other API.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use http::StatusCode;
use serde_json::{Value, json};

use crate::assertion::Assertion;
use crate::issuer::Tenant;
use crate::oauth_error::OAuthError;
use crate::parameters::Parameters;
use crate::registration::{ApiCredential, DownstreamApi, DownstreamPolicy};
use crate::scope;

pub(super) const GRANT_TYPE: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// The audience of tokens that stand for the API (workload identity federation).
const EXCHANGE_AUDIENCE: &str = "api://AzureADTokenExchange";

/// The access token and its scopes.
pub(super) fn exchange(
    tenant: &Tenant,
    parameters: &Parameters,
) -> Result<(String, String), OAuthError> {
    check_api(tenant, parameters)?;
    if parameters.require("requested_token_use")? != "on_behalf_of" {
        let sentence = "The value of the parameter 'requested_token_use' is not supported.";
        return Err(OAuthError::new("invalid_request", 900_144, sentence));
    }
    let user = read_user_token(tenant, parameters.require("assertion")?)?;
    let (api, scopes) = parse_scopes(parameters.require("scope")?, tenant)?;
    match api.policy {
        DownstreamPolicy::Consented => {}
        DownstreamPolicy::ConsentMissing => {
            let sentence = format!(
                "The user or administrator has not consented to use the application with ID '{}'. Send an interactive authorization request for this user and resource.",
                tenant.settings.client_id
            );
            return Err(OAuthError::new("invalid_grant", 65_001, sentence)
                .with_suberror("consent_required"));
        }
        DownstreamPolicy::StepUp => {
            let sentence = "Due to a configuration change made by your administrator, or because you moved to a new location, you must use multi-factor authentication.";
            let claims =
                json!({ "access_token": { "acrs": { "essential": true, "value": "c1" } } });
            return Err(OAuthError::new("interaction_required", 50_076, sentence)
                .with_claims(claims.to_string()));
        }
    }
    let claims = tenant.claims_maker().render_on_behalf(&user, api, &scopes);
    let qualified = scope::render_qualified(&scopes, &api.app_id_uri);
    Ok((tenant.sign(&claims), qualified))
}

/// Checks that the request comes from the API itself.
fn check_api(tenant: &Tenant, parameters: &Parameters) -> Result<(), OAuthError> {
    let client_id = parameters.require("client_id")?;
    if client_id.parse() != Ok(tenant.settings.client_id) {
        return Err(OAuthError::unknown_client(client_id));
    }
    let refused = |number, sentence: &str| {
        OAuthError::new("invalid_client", number, sentence).with_status(StatusCode::UNAUTHORIZED)
    };
    match (
        parameters.get("client_secret"),
        parameters.get("client_assertion"),
    ) {
        (Some(secret), None) if tenant.has_secret(secret) => Ok(()),
        (Some(_), None) => Err(refused(7_000_215, "Invalid client secret provided.")),
        (None, Some(assertion)) => {
            let is_jwt = parameters.require("client_assertion_type")? == ASSERTION_TYPE;
            match is_jwt && tenant.has_assertion(assertion) {
                true => Ok(()),
                false => Err(refused(700_027, "The client assertion failed validation.")),
            }
        }
        (Some(_), Some(_)) => Err(refused(
            9_002_313,
            "Only one client credential may be presented.",
        )),
        (None, None) => Err(refused(
            7_000_218,
            "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
        )),
    }
}

impl Tenant {
    fn has_secret(&self, presented: &str) -> bool {
        self.settings.api_credentials.iter().any(|credential| {
            // In constant time, or the answer's delay would spell the secret out.
            matches!(credential, ApiCredential::Secret(secret)
                if verify_slices_are_equal(secret.as_bytes(), presented.as_bytes()).is_ok())
        })
    }

    fn has_assertion(&self, presented: &str) -> bool {
        let Some(assertion) = Assertion::parse(presented) else {
            return false;
        };
        let claims = &assertion.claims;
        let own_id = self.settings.client_id.to_string();
        let token_endpoint = format!(
            "{}/{}/oauth2/v2.0/token",
            self.authority, self.settings.tenant_id
        );
        let is_known = self
            .settings
            .api_credentials
            .iter()
            .any(|credential| match credential {
                ApiCredential::Secret(_) => false,
                ApiCredential::Certificate {
                    thumbprint,
                    public_key,
                } => {
                    assertion.header["x5t#S256"] == thumbprint.as_str()
                        && claims["iss"] == own_id.as_str()
                        && claims["sub"] == own_id.as_str()
                        && claims["aud"] == token_endpoint.as_str()
                        && claims["jti"].is_string()
                        && assertion.is_signed_by(public_key)
                }
                ApiCredential::Federated {
                    issuer,
                    subject,
                    public_key,
                } => {
                    claims["iss"] == issuer.as_str()
                        && claims["sub"] == subject.as_str()
                        && claims["aud"] == EXCHANGE_AUDIENCE
                        && assertion.is_signed_by(public_key)
                }
            });
        is_known && assertion.is_valid_at(self.claims_maker().now_unix_seconds())
    }
}

/// The claims of the caller's token, when it is one of this tenant, for the API, of a user, and in time.
fn read_user_token(tenant: &Tenant, text: &str) -> Result<Value, OAuthError> {
    let refused = |number, sentence| Err(OAuthError::new("invalid_grant", number, sentence));
    let own_key = tenant.signing_key();
    let Some(token) = Assertion::parse(text).filter(|it| it.is_signed_by(own_key.public_key()))
    else {
        return refused(50_013, "Assertion failed signature validation.");
    };
    if !token.is_valid_at(tenant.claims_maker().now_unix_seconds()) {
        return refused(
            500_133,
            "Assertion is not within its valid time range. Ensure that the access token is not expired.",
        );
    }
    if token.claims["aud"] != tenant.settings.client_id.to_string() {
        return refused(
            500_131,
            "Assertion audience does not match the client app presenting the assertion.",
        );
    }
    if !token.claims["scp"].is_string() {
        return refused(
            7_000_114,
            "Application is not allowed to make application on-behalf-of calls.",
        );
    }
    Ok(token.claims)
}

/// The one API that all of these scopes belong to, and their short names.
fn parse_scopes<'a>(
    text: &str,
    tenant: &'a Tenant,
) -> Result<(&'a DownstreamApi, Vec<String>), OAuthError> {
    let mut found: Option<(&DownstreamApi, Vec<String>)> = None;
    for requested in text.split(' ').filter(|requested| !requested.is_empty()) {
        let (resource, name) = requested.rsplit_once('/').unwrap_or(("", requested));
        let apis = &tenant.settings.downstream_apis;
        let Some(api) = apis.iter().find(|api| api.app_id_uri == resource) else {
            let sentence =
                format!("The resource principal named {resource} was not found in the tenant.");
            return Err(OAuthError::new("invalid_resource", 500_011, sentence));
        };
        let (first, names) = found.get_or_insert((api, Vec::new()));
        if first.client_id != api.client_id {
            let sentence = "The provided scopes belong to more than one resource.";
            return Err(OAuthError::new("invalid_scope", 28_000, sentence));
        }
        if name == ".default" {
            names.clone_from(&api.scopes);
        } else if api.scopes.iter().any(|scope| scope == name) {
            names.push(name.to_owned());
        } else {
            let sentence = format!(
                "The application asked for scope '{requested}' that doesn't exist on the resource."
            );
            return Err(OAuthError::new("invalid_scope", 650_053, sentence));
        }
    }
    found.ok_or_else(|| OAuthError::missing_parameter("scope"))
}
