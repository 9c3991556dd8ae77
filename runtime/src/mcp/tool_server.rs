//! What answers a tool call, and what it is told beside the parameters, whichever road the call took: rmcp's transport, or
//! `direct` past it.
//!
//! Invariant: nothing else of a message reaches a tool, so that the two roads can be compared in full
//! (`direct/tests/comparison.rs`).

use http::request::Parts;
use rmcp::RoleServer;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ErrorData, InputRequiredResult,
    ProtocolVersion, RequestMetaObject,
};
use rmcp::service::RequestContext;

use super::relay::Relay;
use super::{confirmation, message};

/// Answers tool calls.
pub(super) trait ToolServer {
    /// Answers a call. Dropped before its end, the call is cancelled.
    ///
    /// # Errors
    /// The protocol's: whatever else goes wrong is a result, which a model can read.
    fn call(
        &self,
        request: CallToolRequestParams,
        context: CallContext<'_>,
    ) -> impl Future<Output = Result<CallAnswer, ErrorData>> + Send;
}

/// What a call comes with.
pub(super) struct CallContext<'a> {
    /// The HTTP request around the message; what the authenticating layer left is on it.
    pub(super) parts: &'a Parts,
    /// What the message says about itself.
    pub(super) meta: &'a RequestMetaObject,
    /// What its client speaks; `None` where it never said.
    pub(super) version: Option<ProtocolVersion>,
    /// Whether the client shows forms to its user, and speaks the revision in which it can be told to.
    pub(super) can_ask: bool,
    /// Tells the caller how far the work is.
    pub(super) relay: Relay,
}

impl<'a> CallContext<'a> {
    /// What rmcp's transport has read.
    ///
    /// # Errors
    /// A message that did not come over HTTP has no caller.
    pub(super) fn of(context: &'a RequestContext<RoleServer>) -> Result<Self, ErrorData> {
        let version = context.protocol_version();
        let can_ask = message::speaks_2026(version.as_ref())
            && confirmation::shows_forms(context.client_capabilities().as_ref());
        Ok(Self {
            parts: message::http_parts(context)?,
            meta: &context.meta,
            version,
            can_ask,
            relay: Relay::to_caller(context),
        })
    }
}

/// What a call is answered with.
pub(super) enum CallAnswer {
    Result(CallToolResult),
    /// The user is asked before it runs. Only for a client that can ask.
    Question(Box<InputRequiredResult>),
}

impl From<CallAnswer> for CallToolResponse {
    fn from(answer: CallAnswer) -> Self {
        match answer {
            CallAnswer::Result(result) => result.into(),
            CallAnswer::Question(question) => (*question).into(),
        }
    }
}
