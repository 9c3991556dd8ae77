//! User or application: a type, never a guess (duty 9).
//!
//! An ID token of a registration that a single-page app shares carries the right `aud`, `iss` and even `roles`; without
//! this step it would pass for an application.

use portcullis_api_spec::CallerKind;

use super::Reason;
use super::token::IdentityClaims;

/// Decides what kind of caller a token speaks for.
///
/// # Errors
/// [`Reason::ScopesWithoutUser`], [`Reason::GroupsOverage`], [`Reason::ApplicationWithoutRole`],
/// [`Reason::IdTokenNotAccessToken`].
pub(super) fn decide_caller_kind(claims: &IdentityClaims<'_>) -> Result<CallerKind, Reason> {
    if claims.scopes.is_some() {
        return match claims.identity_type {
            None | Some("user") => Ok(CallerKind::User),
            Some(_) => Err(Reason::ScopesWithoutUser),
        };
    }
    let is_an_applications = match claims.identity_type {
        Some(identity_type) => identity_type == "app",
        None => claims.subject == Some(claims.object_id_text),
    };
    match (claims.roles.is_some(), is_an_applications) {
        (true, true) => Ok(CallerKind::Application),
        (false, _) if claims.has_groups_overage => Err(Reason::GroupsOverage),
        (false, true) => Err(Reason::ApplicationWithoutRole),
        (true | false, false) => Err(Reason::IdTokenNotAccessToken),
    }
}
