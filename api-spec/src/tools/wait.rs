//! What a tool call waits for: a request's answer, or work that takes longer than a request may.

use crate::Op;

/// What a call waits for before it answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ToolWait {
    /// For the answer, which comes within the time of a request.
    Answer,
    /// For the answer of a handler that says how far it is, which may take longer.
    Work,
    /// For a job that the answer names: its steps are relayed, and what it shows in the end is the result.
    Job,
}

impl ToolWait {
    /// Reads it off what the argument and reply types say.
    pub(super) fn of(op: &Op) -> Self {
        match (&op.outcome, op.reports_progress) {
            (Some(_), _) => ToolWait::Job,
            (None, true) => ToolWait::Work,
            (None, false) => ToolWait::Answer,
        }
    }
}
