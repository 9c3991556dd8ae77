//! The authorize endpoint: the page that offers the accounts, and the redirect that carries the code.
//!
//! Invariant: nobody is redirected before the client and its exact redirect URI are known (RFC 9700 4.1), or an
//! attacker could have errors and codes sent wherever they like.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use url::Url;
use uuid::Uuid;

use crate::claims_request::ClaimsRequest;
use crate::code::Grant;
use crate::issuer::Tenant;
use crate::oauth_error::{NO_STORE, OAuthError};
use crate::page;
use crate::parameters::Parameters;
use crate::pkce::Challenge;
use crate::scope;

pub(super) async fn authorize(
    State(tenant): State<Arc<Tenant>>,
    RawQuery(query): RawQuery,
) -> Response {
    let query = query.unwrap_or_default();
    let found = Parameters::parse(query.as_bytes()).and_then(|parameters| {
        find_return_address(&tenant, &parameters).map(|found| (parameters, found))
    });
    let (parameters, return_address) = match found {
        Ok(found) => found,
        Err(error) => return page::render_error(&error),
    };
    match answer(&tenant, &parameters, &return_address) {
        Ok(Answer::Page(response)) => response,
        Ok(Answer::Code(code)) => return_address.redirect(&[("code", &code)]),
        Err(error) => {
            tracing::info!(
                error = error.error,
                number = error.number,
                "sign-in refused"
            );
            return_address.redirect(&[
                ("error", error.error),
                ("error_description", &error.description()),
            ])
        }
    }
}

/// A registered place to send the browser back to.
struct ReturnAddress {
    client_id: Uuid,
    redirect_uri: String,
    url: Url,
    response_mode: ResponseMode,
    state: Option<String>,
}

/// Where the answer stands in the URL.
enum ResponseMode {
    Query,
    Fragment,
}

enum Answer {
    Page(Response),
    Code(String),
}

fn find_return_address(
    tenant: &Tenant,
    parameters: &Parameters,
) -> Result<ReturnAddress, OAuthError> {
    let client_id = parameters.require("client_id")?;
    let redirect_uri = parameters.get("redirect_uri");
    let (client_id, is_allowed) = client_id
        .parse()
        .ok()
        .and_then(|id| {
            Some((
                id,
                tenant.may_redirect(id, redirect_uri.unwrap_or_default())?,
            ))
        })
        .ok_or_else(|| OAuthError::unknown_client(client_id))?;
    let redirect_uri = parameters.require("redirect_uri")?;
    let mismatch = || {
        let sentence = format!(
            "The redirect URI '{redirect_uri}' specified in the request does not match the redirect URIs configured for \
             the application '{client_id}'."
        );
        OAuthError::new("invalid_request", 50_011, sentence)
    };
    if !is_allowed {
        return Err(mismatch());
    }
    Ok(ReturnAddress {
        client_id,
        redirect_uri: redirect_uri.to_owned(),
        url: Url::parse(redirect_uri).map_err(|_| mismatch())?,
        response_mode: match parameters.get("response_mode") {
            Some("fragment") => ResponseMode::Fragment,
            Some(_) | None => ResponseMode::Query,
        },
        state: parameters.get("state").map(str::to_owned),
    })
}

fn answer(
    tenant: &Tenant,
    parameters: &Parameters,
    return_address: &ReturnAddress,
) -> Result<Answer, OAuthError> {
    let scopes = check_request(tenant, parameters)?;
    let asked = parameters.require("scope")?;
    let challenge = parse_challenge(parameters)?;
    let claims_request = ClaimsRequest::parse(parameters)?;
    let accounts = &tenant.settings.accounts;
    let Some(account_name) = parameters.get("account") else {
        if parameters.get("prompt") == Some("none") {
            let sentence = "A silent sign-in request was sent but no user is signed in.";
            return Err(OAuthError::new("login_required", 50_058, sentence));
        }
        let names: Vec<&str> = accounts
            .iter()
            .map(|account| account.name.as_str())
            .collect();
        let page = page::render_accounts(&names, parameters, &claims_request.contexts);
        return Ok(Answer::Page(page));
    };
    if !accounts.iter().any(|account| account.name == account_name) {
        let sentence =
            format!("The user account '{account_name}' does not exist in the directory.");
        return Err(OAuthError::new("access_denied", 50_034, sentence));
    }
    let grant = Grant {
        account_name: account_name.to_owned(),
        client_id: return_address.client_id,
        redirect_uri: return_address.redirect_uri.clone(),
        challenge,
        scopes,
        app_id_uri: scope::qualifier_of(asked).unwrap_or_default().to_owned(),
        is_offline: scope::is_offline(asked),
        claims_request,
    };
    tracing::info!(account = account_name, "signed in at the dev issuer");
    let mut codes = tenant
        .codes
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    Ok(Answer::Code(codes.issue(grant, Instant::now())))
}

fn check_request(tenant: &Tenant, parameters: &Parameters) -> Result<Vec<String>, OAuthError> {
    let response_type = parameters.require("response_type")?;
    if response_type != "code" {
        let sentence =
            format!("The response_type '{response_type}' is not enabled for the application.");
        return Err(OAuthError::new(
            "unsupported_response_type",
            700_054,
            sentence,
        ));
    }
    if let Some(response_mode) = parameters.get("response_mode")
        && !matches!(response_mode, "query" | "fragment")
    {
        let sentence = format!(
            "The response_mode '{response_mode}' is not supported: ask for 'query' or 'fragment'."
        );
        return Err(OAuthError::new("invalid_request", 900_561, sentence));
    }
    scope::check_resource(parameters, &tenant.settings)?;
    scope::parse_delegated(parameters.require("scope")?, &tenant.settings)
}

/// Entra asks public clients for PKCE, and for S256 alone: `plain` shows the verifier to whoever reads the request.
fn parse_challenge(parameters: &Parameters) -> Result<Challenge, OAuthError> {
    let Some(challenge) = parameters.get("code_challenge") else {
        let sentence =
            "Proof Key for Code Exchange is required: the request has no code_challenge.";
        return Err(OAuthError::new("invalid_request", 9_002_325, sentence));
    };
    if parameters.get("code_challenge_method") != Some("S256") {
        let sentence = "The code_challenge_method must be 'S256'.";
        return Err(OAuthError::new("invalid_request", 501_491, sentence));
    }
    Challenge::parse(challenge).ok_or_else(|| {
        let sentence = "The code_challenge is not the base64url form of a SHA-256 digest.";
        OAuthError::new("invalid_request", 501_491, sentence)
    })
}

impl ReturnAddress {
    fn redirect(&self, answer: &[(&str, &str)]) -> Response {
        let state = self.state.as_deref().map(|state| ("state", state));
        let answer = answer.iter().copied().chain(state);
        let mut location = self.url.clone();
        match self.response_mode {
            ResponseMode::Query => {
                location.query_pairs_mut().extend_pairs(answer);
            }
            ResponseMode::Fragment => {
                let mut serializer = url::form_urlencoded::Serializer::new(String::new());
                location.set_fragment(Some(&serializer.extend_pairs(answer).finish()));
            }
        }
        let location = HeaderValue::from_str(location.as_str())
            .expect("a serialised URL is ASCII without controls");
        // The code stands in the URL: it must not travel on in a Referer.
        let referrer_policy = (
            header::REFERRER_POLICY,
            HeaderValue::from_static("no-referrer"),
        );
        (
            StatusCode::FOUND,
            NO_STORE,
            [(header::LOCATION, location), referrer_policy],
        )
            .into_response()
    }
}
