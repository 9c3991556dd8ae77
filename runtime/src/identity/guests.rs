//! Who is a guest of the tenant (duty 11). Asked for users only.

use uuid::Uuid;

use super::Reason;
use super::json::Json;
use super::token::Claims;

/// Says whether the user is a guest: `acct` decides if present, else `idp`, which Entra writes only when somebody else than
/// the tenant signed the user in (Entra, "Access token claims reference", `idp`).
///
/// # Security
/// An `idp` that names no tenant is a guest's: admitting one would let in everybody with a Google account or a one-time
/// passcode whom `auth.guests = deny` is meant to keep out (decision 0031).
///
/// # Errors
/// [`Reason::ClaimMistyped`] when `acct` is neither 0 nor 1, or `idp` is not a string.
pub(super) fn is_guest(claims: &Claims, tenant_id: Uuid) -> Result<bool, Reason> {
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
    // A member's own `idp` may be `https://sts.windows.net/<own tenant>/`. Whatever else stands there is somebody else's:
    // another tenant, or a provider without one (`google.com`, `mail` for a one-time passcode, a partner's SAML issuer).
    let names_own_tenant = provider.split('/').any(|segment| {
        segment.len() == 36 && Uuid::try_parse(segment).is_ok_and(|home| home == tenant_id)
    });
    Ok(!names_own_tenant)
}
