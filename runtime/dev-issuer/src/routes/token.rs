//! The token endpoint: a code with its verifier, a refresh token, an application's secret, or a caller's token becomes an
//! access token.

use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::time::Instant;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use axum::extract::rejection::RawFormRejection;
use axum::extract::{RawForm, State};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, StatusCode, header};
use serde_json::{Value, json};
use url::form_urlencoded;
use uuid::Uuid;

use super::on_behalf_of;
use crate::claims_request::ClaimsRequest;
use crate::code::CodeError;
use crate::issuer::Tenant;
use crate::oauth_error::{NO_STORE, OAuthError};
use crate::parameters::Parameters;
use crate::refresh::{RefreshError, Session};
use crate::scope;

pub(super) async fn exchange(
    State(tenant): State<Arc<Tenant>>,
    headers: HeaderMap,
    form: Result<RawForm, RawFormRejection>,
) -> Response {
    let answer = form
        .map_err(|_| {
            let sentence =
                "The body must be of type 'application/x-www-form-urlencoded', and short.";
            OAuthError::new("invalid_request", 900_561, sentence)
        })
        .and_then(|RawForm(body)| Parameters::parse(&body))
        .and_then(|parameters| grant_token(&tenant, &headers, &parameters));
    match answer {
        Ok(body) => (NO_STORE, axum::Json(body)).into_response(),
        Err(error) => {
            tracing::info!(
                error = error.error,
                number = error.number,
                "token request refused"
            );
            error.into_response()
        }
    }
}

fn grant_token(
    tenant: &Tenant,
    headers: &HeaderMap,
    parameters: &Parameters,
) -> Result<Value, OAuthError> {
    check_load(tenant)?;
    scope::check_resource(parameters, &tenant.settings)?;
    match parameters.require("grant_type")? {
        "authorization_code" => redeem_code(tenant, parameters),
        "refresh_token" => refresh(tenant, parameters),
        "client_credentials" => admit_application(tenant, headers, parameters),
        on_behalf_of::GRANT_TYPE => exchange_token(tenant, parameters),
        other => {
            let sentence = format!("The app requested an unsupported grant type '{other}'.");
            Err(OAuthError::new("unsupported_grant_type", 70_003, sentence))
        }
    }
}

/// Fails as often as a test has asked for.
fn check_load(tenant: &Tenant) -> Result<(), OAuthError> {
    let left = |failures: usize| failures.checked_sub(1);
    let failures = &tenant.failures_to_come;
    match failures.fetch_update(Ordering::SeqCst, Ordering::SeqCst, left) {
        Err(_none_to_come) => Ok(()),
        Ok(_) => {
            let sentence = "The service is temporarily unavailable. Please retry later.";
            let error = OAuthError::new("temporarily_unavailable", 90_033, sentence);
            Err(error.with_status(StatusCode::SERVICE_UNAVAILABLE))
        }
    }
}

fn exchange_token(tenant: &Tenant, parameters: &Parameters) -> Result<Value, OAuthError> {
    let (access_token, scope) = on_behalf_of::exchange(tenant, parameters)?;
    tenant.exchanges.fetch_add(1, Ordering::SeqCst);
    let mut body = render_token(tenant, &access_token);
    body["scope"] = json!(scope);
    Ok(body)
}

fn redeem_code(tenant: &Tenant, parameters: &Parameters) -> Result<Value, OAuthError> {
    let client_id = parameters.require("client_id")?;
    let code = parameters.require("code")?;
    let redirect_uri = parameters.require("redirect_uri")?;
    let verifier = parameters.require("code_verifier")?;
    let grant = tenant
        .codes
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .redeem(code, Instant::now())
        .map_err(refuse_code)?;
    if client_id.parse() != Ok(grant.client_id) {
        let sentence = "The provided authorization code was issued to another application.";
        return Err(OAuthError::new("invalid_grant", 700_005, sentence));
    }
    if redirect_uri != grant.redirect_uri {
        let sentence = "The reply address does not match the one provided when requesting the authorization code.";
        return Err(OAuthError::new("invalid_grant", 500_112, sentence));
    }
    if !grant.challenge.is_met_by(verifier) {
        let sentence = "The Code_Verifier does not match the code_challenge supplied in the authorization request.";
        return Err(OAuthError::new("invalid_grant", 501_481, sentence));
    }
    let session = Session {
        account_name: grant.account_name,
        client_id: grant.client_id,
        scopes: grant.scopes,
        app_id_uri: grant.app_id_uri,
        claims_request: grant.claims_request,
    };
    let mut body = render_user_token(tenant, parameters, &session)?;
    if grant.is_offline {
        body["refresh_token"] = json!(issue_refresh_token(tenant, session));
    }
    Ok(body)
}

fn refresh(tenant: &Tenant, parameters: &Parameters) -> Result<Value, OAuthError> {
    let client_id = parameters.require("client_id")?;
    let session = tenant
        .sessions
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .find(parameters.require("refresh_token")?, Instant::now())
        .map_err(refuse_refresh_token)?;
    if client_id.parse() != Ok(session.client_id) {
        return Err(refuse_refresh_token(RefreshError::Unknown));
    }
    let mut body = render_user_token(tenant, parameters, &session)?;
    body["refresh_token"] = json!(issue_refresh_token(tenant, session));
    Ok(body)
}

