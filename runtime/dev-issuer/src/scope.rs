//! Scopes as they are asked for (qualified by an App ID URI) and as tokens carry them (short).
//!
//! Invariant: what comes out names only scopes the API exposes, each once.

use crate::oauth_error::OAuthError;
use crate::parameters::Parameters;
use crate::settings::IssuerSettings;

/// Asks for a refresh token.
const OFFLINE_SCOPE: &str = "offline_access";

/// Scopes of OpenID Connect. The others ask for ID tokens, which this issuer does not make.
const OPENID_SCOPES: [&str; 4] = ["openid", "profile", "email", OFFLINE_SCOPE];

/// Asks for everything that is assigned.
const DEFAULT_SCOPE: &str = ".default";

/// Parses the `scope` of a user's request into short names.
///
/// # Errors
/// A scope of another resource, one the API does not expose, or none of the API's at all.
pub(crate) fn parse_delegated(
    text: &str,
    settings: &IssuerSettings,
) -> Result<Vec<String>, OAuthError> {
    let mut scopes: Vec<String> = Vec::new();
    for requested in text.split(' ').filter(|requested| !requested.is_empty()) {
        if OPENID_SCOPES.contains(&requested) {
            continue;
        }
        let short_name = strip_resource(requested, settings)?;
        if short_name == DEFAULT_SCOPE {
            scopes.clone_from(&settings.scopes);
        } else if !settings.scopes.iter().any(|scope| scope == short_name) {
            return Err(unknown_scope(requested, settings));
        } else if !scopes.iter().any(|scope| scope == short_name) {
            scopes.push(short_name.to_owned());
        }
    }
    if scopes.is_empty() {
        let sentence = format!(
            "The request asks for no scope of the API. {}",
            render_offer(settings)
        );
        return Err(OAuthError::new("invalid_scope", 70_011, sentence));
    }
    Ok(scopes)
}

/// Checks the `scope` of a client credentials request, which can only be `<app id uri>/.default`.
///
/// # Errors
/// Anything else.
pub(crate) fn check_application(text: &str, settings: &IssuerSettings) -> Result<(), OAuthError> {
    if strip_resource(text, settings)? == DEFAULT_SCOPE {
        return Ok(());
    }
    let sentence = format!(
        "The provided value for scope {text} is not valid. Client credential flows must have a scope value with /.default \
         suffixed to the resource identifier (application ID URI)."
    );
    Err(OAuthError::new("invalid_scope", 1_002_012, sentence))
}

/// What a user's request qualifies the API's scopes by: the first of them speaks for all.
pub(crate) fn qualifier_of(text: &str) -> Option<&str> {
    let mut scopes = text.split(' ');
    scopes.find_map(|scope| Some(scope.rsplit_once('/')?.0))
}

/// Says whether a request asks for a refresh token.
pub(crate) fn is_offline(text: &str) -> bool {
    text.split(' ').any(|requested| requested == OFFLINE_SCOPE)
}

/// Checks the `resource` of a request (RFC 8707), which MCP clients send: it must be one of the API's identifier URIs, and
/// the one that the scopes are qualified by.
///
/// # Errors
/// Another resource.
pub(crate) fn check_resource(
    parameters: &Parameters,
    settings: &IssuerSettings,
) -> Result<(), OAuthError> {
    let Some(resource) = parameters.get("resource") else {
        return Ok(());
    };
    let scopes = parameters.get("scope").unwrap_or_default().split(' ');
    let mut scopes_of_api = scopes.filter(|it| !it.is_empty() && !OPENID_SCOPES.contains(it));
    let is_qualifier = |scope: &str| {
        scope
            .rsplit_once('/')
            .is_some_and(|(uri, _)| uri == resource)
    };
    if settings.app_id_uris.iter().any(|uri| uri == resource) && scopes_of_api.all(is_qualifier) {
        return Ok(());
    }
    let sentence = format!(
        "The resource parameter '{resource}' provided in the request doesn't match with the requested scopes."
    );
    Err(OAuthError::new("invalid_target", 9_010_010, sentence))
}

/// Renders short names as a token response lists them: as they were asked for, since clients that need another scope ask
/// for these once more beside it.
pub(crate) fn render_qualified(scopes: &[String], uri: &str) -> String {
    let qualified: Vec<String> = scopes
        .iter()
        .map(|scope| format!("{uri}/{scope}"))
        .collect();
    qualified.join(" ")
}

/// Takes the App ID URI, or the client id that stands for it, off a qualified scope.
fn strip_resource<'a>(
    requested: &'a str,
    settings: &IssuerSettings,
) -> Result<&'a str, OAuthError> {
    // Entra too reads an unqualified name as a scope of another API: Microsoft Graph.
    let Some((resource, short_name)) = requested.rsplit_once('/') else {
        return Err(unknown_scope(requested, settings));
    };
    let is_ours = resource == settings.client_id.to_string()
        || settings.app_id_uris.iter().any(|uri| uri == resource);
    if is_ours {
        return Ok(short_name);
    }
    let sentence = format!("The resource principal named {resource} was not found in the tenant.");
    Err(OAuthError::new("invalid_resource", 500_011, sentence))
}

fn unknown_scope(requested: &str, settings: &IssuerSettings) -> OAuthError {
    let sentence = format!(
        "The application asked for scope '{requested}' that doesn't exist on the resource. {}",
        render_offer(settings)
    );
    OAuthError::new("invalid_scope", 650_053, sentence)
}

fn render_offer(settings: &IssuerSettings) -> String {
    format!(
        "It exposes: {}.",
        render_qualified(
            &settings.scopes,
            settings.app_id_uris.first().map_or("", String::as_str)
        )
    )
}
