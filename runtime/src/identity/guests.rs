//! Who is a guest of the tenant (duty 11). Asked for users only.

use uuid::Uuid;

use super::Reason;
use super::json::Json;
use super::token::Claims;

/// Microsoft's tenant for personal accounts. `idp` names it as `live.com` or by its GUID.
const PERSONAL_ACCOUNTS: &str = "live.com";

/// Says whether the user is a guest: `acct` decides if present, else the home tenant that `idp` names.
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
    if provider == PERSONAL_ACCOUNTS {
        return Ok(true);
    }
    // A member's own `idp` may be `https://sts.windows.net/<own tenant>/`.
    let home_tenant = provider.split('/').find_map(|segment| {
        (segment.len() == 36)
            .then(|| Uuid::try_parse(segment).ok())
            .flatten()
    });
    Ok(home_tenant.is_some_and(|home| home != tenant_id))
}
