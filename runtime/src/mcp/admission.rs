//! Whether what a message names exists for its caller, with the record that says so.
//!
//! What lacks a role, or wants another kind of caller, does not exist for that caller: it is not listed, and asking for it
//! looks exactly like an unknown name. What lacks a scope stays listed, because the client can obtain it.
//!
//! Invariant: tools, resources and prompts are admitted here and nowhere else, by the rule of the operation behind them.

use http::request::Parts;
use portcullis_api_spec::{Access, EndpointDef};
use serde_json::{Map, Value};

use super::audit::{AuditDecision, AuditRecord, AuditTrail, NO_NAME};
use super::visibility::Visibility;
use crate::gate::{self, Refusal};
use crate::telemetry::{McpSubject, ToolOutcome};

/// What a message asks for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) subject: McpSubject,
    /// The rule of the operation behind it; `None` when there is nothing of that name.
    pub(super) access: Option<&'a Access>,
}

impl<'a> Asked<'a> {
    /// What was found: its declared name, and the operation behind it.
    pub(super) fn new(
        subject_of: fn(&'static str) -> McpSubject,
        found: Option<(&'static str, &'a EndpointDef)>,
    ) -> Self {
        Self {
            subject: subject_of(found.map_or(NO_NAME, |(name, _)| name)),
            access: found.map(|(_, endpoint)| &endpoint.access),
        }
    }

    /// The rule to decide by.
    ///
    /// # Security
    /// What does not exist is decided about too, by a rule that admits nobody: it is refused by the steps of what is hidden, so that
    /// the time an answer takes does not tell the two apart (`benches/hidden_tool.rs`).
    fn rule(self) -> &'a Access {
        self.access.unwrap_or(&Access::DenyAll)
    }
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
        match Visibility::of(asked.rule(), &parts.extensions) {
            Visibility::Obtainable => {
                gate::admit(asked.rule(), &parts.extensions).inspect_err(|_| {
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
        match Visibility::of(asked.rule(), &parts.extensions) {
            Visibility::Visible => Some(begin(AuditDecision::Allowed)),
            // The guard of the operation refuses it.
            Visibility::Obtainable => Some(begin(AuditDecision::Denied)),
            Visibility::Hidden => {
                // No guard is reached, but who probes what he may not call is to be seen in the log.
                gate::report_not_there(asked.subject, asked.access, &parts.extensions);
                let (decision, outcome) = match asked.access {
                    Some(_) => (AuditDecision::Denied, ToolOutcome::Refused),
                    None => (AuditDecision::Unknown, ToolOutcome::Unknown),
                };
                begin(decision).end(outcome);
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

    /// Records a message that is answered 429, whatever it asks for.
    ///
    /// # Security
    /// No guard is asked: who has nothing left writes one line for each message, and moves no count of denials. What is
    /// hidden and what is unknown differ in the line alone.
    pub(super) fn record_refused_rate(
        &self,
        asked: Asked<'_>,
        parts: &Parts,
        arguments: Option<&Map<String, Value>>,
    ) {
        let visibility = Visibility::of(asked.rule(), &parts.extensions);
        let decision = match (visibility, asked.access) {
            (Visibility::Visible, _) => AuditDecision::Allowed,
            (Visibility::Obtainable | Visibility::Hidden, Some(_)) => AuditDecision::Denied,
            (Visibility::Obtainable | Visibility::Hidden, None) => AuditDecision::Unknown,
        };
        self.begin(asked.subject, decision, arguments, parts)
            .end(ToolOutcome::Error);
    }

    /// Records a message whose parameters do not fit what it asks for.
    pub(super) fn record_misfit(
        &self,
        subject_of: fn(&'static str) -> McpSubject,
        parts: &Parts,
        arguments: Option<&Map<String, Value>>,
    ) {
        let (subject, decision) = (subject_of(NO_NAME), AuditDecision::Unknown);
        self.begin(subject, decision, arguments, parts)
            .end(ToolOutcome::Error);
    }
}
