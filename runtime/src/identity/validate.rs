//! The order of the checks (duty 8) around the signature: pure, with the clock passed in.
//!
//! Before the key: issuer, audience, times; a token that fails them never causes a key fetch. After the signature:
//! tenant, version, the key's own issuer and cloud, kind of caller, client, guest. Then, and only then, a caller exists.

use std::sync::Arc;

use portcullis_api_spec::{CallerKind, Rights};

use super::caller_kind::decide_caller_kind;
use super::guests::is_guest;
use super::keys::{KeySet, SigningKey};
use super::policy::Policy;
use super::reason::Reason;
use super::token::{Claims, IdentityClaims, Times, ValidityClaims};
use crate::caller::{CallerFacts, TokenLife};
use crate::config::GuestPolicy;

/// Which of Entra's two token formats the issuer writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenVersion {
    V1,
    V2,
}

/// Recognises the issuer. `v1_issuer` comes from the v1 metadata and is `None` unless v1 tokens are accepted.
///
/// # Errors
/// [`Reason::TokenVersion1`], [`Reason::IssuerNotAccepted`].
pub(super) fn check_issuer(
    policy: &Policy,
    claims: &ValidityClaims<'_>,
    v1_issuer: Option<&str>,
) -> Result<TokenVersion, Reason> {
    if claims.issuer == policy.issuer {
        Ok(TokenVersion::V2)
    } else if v1_issuer == Some(claims.issuer) {
        Ok(TokenVersion::V1)
    } else if claims.names_version_1 {
        Err(Reason::TokenVersion1)
    } else {
        Err(Reason::IssuerNotAccepted)
    }
}

/// Checks that the token was issued for this API.
///
/// # Errors
/// [`Reason::AudienceNotAccepted`], or the code that names a well-known wrong audience.
pub(super) fn check_audience(policy: &Policy, claims: &ValidityClaims<'_>) -> Result<(), Reason> {
    let audience = claims.audience;
    if policy.audiences.iter().any(|accepted| accepted == audience) {
        return Ok(());
    }
    if policy.managed_identity_client_id.as_deref() == Some(audience) {
        return Err(Reason::AudienceIsManagedIdentity);
    }
    Err(match audience.trim_end_matches('/') {
        "00000003-0000-0000-c000-000000000000"
        | "https://graph.microsoft.com"
        | "https://graph.microsoft.us"
        | "https://microsoftgraph.chinacloudapi.cn" => Reason::TokenForMicrosoftGraph,
        "797f4846-ba00-4fd7-ba43-dac1f8f63013"
        | "https://management.azure.com"
        | "https://management.core.windows.net"
        | "https://management.usgovcloudapi.net"
        | "https://management.chinacloudapi.cn" => Reason::TokenForAzureManagement,
        _ => Reason::AudienceNotAccepted,
    })
}

/// Checks `exp`, `nbf` and `iat` against the clock, with the configured skew on each side.
///
/// # Errors
/// [`Reason::TokenExpired`], [`Reason::TimesContradict`], [`Reason::TokenNotYetValid`], [`Reason::IssuedInFuture`].
pub(super) fn check_times(policy: &Policy, times: Times, now: u64) -> Result<(), Reason> {
    let skew = policy.clock_skew_seconds;
    let latest_start = now.saturating_add(skew);
    let issued_at = times.issued_at.unwrap_or(times.not_before);
    if now >= times.expires_at.saturating_add(skew) {
        Err(Reason::TokenExpired)
    } else if times.not_before >= times.expires_at || issued_at >= times.expires_at {
        Err(Reason::TimesContradict)
    } else if times.not_before > latest_start {
        Err(Reason::TokenNotYetValid)
    } else if issued_at > latest_start {
        Err(Reason::IssuedInFuture)
    } else {
        Ok(())
    }
}

/// Turns the claims of a token whose signature was verified into the facts of a caller.
///
/// # Errors
/// The [`Reason`] of the first check that fails.
pub(super) fn identify_caller(
    policy: &Policy,
    claims: &Claims,
    version: TokenVersion,
    (keys, key): (&KeySet, &Arc<SigningKey>),
) -> Result<CallerFacts, Reason> {
    let validity = ValidityClaims::parse(claims)?;
    let identity = IdentityClaims::parse(claims)?;
    if identity.tenant_id != policy.tenant_id {
        return Err(Reason::TenantNotAccepted);
    }
    let (expected_version, client_id) = match version {
        TokenVersion::V1 => ("1.0", identity.app_id),
        TokenVersion::V2 => ("2.0", identity.authorized_party),
    };
    if identity.version != expected_version {
        return Err(Reason::VersionMismatch);
    }
    keys.check_key_belongs(key, validity.issuer, identity.tenant_id)?;
    let kind = decide_caller_kind(&identity)?;
    if let Some(allowed_clients) = &policy.allowed_clients
        && !client_id.is_some_and(|client_id| allowed_clients.contains(client_id))
    {
        return Err(Reason::ClientNotAllowed);
    }
    let is_guest = match kind {
        CallerKind::User => is_guest(claims, policy.tenant_id)?,
        CallerKind::Application => false,
    };
    if is_guest && policy.guests == GuestPolicy::Deny {
        return Err(Reason::GuestNotAllowed);
    }
    let scopes = identity.scopes.into_iter().flatten().map(str::to_owned);
    // Conditional Access is about people's sign-in. Whatever an application's token says of it, it has none.
    let contexts = identity.contexts.into_iter();
    let contexts = contexts
        .filter(|_| kind == CallerKind::User)
        .map(str::to_owned);
    Ok(CallerFacts {
        tenant_id: identity.tenant_id,
        object_id: identity.object_id,
        rights: Rights {
            kind,
            roles: policy
                .roles
                .internal_roles(identity.roles.into_iter().flatten()),
            scopes: scopes.collect(),
            contexts: contexts.collect(),
        },
        client_id: client_id.map(str::to_owned),
        token_id: identity.token_id.map(str::to_owned),
        token_life: Some(TokenLife {
            expires_at_unix_seconds: validity.times.expires_at,
            signing_key: Arc::clone(key),
        }),
        is_guest,
        takes_claims_challenges: identity.takes_claims_challenges,
        is_synthetic: false,
    })
}

#[cfg(test)]
mod tests;
