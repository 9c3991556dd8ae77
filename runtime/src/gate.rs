//! What stands in front of the guards: the authenticating layer, and the answers to those who may not pass.
//!
//! The layer answers nobody but an address that floods. It leaves an [`Authentication`] on the request, a private type that nothing from outside
//! can make, and [`admit`] turns it and the endpoint's rule into a pass or a [`Refusal`].

mod refusal;
mod stream_end;

use std::sync::Arc;

use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use http::{Extensions, HeaderMap};
use portcullis_api_spec::{Access, Decision, EndpointDef, decide};
use url::Url;

pub(crate) use refusal::{Challenge, Refusal};
pub(crate) use stream_end::{OpenEnded, StreamEnd, authentication_now};

use crate::config::{AuthenticationConfig, Environment};
use crate::identity::{Authentication, Authenticator, denial_code};
use crate::record::Recorder;
use crate::server::{Closed, RateLimits, Shutdown, Waiting};
use crate::telemetry::{McpSubject, RateLimitKind, Telemetry, route_label};

/// The facts that guards, `/health` and `/me` share. One for the whole service.
pub(crate) struct Gate {
    pub(crate) authenticator: Arc<Authenticator>,
    pub(crate) challenge: Challenge,
    pub(crate) environment: Environment,
    pub(crate) endpoints: Vec<&'static EndpointDef>,
    pub(crate) shutdown: Shutdown,
    pub(crate) telemetry: Telemetry,
    /// Who is told of calls that may change something.
    pub(crate) recorder: Option<Recorder>,
    /// `None` when they are switched off.
    pub(crate) rate_limits: Option<Arc<RateLimits>>,
    /// How much goes on at once; never switched off.
    pub(crate) waiting: Arc<Waiting>,
}

impl Gate {
    /// Looks at the credential of a request, unless too many that did not hold have come from its address lately. That is
    /// found out before any signature is checked, or a flood of forged tokens would cost what good ones cost (duty 25).
    async fn authenticate(
        &self,
        headers: &HeaderMap,
        extensions: &Extensions,
    ) -> Result<Authentication, Response> {
        let limits = self.rate_limits.as_deref();
        let closed = limits.and_then(|limits| limits.closed(extensions));
        let authentication = self.authenticator.authenticate_unless(headers, closed);
        let route = route_label(extensions);
        let authentication = authentication.await.map_err(|closed: Closed<'_>| {
            self.telemetry.rate_limited(RateLimitKind::Address, route);
            closed.into_response()
        })?;
        self.telemetry.authenticated(&authentication, route);
        match (&authentication, limits) {
            (Authentication::Absent | Authentication::Rejected(_), Some(limits)) => {
                limits.count_failure(extensions);
            }
            (Authentication::Absent | Authentication::Rejected(_), None)
            | (Authentication::Verified(_) | Authentication::KeysUnavailable, _) => {}
        }
        Ok(authentication)
    }
}

/// Authenticates a request, unless that has happened already (a tool call enters with what the MCP endpoint found).
///
/// # Errors
/// The answer to an address from where too many credentials came that did not hold.
pub(crate) async fn authenticate(gate: &Arc<Gate>, request: &mut Request) -> Result<(), Response> {
    if request.extensions().get::<Authentication>().is_none() {
        let authentication = gate.authenticate(request.headers(), request.extensions());
        let authentication = authentication.await?;
        request.extensions_mut().insert(authentication);
    }
    request.extensions_mut().insert(Arc::clone(gate));
    Ok(())
}

/// Decides whether the request that carries these extensions may pass a rule.
///
/// # Errors
/// The [`Refusal`] to answer with.
pub(crate) fn admit(access: &Access, extensions: &Extensions) -> Result<(), Refusal> {
    admit_as(access, extensions.get::<Authentication>(), extensions)
}

/// Decides about a request that was admitted earlier as if it came now ([`authentication_now`]).
///
/// # Errors
/// The [`Refusal`] to answer with.
pub(crate) fn admit_again(access: &Access, extensions: &Extensions) -> Result<(), Refusal> {
    admit_as(access, authentication_now(extensions).as_ref(), extensions)
}

