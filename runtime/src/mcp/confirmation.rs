//! Destructive calls are put to the user first, where the client can ask: multi round-trip requests of MCP 2026-07-28.
//!
//! A call of a destructive tool is answered `input_required` with a question and a sealed state; the client asks its
//! user, and makes the same call again with the answer and the state. A courtesy to the user, not a protection from the
//! caller: a client says itself what it can, and REST asks nobody. Who may not call is never asked, and the guard
//! decides again when the answer has come.
//!
//! Invariant: a call that brings a state runs only on a yes to a question about this very call.

mod question;
mod seal;

use std::time::Duration;

use http::request::Parts;
use portcullis_api_spec::{ProblemDef, ToolDef, build_request};
use rmcp::model::{
    CallToolRequestParams, CallToolResult, ClientCapabilities, ContentBlock, ElicitResult,
    ElicitationAction, ErrorData, InputRequests, InputRequiredResult, InputResponses,
};
use serde_json::{Map, Value};

use super::visibility::Visibility;
use crate::Problem;
use crate::caller::Caller;
use crate::config::McpConfig;
use crate::identity::Clock;
pub(super) use seal::ServiceIdentity;
use seal::{CallDigest, Seal, SealError};

/// The key of the one question; its answer stands under it.
const QUESTION: &str = "confirm";

const NOT_CONFIRMED: ProblemDef = ProblemDef {
    status: 409,
    code: "not_confirmed",
    title: "The user did not confirm the call; nothing was done",
};

/// What the record of a call says of its confirmation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Confirmation {
    /// The tool destroys nothing, or the call would not run whatever is answered.
    NotNeeded,
    /// The client cannot ask.
    NotAsked,
    Asked,
    Confirmed,
    Declined,
    /// The state is none of this call's.
    Rejected,
}

impl Confirmation {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Confirmation::NotNeeded => "not_needed",
            Confirmation::NotAsked => "not_asked",
            Confirmation::Asked => "asked",
            Confirmation::Confirmed => "confirmed",
            Confirmation::Declined => "declined",
            Confirmation::Rejected => "rejected",
        }
    }

    /// Says in a result that nobody was asked, where somebody might believe so.
    pub(super) fn tell(self, result: &mut CallToolResult) {
        const NOBODY_ASKED: &str = "Nobody was asked to confirm this call: the client does not offer to (elicitation, MCP 2026-07-28).";
        if self == Confirmation::NotAsked && result.is_error != Some(true) {
            result.content.push(ContentBlock::text(NOBODY_ASKED));
        }
    }
}

/// What a call does next.
#[derive(Debug)]
pub(super) enum Consent {
    Run(Confirmation),
    Ask(Box<InputRequiredResult>),
    Declined(Box<Problem>),
    Reject(ErrorData),
}

impl Consent {
    /// What the record says of it.
    pub(super) const fn confirmation(&self) -> Confirmation {
        match self {
            Consent::Run(confirmation) => *confirmation,
            Consent::Ask(_) => Confirmation::Asked,
            Consent::Declined(_) => Confirmation::Declined,
            Consent::Reject(_) => Confirmation::Rejected,
        }
    }
}

/// A call that its caller may make.
pub(super) struct Proposal<'a> {
    pub(super) tool: &'a ToolDef,
    pub(super) request: &'a CallToolRequestParams,
    pub(super) parts: &'a Parts,
    /// Whether the client shows forms to its user, and speaks the revision in which it can be told to.
    pub(super) can_ask: bool,
}

/// Has calls confirmed. Holds a key, and nothing about any call.
pub(super) struct Confirmations {
    service: ServiceIdentity,
    seal: Seal,
    clock: Clock,
    lifetime: Duration,
}

impl Confirmations {
    pub(super) fn new(config: &McpConfig, service: ServiceIdentity, clock: Clock) -> Self {
        Self {
            service,
            seal: Seal::new(config.confirmation_key.as_ref()),
            clock,
            lifetime: config.confirmation_lifetime,
        }
    }

    /// Says whether a call may run now, or what stands before that.
    pub(super) fn consider(&self, proposal: &Proposal<'_>) -> Consent {
        let Proposal {
            tool,
            request,
            parts,
            can_ask,
        } = proposal;
        let none = Map::new();
        let arguments = request.arguments.as_ref().unwrap_or(&none);
        if !tool.hints.is_destructive || !would_run(tool, arguments, parts) {
            return Consent::Run(Confirmation::NotNeeded);
        }
        let Some(caller) = Caller::of_request(&parts.extensions) else {
            return reject();
        };
        let call = CallDigest::of(&self.service, caller, tool.name, arguments);
        let now = self.clock.now_unix_seconds();
        let ask = || match can_ask {
            true => Consent::Ask(Box::new(self.ask(tool, arguments, &call, now))),
            false => reject(),
        };
        let Some(state) = &request.request_state else {
            // An answer without the state of its question is nobody's answer.
            return match can_ask {
                true => ask(),
                false => Consent::Run(Confirmation::NotAsked),
            };
        };
        match self.seal.open(state, &call, now) {
            Ok(()) => match answer_of(request.input_responses.as_ref()) {
                Some(true) => Consent::Run(Confirmation::Confirmed),
                Some(false) => Consent::Declined(Box::new(declined())),
                None => ask(),
            },
            // Nothing the client did wrong: another replica, a new key, a user who took their time.
            Err(SealError::OfAnotherKey | SealError::Expired) => ask(),
            Err(SealError::Malformed | SealError::OfAnotherCall) => reject(),
        }
    }

    fn ask(
        &self,
        tool: &ToolDef,
        arguments: &Map<String, Value>,
        call: &CallDigest,
        now_unix_seconds: u64,
    ) -> InputRequiredResult {
        let expires_at = now_unix_seconds.saturating_add(self.lifetime.as_secs());
        let question = question::ask(tool, arguments);
        InputRequiredResult::new(
            Some(InputRequests::from([(QUESTION.to_owned(), question)])),
            Some(self.seal.seal(call, expires_at)),
        )
    }
}

/// Says whether a client shows forms to its user. Capabilities without a mode mean forms (MCP 2026-07-28, elicitation).
pub(super) fn shows_forms(capabilities: Option<&ClientCapabilities>) -> bool {
    let elicitation = capabilities.and_then(|capabilities| capabilities.elicitation.as_ref());
    elicitation.is_some_and(|elicitation| elicitation.form.is_some() || elicitation.url.is_none())
}

/// Nobody is asked about a call that the guard refuses, or whose arguments do not fit.
fn would_run(tool: &ToolDef, arguments: &Map<String, Value>, parts: &Parts) -> bool {
    let visibility = Visibility::of(&tool.endpoint.access, &parts.extensions);
    visibility == Visibility::Visible && build_request(tool, arguments).is_ok()
}

/// Yes or no; `None` where nothing that can be read was answered.
fn answer_of(responses: Option<&InputResponses>) -> Option<bool> {
    let answer = responses?.get(QUESTION)?.clone();
    let answer: ElicitResult = serde_json::from_value(answer).ok()?;
    match answer.action {
        ElicitationAction::Accept => answer.content?.get(question::FIELD)?.as_bool(),
        ElicitationAction::Decline | ElicitationAction::Cancel => Some(false),
        _ => None,
    }
}

fn declined() -> Problem {
    Problem::new(NOT_CONFIRMED).with_detail("do not call it again unless the user asks for it")
}

fn reject() -> Consent {
    Consent::Reject(ErrorData::invalid_params(
        "The requestState does not belong to this call: call the tool without it",
        None,
    ))
}

#[cfg(test)]
mod tests;
