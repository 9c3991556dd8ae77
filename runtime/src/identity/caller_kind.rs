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
/// [`Reason::ScopesWithoutUser`], [`Reason::GroupsOverage`], [`Reason::IdTokenNotAccessToken`].
pub(super) fn decide_caller_kind(claims: &IdentityClaims<'_>) -> Result<CallerKind, Reason> {
    if claims.scopes.is_some() {
        return match claims.identity_type {
            None | Some("user") => Ok(CallerKind::User),
            Some(_) => Err(Reason::ScopesWithoutUser),
        };
    }
    if claims.roles.is_none() {
        return Err(match claims.has_groups_overage {
            true => Reason::GroupsOverage,
            false => Reason::IdTokenNotAccessToken,
        });
    }
    match claims.identity_type {
        Some("app") => Ok(CallerKind::Application),
        None if claims.subject == Some(claims.object_id_text) => Ok(CallerKind::Application),
        None | Some(_) => Err(Reason::IdTokenNotAccessToken),
    }
}