fn admit_as(
    access: &Access,
    authentication: Option<&Authentication>,
    extensions: &Extensions,
) -> Result<(), Refusal> {
    if access.is_public() {
        return Ok(());
    }
    let gate = extensions.get::<Arc<Gate>>();
    let challenge = || gate.map(|gate| gate.challenge.clone());
    let count = |decision| {
        if let Some(gate) = gate {
            gate.telemetry.authorized(decision, route_label(extensions));
        }
    };
    let refuse = |denial, caller| Err(Refusal::denied(denial, access, caller, challenge()));
    match authentication {
        // Without the layer in front nobody has been authenticated: closed, not open.
        None | Some(Authentication::Absent) => match decide(access, None) {
            Decision::Allow => Ok(()),
            Decision::Deny(denial) => refuse(denial, None),
        },
        Some(Authentication::Verified(caller)) => match decide(access, Some(caller.rights())) {
            Decision::Allow => {
                count(Ok(()));
                Ok(())
            }
            Decision::Deny(denial) => {
                count(Err(denial));
                log_denial(denial_code(denial), ACCESS_DENIED, caller);
                refuse(denial, Some(caller))
            }
        },
        Some(Authentication::Rejected(reason)) => {
            Err(Refusal::rejected(*reason, access, challenge()))
        }
        Some(Authentication::KeysUnavailable) => Err(Refusal::KeysUnavailable),
    }
}

/// One event per refusal of a verified caller, with identifiers and no personal data.
fn log_denial(denial: &'static str, what: &'static str, caller: &crate::Caller) {
    tracing::warn!(
        denial,
        tid = %caller.tenant_id(),
        oid = %caller.object_id(),
        azp = caller.client_id(),
        uti = caller.token_id(),
        "{what}"
    );
}

/// The words of a denial.
const ACCESS_DENIED: &str = "access denied";

/// Reports that a verified caller asked over MCP for what is not there: hidden by this rule, or without one nothing at all.
///
/// # Security
/// Both leave the event and the counts of a denial, which differ in their words alone: the time an answer takes must not tell
/// whether there is something to hide.
pub(crate) fn report_not_there(
    subject: McpSubject,
    access: Option<&Access>,
    extensions: &Extensions,
) {
    let Some(Authentication::Verified(caller)) = extensions.get::<Authentication>() else {
        return;
    };
    let Decision::Deny(denial) = decide(access.unwrap_or(&Access::DenyAll), Some(caller.rights()))
    else {
        return;
    };
    let (denial, what, outcome) = match (access, subject) {
        (Some(_), _) => (denial_code(denial), ACCESS_DENIED, "denied"),
        (None, McpSubject::Tool(_)) => ("unknown_tool", "no such tool", "unknown"),
        (
            None,
            McpSubject::Resource(_)
            | McpSubject::ResourceList(_)
            | McpSubject::ResourceCompletion(_),
        ) => ("unknown_resource", "no such resource", "unknown"),
        (None, McpSubject::Prompt(_) | McpSubject::PromptCompletion(_)) => {
            ("unknown_prompt", "no such prompt", "unknown")
        }
    };
    if let Some(gate) = extensions.get::<Arc<Gate>>() {
        let route = route_label(extensions);
        gate.telemetry.not_there(outcome, denial, route);
    }
    log_denial(denial, what, caller);
}

impl Challenge {
    /// Makes the challenge of this service.
    pub(crate) fn new(
        public_url: &Url,
        scope_prefix: &str,
        settings: &AuthenticationConfig,
    ) -> Self {
        let authority = settings.authority.as_str().trim_end_matches('/');
        let tenant_id = settings.tenant_id;
        let base = public_url.as_str().trim_end_matches('/');
        Self {
            resource_metadata: format!("{base}/.well-known/oauth-protected-resource/api/v1/mcp")
                .into(),
            scope_prefix: scope_prefix.into(),
            authorization_url: format!("{authority}/{tenant_id}/oauth2/v2.0/authorize").into(),
        }
    }
}
