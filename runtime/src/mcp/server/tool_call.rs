//! A tool call: whether there is such a tool for its caller, whether its user is asked first, the operation, and the record.

use rmcp::model::{CallToolRequestParams, ErrorData};

use super::{McpServer, Shared};
use crate::mcp::call::Call;
use crate::mcp::confirmation::{Consent, Proposal};
use crate::mcp::message;
use crate::mcp::tool_server::{CallAnswer, CallContext, ToolServer};
use crate::telemetry::ToolOutcome;

impl ToolServer for McpServer {
    async fn call(
        &self,
        request: CallToolRequestParams,
        context: CallContext<'_>,
    ) -> Result<CallAnswer, ErrorData> {
        let Shared {
            tools,
            dispatcher,
            audit,
            confirmations,
            ..
        } = &*self.shared;
        let CallContext {
            parts,
            meta,
            version,
            can_ask,
            relay,
        } = context;
        let Some((tool, mut record)) = tools.callable(&request, parts, audit) else {
            // One answer for what does not exist and for what this caller may not know of; no name comes back.
            return Err(ErrorData::invalid_params("Unknown tool", None));
        };
        let consent = confirmations.consider(&Proposal {
            tool,
            request: &request,
            parts,
            can_ask,
        });
        record.note(consent.confirmation());
        let result_meta = || self.result_meta(version.as_ref());
        let confirmation = match consent {
            Consent::Run(confirmation) => confirmation,
            Consent::Ask(mut question) => {
                record.end(ToolOutcome::Asked);
                question.meta = result_meta();
                return Ok(CallAnswer::Question(question));
            }
            Consent::Declined(problem) => {
                record.end(ToolOutcome::Declined);
                let result = dispatcher.refuse(tool, *problem, parts).await;
                return Ok(CallAnswer::Result(result.with_meta(result_meta())));
            }
            Consent::Reject(error) => {
                record.end(ToolOutcome::Error);
                return Err(error);
            }
        };
        let call = Call {
            tool,
            arguments: request.arguments.unwrap_or_default(),
            parts,
            trace: message::trace_of(meta),
            relay,
        };
        let (outcome, mut result) = dispatcher.call(call).await;
        record.end(outcome);
        confirmation.tell(&mut result);
        Ok(CallAnswer::Result(result.with_meta(result_meta())))
    }
}
