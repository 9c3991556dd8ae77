//! The record of failures (duty 23): one event each, with identifiers only when they were proven.
//!
//! Correlation id and route come from the request's span. Never a token, a name or an e-mail address; nothing from an
//! unverified token but its `kid`, escaped and cut, because line breaks in it would forge further log lines.

use super::Reason;
use super::json::Json;
use super::token::Claims;
use crate::Caller;

/// Longest value that is written, in characters.
const VALUE_LIMIT: usize = 64;

/// How far a token had come when it was refused, and so what may be said about it.
pub(super) enum Evidence<'a> {
    /// Nothing in it was believed.
    Unread,
    /// It names a key we do not have.
    UnknownKey { kid: &'a str },
    /// Its signature was verified.
    Verified(&'a Claims),
    /// All of it was, earlier: this caller was made of it.
    Admitted(&'a Caller),
}

/// Writes the one event of a refused credential.
pub(super) fn record_rejection(reason: Reason, evidence: &Evidence<'_>) {
    let kid = match evidence {
        Evidence::UnknownKey { kid } => Some(escape(kid)),
        Evidence::Unread | Evidence::Verified(_) | Evidence::Admitted(_) => None,
    };
    let who = match evidence {
        Evidence::Unread | Evidence::UnknownKey { .. } => Who::default(),
        Evidence::Verified(claims) => Who::of_claims(claims),
        Evidence::Admitted(caller) => Who::of_caller(caller),
    };
    tracing::warn!(
        reason = reason.code(),
        claim = reason.claim(),
        kid,
        tid = who.tid,
        oid = who.oid,
        azp = who.azp,
        uti = who.uti,
        "authentication failed"
    );
}

/// The proven identifiers of a caller, escaped.
#[derive(Default)]
struct Who {
    tid: Option<String>,
    oid: Option<String>,
    azp: Option<String>,
    uti: Option<String>,
}

impl Who {
    fn of_claims(claims: &Claims) -> Self {
        let read = |name| {
            let value = claims.get(name).and_then(Json::as_str)?;
            Some(escape(value))
        };
        Self {
            tid: read("tid"),
            oid: read("oid"),
            azp: read("azp").or_else(|| read("appid")),
            uti: read("uti"),
        }
    }

    fn of_caller(caller: &Caller) -> Self {
        Self {
            tid: Some(caller.tenant_id().to_string()),
            oid: Some(caller.object_id().to_string()),
            azp: caller.client_id().map(escape),
            uti: caller.token_id().map(escape),
        }
    }
}

/// Writes the one event of a token that could not be judged for want of keys.
pub(super) fn record_keys_unavailable() {
    tracing::warn!(reason = "keys_unavailable", "authentication failed");
}

/// Names a groups overage, so that nobody looks for rights in groups: they have no effect here.
pub(super) fn record_groups_overage(claims: &Claims) {
    let uti = claims.get("uti").and_then(Json::as_str).map(escape);
    tracing::info!(
        note = "groups_overage",
        uti,
        "the token's groups did not fit; groups have no effect"
    );
}

/// Names the agent behind a verified token (Entra Agent ID): which facets the actor has, and the blueprint it was made from.
/// Nothing is decided by them.
pub(super) fn record_agent_identity(claims: &Claims) {
    let read = |name| match claims.get(name)? {
        Json::String(text) => Some(escape(text)),
        Json::Null
        | Json::Bool(_)
        | Json::Whole(_)
        | Json::OtherNumber
        | Json::Array(_)
        | Json::Object(_) => Some("not a string".to_owned()),
    };
    let (facets, parent) = (read("xms_act_fct"), read("xms_par_app_azp"));
    if facets.is_none() && parent.is_none() {
        return;
    }
    let who = Who::of_claims(claims);
    tracing::info!(
        note = "agent_identity",
        xms_act_fct = facets,
        xms_par_app_azp = parent,
        tid = who.tid,
        oid = who.oid,
        azp = who.azp,
        uti = who.uti,
        "an agent identity is calling"
    );
}

fn escape(value: &str) -> String {
    escape_within(value, VALUE_LIMIT)
}

/// Printable ASCII and nothing else, at most so many characters.
pub(super) fn escape_within(value: &str, limit: usize) -> String {
    value
        .chars()
        .flat_map(char::escape_default)
        .take(limit)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_logged_kid_is_escaped_and_cut() {
        assert_eq!(escape("a\nb\u{1b}[2J\"é"), r#"a\nb\u{1b}[2J\"\u{e9}"#);
        assert_eq!(escape(&"k".repeat(5000)).len(), VALUE_LIMIT);
    }
}
