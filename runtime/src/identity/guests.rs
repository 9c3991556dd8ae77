//! Who is a guest of the tenant (duty 11). Asked for users only.

use uuid::Uuid;
use uuid::fmt::Hyphenated;

use super::Reason;
use super::json::Json;
use super::policy::Policy;
use super::token::Claims;
use crate::login_host::{LOGIN_HOSTS, TOKEN_SERVICE_HOSTS};

/// Says whether the user is a guest: `acct` decides if present, else `idp`, which Entra writes only when somebody else than
/// the tenant signed the user in (Entra, "Access token claims reference", `idp`).
///
/// # Security
/// An `idp` that names no tenant is a guest's: admitting one would let in everybody with a Google account or a one-time
/// passcode whom `auth.guests = deny` is meant to keep out (decision 0031). The own tenant is recognised by whole values only:
/// a partner chooses the path of his own provider's name, and could write our GUID there.
///
/// # Errors
/// [`Reason::ClaimMistyped`] when `acct` is neither 0 nor 1, or `idp` is not a string.
pub(super) fn is_guest(claims: &Claims, policy: &Policy) -> Result<bool, Reason> {
    match claims.get("acct") {
        Some(Json::Whole(0)) => return Ok(false),
        Some(Json::Whole(1)) => return Ok(true),
        Some(
            Json::Null
            | Json::Bool(_)
            | Json::Whole(_)
            | Json::OtherNumber
            | Json::String(_)
            | Json::Array(_)
            | Json::Object(_),
        ) => return Err(Reason::ClaimMistyped("acct")),
        None => {}
    }
    let Some(provider) = claims.optional_str("idp")? else {
        return Ok(false);
    };
    Ok(!names_own_tenant(provider, policy))
}

/// A member's own `idp` is the tenant's GUID, `https://sts.windows.net/<GUID>/`, or an issuer of v2 tokens. Whatever else
/// stands there is somebody else's: another tenant, or a provider without one (`google.com`, `mail` for a one-time passcode,
/// a partner's SAML issuer).
fn names_own_tenant(provider: &str, policy: &Policy) -> bool {
    let is_tenant = |text: &str| {
        text.len() == Hyphenated::LENGTH
            && Uuid::try_parse(text).is_ok_and(|home| home == policy.tenant_id)
    };
    let provider = provider.to_ascii_lowercase();
    if is_tenant(&provider) || provider == policy.issuer.to_ascii_lowercase() {
        return true;
    }
    let Some((host, path)) = provider
        .strip_prefix("https://")
        .and_then(|rest| rest.split_once('/'))
    else {
        return false;
    };
    if TOKEN_SERVICE_HOSTS.contains(&host) {
        is_tenant(path.strip_suffix('/').unwrap_or(path))
    } else if LOGIN_HOSTS.contains(&host) {
        path.strip_suffix("/v2.0").is_some_and(is_tenant)
    } else {
        false
    }
}
