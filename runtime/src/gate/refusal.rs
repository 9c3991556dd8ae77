//! The answers to those who may not pass: the table of `docs/http-status.md`, and nothing that tells which check failed.

use std::sync::Arc;

use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderValue, header};
use portcullis_api_spec::openapi::{
    FORBIDDEN, INSUFFICIENT_CLAIMS, INSUFFICIENT_SCOPE, INVALID_REQUEST, INVALID_TOKEN,
    KEYS_UNAVAILABLE, UNAUTHENTICATED,
};
use portcullis_api_spec::{Access, Denial, ProblemDef, ScopeDef};
use serde_json::json;

use crate::identity::Reason;
use crate::{Caller, Problem};

/// How long a client should wait for signing keys, in seconds.
const KEYS_RETRY_AFTER_SECONDS: u64 = 5;

/// What a client needs to obtain a better token.
#[derive(Debug, Clone)]
pub(crate) struct Challenge {
    /// URL of the RFC 9728 document.
    pub(super) resource_metadata: Arc<str>,
    /// Where the authority signs users in.
    pub(super) authorization_url: Arc<str>,
    /// What stands in front of a scope's short name in a request to Entra, without the slash.
    pub(super) scope_prefix: Arc<str>,
}

/// Why the guard answers in the handler's place.
#[derive(Debug, Clone)]
pub(crate) enum Refusal {
    /// 401 without `error`: no credential (RFC 6750 section 3.1).
    Unauthenticated {
        access: Access,
        challenge: Option<Challenge>,
    },
    /// 401 `invalid_token`, the same bytes for every reason.
    InvalidToken {
        access: Access,
        challenge: Option<Challenge>,
    },
    /// 400 `invalid_request`.
    InvalidRequest { challenge: Option<Challenge> },
    /// 400 `invalid_request` in POC mode, about `x-poc-roles`, which is no credential: nothing is there to be kept from anybody.
    PocRoles,
    /// 403 with every scope of the operation in one challenge.
    InsufficientScope {
        access: Access,
        challenge: Option<Challenge>,
    },
    /// 401 with a claims challenge: the client can sign the user in again, as the authentication context demands.
    InsufficientClaims {
        context: &'static str,
        challenge: Option<Challenge>,
    },
    /// 403: a role is missing, or the kind of caller is not admitted.
    Forbidden,
    /// 503 with `Retry-After`.
    KeysUnavailable,
}

impl Refusal {
    pub(super) fn denied(
        denial: Denial,
        access: &Access,
        caller: Option<&Caller>,
        challenge: Option<Challenge>,
    ) -> Self {
        match denial {
            // A client that has not declared the capability would sign in the same way, for ever.
            Denial::MissingContext if !caller.is_some_and(Caller::takes_claims_challenges) => {
                Refusal::Forbidden
            }
            Denial::MissingContext => Refusal::InsufficientClaims {
                context: access.context().unwrap_or_default(),
                challenge,
            },
            Denial::Unauthenticated => Refusal::Unauthenticated {
                access: *access,
                challenge,
            },
            Denial::MissingScope => Refusal::InsufficientScope {
                access: *access,
                challenge,
            },
            Denial::Nobody | Denial::UsersOnly | Denial::ApplicationsOnly | Denial::MissingRole => {
                Refusal::Forbidden
            }
        }
    }

    pub(super) fn rejected(reason: Reason, access: &Access, challenge: Option<Challenge>) -> Self {
        if matches!(reason, Reason::PocRolesMalformed | Reason::PocRoleUnknown) {
            Refusal::PocRoles
        } else if reason.is_malformed_request() {
            Refusal::InvalidRequest { challenge }
        } else {
            Refusal::InvalidToken {
                access: *access,
                challenge,
            }
        }
    }

    fn problem(&self) -> Problem {
        match self {
            Refusal::Unauthenticated { access, challenge } => {
                challenged(UNAUTHENTICATED, None, access.scopes(), challenge.as_ref())
            }
            Refusal::InvalidToken { access, challenge } => challenged(
                INVALID_TOKEN,
                Some("invalid_token"),
                access.scopes(),
                challenge.as_ref(),
            ),
            Refusal::InvalidRequest { challenge } => challenged(
                INVALID_REQUEST,
                Some("invalid_request"),
                &[],
                challenge.as_ref(),
            ),
            Refusal::InsufficientScope { access, challenge } => challenged(
                INSUFFICIENT_SCOPE,
                Some("insufficient_scope"),
                access.scopes(),
                challenge.as_ref(),
            ),
            Refusal::InsufficientClaims { context, challenge } => {
                claims_challenge(context, challenge.as_ref())
            }
            Refusal::PocRoles => Problem::new(INVALID_REQUEST).with_detail(
                "x-poc-roles takes declared roles, as `matrix` names them, separated by commas",
            ),
            Refusal::Forbidden => Problem::new(FORBIDDEN),
            Refusal::KeysUnavailable => Problem::new(KEYS_UNAVAILABLE)
                .with_detail("the identity provider's signing keys could not be fetched; your token has not been judged")
                .with_header(header::RETRY_AFTER, KEYS_RETRY_AFTER_SECONDS.into()),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let problem = self.problem();
        // A cache that keeps a refusal would lock out the next caller, or show it to another.
        problem
            .with_header(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))
            .into_response()
    }
}

/// The claims challenge of Conditional Access (Entra, "Claims challenges, claims requests and client capabilities"): which claim
/// the next token must have, as JSON in base64. The client hands it to the authorization endpoint as it is.
fn claims_challenge(context: &str, challenge: Option<&Challenge>) -> Problem {
    let request = json!({"access_token": {"acrs": {"essential": true, "value": context}}});
    let claims = STANDARD.encode(request.to_string());
    let authority = challenge.map_or("", |challenge| &challenge.authorization_url);
    let value = format!(
        "Bearer realm=\"\", authorization_uri=\"{authority}\", error=\"insufficient_claims\", claims=\"{claims}\""
    );
    let value = HeaderValue::try_from(value).unwrap_or(HeaderValue::from_static("Bearer"));
    Problem::new(INSUFFICIENT_CLAIMS).with_header(header::WWW_AUTHENTICATE, value)
}

/// Adds `WWW-Authenticate` (RFC 6750 section 3, RFC 9728 section 5.1).
fn challenged(
    problem: ProblemDef,
    error: Option<&str>,
    scopes: &[ScopeDef],
    challenge: Option<&Challenge>,
) -> Problem {
    let mut parameters = Vec::new();
    if let Some(error) = error {
        parameters.push(format!("error=\"{error}\""));
    }
    if let Some(challenge) = challenge {
        if !scopes.is_empty() {
            let prefix = &challenge.scope_prefix;
            let qualified = scopes
                .iter()
                .map(|scope| format!("{prefix}/{}", scope.name));
            parameters.push(format!(
                "scope=\"{}\"",
                qualified.collect::<Vec<_>>().join(" ")
            ));
        }
        parameters.push(format!(
            "resource_metadata=\"{}\"",
            challenge.resource_metadata
        ));
    }
    let value = match parameters.is_empty() {
        true => "Bearer".to_owned(),
        false => format!("Bearer {}", parameters.join(", ")),
    };
    let value = HeaderValue::try_from(value).unwrap_or(HeaderValue::from_static("Bearer"));
    Problem::new(problem).with_header(header::WWW_AUTHENTICATE, value)
}
