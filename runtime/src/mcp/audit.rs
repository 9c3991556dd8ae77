//! One line in the log for each tool call, resource read, page of a resource list, prompt and completion: who asked for what,
//! what was decided, how it ended, and with which arguments.
//!
//! The arguments themselves are the caller's data and stand in no log. Their HMAC-SHA256 does: under `telemetry.audit_key` it is
//! the same in every replica, and who has the key can say whether a call had certain arguments. Without a key, one is drawn
//! at start: equal arguments still show within one process. A bare hash would not do, since short arguments can be guessed.

use std::time::Instant;

use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use http::request::Parts;
use serde_json::{Map, Value};
use tracing::Span;

use super::canonical;
use super::confirmation::Confirmation;
use super::front::RequestSpan;
use crate::Caller;
use crate::config::SecretText;
use crate::hex::Hex;
use crate::telemetry::{END_OF_WORK, McpSubject, Telemetry, ToolOutcome, micros};

/// The name of what is not declared: names that callers make up have no end.
pub(super) const NO_NAME: &str = "";

/// What `decide` said about a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AuditDecision {
    Allowed,
    Denied,
    /// There is nothing of that name, or nobody could tell what was meant.
    Unknown,
}

impl AuditDecision {
    const fn as_str(self) -> &'static str {
        match self {
            AuditDecision::Allowed => "allowed",
            AuditDecision::Denied => "denied",
            AuditDecision::Unknown => "none",
        }
    }
}

/// Makes the records of one service, and counts its calls.
pub(super) struct AuditTrail {
    key: AuditKey,
    telemetry: Telemetry,
}

/// What arguments are hashed under.
struct AuditKey(hmac::Key);

/// One call that has begun. Dropped before its end, it was cancelled.
pub(super) struct AuditRecord {
    telemetry: Telemetry,
    span: Span,
    subject: McpSubject,
    decision: AuditDecision,
    caller: Option<Caller>,
    arguments_hmac: String,
    begun: Instant,
    confirmation: Confirmation,
    outcome: ToolOutcome,
}

impl AuditTrail {
    pub(super) fn new(secret: Option<&SecretText>, telemetry: Telemetry) -> Self {
        Self {
            key: AuditKey::new(secret),
            telemetry,
        }
    }

    /// Begins the record of a call.
    pub(super) fn begin(
        &self,
        subject: McpSubject,
        decision: AuditDecision,
        arguments: Option<&Map<String, Value>>,
        parts: &Parts,
    ) -> AuditRecord {
        let span = parts.extensions.get::<RequestSpan>();
        AuditRecord {
            telemetry: self.telemetry.clone(),
            span: span.map_or_else(Span::current, |span| span.span.clone()),
            subject,
            decision,
            caller: Caller::of_request(&parts.extensions).cloned(),
            arguments_hmac: self.key.hash(arguments),
            begun: Instant::now(),
            confirmation: Confirmation::NotNeeded,
            outcome: ToolOutcome::Cancelled,
        }
    }
}

/// Records a message over its caller's rate that was not read to its end. It may have been a call.
pub(super) fn record_unread(parts: &Parts, begun: Instant) {
    let caller = Caller::of_request(&parts.extensions);
    tracing::info!(
        name: END_OF_WORK,
        decision = AuditDecision::Unknown.as_str(),
        outcome = ToolOutcome::Error.as_str(),
        tid = caller.map(|caller| tracing::field::display(caller.tenant_id())),
        oid = caller.map(|caller| tracing::field::display(caller.object_id())),
        azp = caller.and_then(Caller::client_id),
        duration_us = micros(begun.elapsed()),
        "message not read"
    );
}

impl AuditKey {
    fn new(secret: Option<&SecretText>) -> Self {
        Self(match secret {
            Some(secret) => hmac::Key::new(hmac::HMAC_SHA256, secret.0.as_bytes()),
            None => hmac::Key::generate(hmac::HMAC_SHA256, &SystemRandom::new())
                .expect("the system has randomness, which TLS needs too"),
        })
    }

    /// Lower-case hex; no arguments are `{}`.
    fn hash(&self, arguments: Option<&Map<String, Value>>) -> String {
        let text = canonical::spell(arguments.unwrap_or(&Map::new()));
        Hex(hmac::sign(&self.0, &text).as_ref()).text()
    }
}

impl AuditRecord {
    /// What became of asking the user.
    pub(super) fn note(&mut self, confirmation: Confirmation) {
        self.confirmation = confirmation;
    }

    /// The call has ended; the record is written.
    pub(super) fn end(mut self, outcome: ToolOutcome) {
        self.outcome = outcome;
    }
}

impl Drop for AuditRecord {
    fn drop(&mut self) {
        self.telemetry.mcp_ended(self.subject, self.outcome);
        let caller = self.caller.as_ref();
        let duration_us = micros(self.begun.elapsed());
        let (tool, resource, prompt, what) = match self.subject {
            McpSubject::Tool(tool) => (Some(tool), None, None, "tool call"),
            McpSubject::Resource(resource) => (None, Some(resource), None, "resource read"),
            McpSubject::ResourceList(resource) => (None, Some(resource), None, "resource list"),
            McpSubject::Prompt(prompt) => (None, None, Some(prompt), "prompt get"),
            McpSubject::ResourceCompletion(resource) => (None, Some(resource), None, "completion"),
            McpSubject::PromptCompletion(prompt) => (None, None, Some(prompt), "completion"),
        };
        self.span.in_scope(|| {
            tracing::info!(
                name: END_OF_WORK,
                tool,
                resource,
                prompt,
                decision = self.decision.as_str(),
                confirmation = self.confirmation.as_str(),
                outcome = self.outcome.as_str(),
                tid = caller.map(|caller| tracing::field::display(caller.tenant_id())),
                oid = caller.map(|caller| tracing::field::display(caller.object_id())),
                azp = caller.and_then(Caller::client_id),
                arguments_hmac = self.arguments_hmac,
                duration_us,
                "{what}"
            );
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn hash(key: &AuditKey, arguments: Value) -> String {
        key.hash(arguments.as_object())
    }

    fn keyed(text: &str) -> AuditKey {
        AuditKey::new(Some(&SecretText(text.to_owned())))
    }

    #[test]
    fn equal_arguments_have_one_hash_in_whatever_order() {
        let key = keyed("key");
        let one = hash(&key, json!({"b": [{"y": 1, "x": "\""}], "a": null}));
        let other = hash(&key, json!({"a": null, "b": [{"x": "\"", "y": 1}]}));
        assert_eq!(one, other);
        for different in [
            json!({}),
            json!({"a": null}),
            json!({"a": null, "b": [{"x": "\"", "y": 2}]}),
        ] {
            assert_ne!(one, hash(&key, different));
        }
        assert_eq!(key.hash(None), hash(&key, json!({})));
    }

    /// printf '%s' '{"id":"a","n":[1,2]}' | openssl dgst -sha256 -hmac key
    #[test]
    fn who_has_the_key_can_say_which_arguments_a_call_had() {
        let hash = hash(&keyed("key"), json!({"n": [1, 2], "id": "a"}));
        assert_eq!(
            hash,
            "fe44d162f0206b56a7d23325e7a805f875f18577a1e06e1e94c4046abb5568d2"
        );
    }

    #[test]
    fn nobody_else_can() {
        let arguments = json!({"id": "a"});
        assert_ne!(
            hash(&keyed("a"), arguments.clone()),
            hash(&keyed("b"), arguments.clone())
        );
        let drawn = || hash(&AuditKey::new(None), arguments.clone());
        assert_ne!(drawn(), drawn());
    }
}
