//! The record of failures (duty 23): one event each, with identifiers only when they were proven.
//!
//! Correlation id and route come from the request's span. Never a token, a name or an e-mail address; nothing from an
//! unverified token but its `kid`, escaped and cut, because line breaks in it would forge further log lines.

use super::Reason;
use super::json::Json;
use super::token::Claims;

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
}

/// Writes the one event of a refused credential.
pub(super) fn record_rejection(reason: Reason, evidence: &Evidence<'_>) {
    let (kid, claims) = match evidence {
        Evidence::Unread => (None, None),
        Evidence::UnknownKey { kid } => (Some(escape(kid)), None),
        Evidence::Verified(claims) => (None, Some(claims)),
    };
    let read = |name| {
        let value = claims?.get(name).and_then(Json::as_str)?;
        Some(escape(value))
    };
    tracing::warn!(
        reason = reason.code(),
        claim = reason.claim(),
        kid,
        tid = read("tid"),
        oid = read("oid"),
        azp = read("azp").or_else(|| read("appid")),
        uti = read("uti"),
        "authentication failed"
    );
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

fn escape(value: &str) -> String {
    value
        .chars()
        .flat_map(char::escape_default)
        .take(VALUE_LIMIT)
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