/// Makes an access token for a user, with the scopes that were granted or those of them that are asked for.
fn render_user_token(
    tenant: &Tenant,
    parameters: &Parameters,
    session: &Session,
) -> Result<Value, OAuthError> {
    let scopes = match parameters.get("scope") {
        None => session.scopes.clone(),
        Some(text) => narrow(
            scope::parse_delegated(text, &tenant.settings)?,
            &session.scopes,
        )?,
    };
    // Contexts are met by signing in; a token request cannot add one.
    let asked = ClaimsRequest::parse(parameters)?;
    let claims_request = session.claims_request.clone().and(asked)?;
    let access_token = tenant
        .sign_for_user(
            &session.account_name,
            session.client_id,
            &scopes,
            &claims_request,
        )
        .expect("a session begins only for an account of the tenant");
    let mut body = render_token(tenant, &access_token);
    body["scope"] = json!(scope::render_qualified(&scopes, &session.app_id_uri));
    Ok(body)
}

fn issue_refresh_token(tenant: &Tenant, session: Session) -> String {
    let mut sessions = tenant
        .sessions
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    sessions.issue(session, Instant::now())
}

fn refuse_refresh_token(refresh_error: RefreshError) -> OAuthError {
    let (number, sentence) = match refresh_error {
        RefreshError::Unknown => (
            70_000,
            "The provided value for the input parameter 'refresh_token' is not valid.",
        ),
        RefreshError::Expired => (700_082, "The refresh token has expired due to inactivity."),
    };
    OAuthError::new("invalid_grant", number, sentence)
}

fn refuse_code(code_error: CodeError) -> OAuthError {
    let (number, sentence) = match code_error {
        CodeError::Unknown => (9_002_313, "The authorization code is invalid or malformed."),
        CodeError::Expired => (70_008, "The provided authorization code has expired."),
        CodeError::AlreadyRedeemed => (54_005, "OAuth2 Authorization code was already redeemed."),
    };
    OAuthError::new("invalid_grant", number, sentence)
}

/// A token request may ask for less than was authorized, never for more (RFC 6749 5.1 and 6).
fn narrow(requested: Vec<String>, granted: &[String]) -> Result<Vec<String>, OAuthError> {
    if requested.iter().all(|scope| granted.contains(scope)) {
        return Ok(requested);
    }
    let sentence = "The request asks for a scope that was not part of the authorization request.";
    Err(OAuthError::new("invalid_grant", 65_001, sentence))
}

fn admit_application(
    tenant: &Tenant,
    headers: &HeaderMap,
    parameters: &Parameters,
) -> Result<Value, OAuthError> {
    let (client_id, secret) = read_client_credential(headers, parameters)?;
    let application = client_id
        .parse()
        .ok()
        .and_then(|id: Uuid| {
            tenant
                .settings
                .applications
                .iter()
                .find(|known| known.client_id == id)
        })
        .ok_or_else(|| OAuthError::unknown_client(&client_id))?;
    // In constant time, or the answer's delay would spell the secret out.
    if verify_slices_are_equal(secret.as_bytes(), application.secret.as_bytes()).is_err() {
        let sentence = format!("Invalid client secret provided for app '{client_id}'.");
        return Err(OAuthError::new("invalid_client", 7_000_215, sentence)
            .with_status(StatusCode::UNAUTHORIZED));
    }
    scope::check_application(parameters.require("scope")?, &tenant.settings)?;
    let claims = tenant.claims_maker().render_application(application);
    Ok(render_token(tenant, &tenant.sign(&claims)))
}

/// Client id and secret, from the form or from HTTP Basic (RFC 6749 2.3.1), not from both.
fn read_client_credential(
    headers: &HeaderMap,
    parameters: &Parameters,
) -> Result<(String, String), OAuthError> {
    let Some(authorization) = headers.get(header::AUTHORIZATION) else {
        let client_id = parameters.require("client_id")?;
        let Some(secret) = parameters.get("client_secret") else {
            let sentence = "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.";
            return Err(OAuthError::new("invalid_client", 7_000_218, sentence)
                .with_status(StatusCode::UNAUTHORIZED));
        };
        return Ok((client_id.to_owned(), secret.to_owned()));
    };
    let malformed = || {
        let sentence = "The Authorization header is not a client id and secret in HTTP Basic form, or stands beside a secret in the body.";
        OAuthError::new("invalid_request", 9_002_313, sentence)
    };
    if parameters.get("client_secret").is_some() {
        return Err(malformed());
    }
    parse_basic(authorization.as_bytes()).ok_or_else(malformed)
}

fn parse_basic(authorization: &[u8]) -> Option<(String, String)> {
    let (scheme, encoded) = std::str::from_utf8(authorization).ok()?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (client_id, secret) = decoded.split_once(':')?;
    Some((decode_form(client_id), decode_form(secret)))
}

/// Both halves are form-encoded before Basic is applied (RFC 6749 2.3.1).
fn decode_form(encoded: &str) -> String {
    form_urlencoded::parse(encoded.as_bytes())
        .next()
        .map_or_else(String::new, |(name, _)| name.into_owned())
}

fn render_token(tenant: &Tenant, access_token: &str) -> Value {
    let lifetime_seconds = tenant.settings.token_lifetime.as_secs();
    json!({
        "token_type": "Bearer",
        "expires_in": lifetime_seconds,
        "ext_expires_in": lifetime_seconds,
        "access_token": access_token,
    })
}
