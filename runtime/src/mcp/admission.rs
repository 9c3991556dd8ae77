//! Whether what a message names exists for its caller, with the record that says so.
//!
//! What lacks a role, or wants another kind of caller, does not exist for that caller: it is not listed, and asking for it
//! looks exactly like an unknown name. What lacks a scope stays listed, because the client can obtain it.
//!
//! Invariant: tools, resources and prompts are admitted here and nowhere else, by the rule of the operation behind them.

use http::request::Parts;
use portcullis_api_spec::Access;
use serde_json::{Map, Value};

use super::audit::{AuditDecision, AuditRecord, AuditTrail, NO_NAME};
use super::visibility::Visibility;
use crate::gate::{self, Refusal};
use crate::telemetry::{McpSubject, ToolOutcome};

/// What a message asks for: something declared, and the rule of the operation behind it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) subject: McpSubject,
    pub(super) access: &'a Access,
}

impl AuditTrail {
    /// Checks that a message fails for nothing that the client could obtain.
    ///
    /// # Errors
    /// [`Refusal::InsufficientScope`] with every scope of the operation, [`Refusal::InsufficientClaims`].
    pub(super) fn check_obtainable(
        &self,
        asked: Asked<'_>,
        parts: &Parts,
        arguments: impl FnOnce() -> Option<Map<String, Value>>,
    ) -> Result<(), Refusal> {
        match Visibility::of(asked.access, &parts.extensions) {
            Visibility::Obtainable => {
                gate::admit(asked.access, &parts.extensions).inspect_err(|_| {
                    let (subject, decision) = (asked.subject, AuditDecision::Denied);
                    let record = self.begin(subject, decision, arguments().as_ref(), parts);
                    record.end(ToolOutcome::Refused);
                })
            }
            Visibility::Visible | Visibility::Hidden => Ok(()),
        }
    }

    /// Begins the record of what a message asks for; `None` when it does not exist for this caller.
    pub(super) fn admit(
        &self,
        asked: Asked<'_>,
        parts: &Parts,
        arguments: Option<&Map<String, Value>>,
    ) -> Option<AuditRecord> {
        let begin = |decision| self.begin(asked.subject, decision, arguments, parts);
        match Visibility::of(asked.access, &parts.extensions) {
            Visibility::Visible => Some(begin(AuditDecision::Allowed)),
            // The guard of the operation refuses it.
            Visibility::Obtainable => Some(begin(AuditDecision::Denied)),
            Visibility::Hidden => {
                // No guard is reached, but who probes what he may not call is to be seen in the log.
                let _ = gate::admit(asked.access, &parts.extensions);
                begin(AuditDecision::Denied).end(ToolOutcome::Refused);
                None
            }
        }
    }

    /// Begins the record of a page that a visible operation is asked for: only such ones list.
    pub(super) fn begin_list(
        &self,
        subject: McpSubject,
        cursor: Option<&str>,
        parts: &Parts,
    ) -> AuditRecord {
        let cursor = cursor.map(|cursor| ("cursor".to_owned(), Value::from(cursor)));
        let arguments = Map::from_iter(cursor);
        self.begin(subject, AuditDecision::Allowed, Some(&arguments), parts)
    }

    /// Records a message that is answered 429, whatever it asks for; `nothing` is its subject if nothing declared.
    ///
    /// # Security
    /// No guard is asked: who has nothing left writes one line for each message, and moves no count of denials. What is
    /// hidden and what is unknown differ in the line alone.
    pub(super) fn record_refused_rate(
        &self,
        asked: Option<Asked<'_>>,
        nothing: McpSubject,
        parts: &Parts,
        arguments: Option<&Map<String, Value>>,
    ) {
        let (subject, decision) = match asked {
            Some(Asked { subject, access }) => match Visibility::of(access, &parts.extensions) {
                Visibility::Visible => (subject, AuditDecision::Allowed),
                Visibility::Obtainable | Visibility::Hidden => (subject, AuditDecision::Denied),
            },
            None => (nothing, AuditDecision::Unknown),
        };
        self.begin(subject, decision, arguments, parts)
            .end(ToolOutcome::Error);
    }

    /// Records a message that names nothing declared.
    pub(super) fn record_unknown(
        &self,
        subject_of: fn(&'static str) -> McpSubject,
        parts: &Parts,
        arguments: Option<&Map<String, Value>>,
        outcome: ToolOutcome,
    ) {
        let subject = subject_of(NO_NAME);
        if outcome == ToolOutcome::Unknown {
            // Step by step what is done about something hidden, above.
            gate::report_unknown(subject, &parts.extensions);
        }
        self.begin(subject, AuditDecision::Unknown, arguments, parts)
            .end(outcome);
    }
}
