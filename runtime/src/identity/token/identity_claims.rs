//! The claims that say who is calling and with which rights. Read after the signature was verified.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::Claims;
use crate::identity::Reason;
use crate::identity::json::Json;

/// Most roles a token may carry.
const ROLES_LIMIT: usize = 256;

/// Identity and rights, typed. `groups` and `wids` are not among them: they have no effect.
pub(crate) struct IdentityClaims<'a> {
    pub(crate) tenant_id: Uuid,
    /// `oid` as a GUID, and as it stands in the token.
    pub(crate) object_id: Uuid,
    pub(crate) object_id_text: &'a str,
    pub(crate) subject: Option<&'a str>,
    pub(crate) version: &'a str,
    /// `scp`, split at U+0020 only.
    pub(crate) scopes: Option<BTreeSet<&'a str>>,
    pub(crate) roles: Option<BTreeSet<&'a str>>,
    /// `azp` of a v2 token.
    pub(crate) authorized_party: Option<&'a str>,
    /// `appid` of a v1 token.
    pub(crate) app_id: Option<&'a str>,
    pub(crate) token_id: Option<&'a str>,
    /// `acrs`: the authentication contexts that the sign-in met.
    pub(crate) contexts: BTreeSet<&'a str>,
    /// `xms_cc` has `cp1`: the client can answer a claims challenge by signing the user in again.
    pub(crate) takes_claims_challenges: bool,
    pub(crate) identity_type: Option<&'a str>,
    /// The groups did not fit into the token. Named in the log; their endpoint is never called.
    pub(crate) has_groups_overage: bool,
}

impl<'a> IdentityClaims<'a> {
    /// Reads them.
    ///
    /// # Errors
    /// [`Reason::ClaimMissing`], [`Reason::ClaimMistyped`], [`Reason::TooManyRoles`].
    pub(crate) fn parse(claims: &'a Claims) -> Result<Self, Reason> {
        Ok(Self {
            tenant_id: claims.required_guid("tid")?,
            object_id: claims.required_guid("oid")?,
            object_id_text: claims.required_str("oid")?,
            subject: claims.optional_str("sub")?,
            version: claims.required_str("ver")?,
            scopes: parse_scopes(claims)?,
            roles: parse_roles(claims)?,
            authorized_party: claims.optional_str("azp")?,
            app_id: claims.optional_str("appid")?,
            token_id: claims.optional_str("uti")?,
            contexts: optional_texts(claims, "acrs"),
            takes_claims_challenges: optional_texts(claims, "xms_cc").contains("cp1"),
            identity_type: claims.optional_str("idtyp")?,
            has_groups_overage: claims.has_groups_overage(),
        })
    }
}

/// An `scp` without a scope in it is refused: it would make a user of whatever token it stands in.
fn parse_scopes(claims: &Claims) -> Result<Option<BTreeSet<&str>>, Reason> {
    let Some(text) = claims.optional_str("scp")? else {
        return Ok(None);
    };
    let scopes: BTreeSet<&str> = text.split(' ').filter(|scope| !scope.is_empty()).collect();
    if scopes.is_empty() {
        return Err(Reason::ClaimMistyped("scp"));
    }
    Ok(Some(scopes))
}

/// A list of texts that only ever adds to what is known. Of any other shape it says nothing, and refuses nobody.
fn optional_texts<'a>(claims: &'a Claims, name: &'static str) -> BTreeSet<&'a str> {
    match claims.get(name) {
        Some(Json::Array(items)) => items.iter().filter_map(Json::as_str).collect(),
        // Entra has written a single one without its list.
        Some(Json::String(text)) => BTreeSet::from([text.as_str()]),
        None
        | Some(Json::Null | Json::Bool(_) | Json::Whole(_) | Json::OtherNumber | Json::Object(_)) => {
            BTreeSet::new()
        }
    }
}

fn parse_roles(claims: &Claims) -> Result<Option<BTreeSet<&str>>, Reason> {
    let Some(value) = claims.get("roles") else {
        return Ok(None);
    };
    let Json::Array(items) = value else {
        return Err(Reason::ClaimMistyped("roles"));
    };
    if items.len() > ROLES_LIMIT {
        return Err(Reason::TooManyRoles);
    }
    let roles = items
        .iter()
        .map(|item| item.as_str().ok_or(Reason::ClaimMistyped("roles")));
    roles.collect::<Result<BTreeSet<_>, _>>().map(Some)
}
