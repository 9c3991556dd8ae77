//! The endpoint as rmcp asks for it: capabilities, and each request of the protocol handed to whoever knows the answer.
//!
//! Invariant: nothing is decided here. Who sees what is said by `visibility`, who may call what by the guard.

use std::sync::Arc;

use http::Extensions;
use http::request::Parts;
use opentelemetry::trace::SpanContext;
use portcullis_api_spec::ToolDef;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CustomRequest, CustomResult, ErrorCode, ErrorData,
    Implementation, ListToolsResult, MetaObject, PaginatedRequestParams, ProtocolVersion,
    ServerCapabilities, ServerConfig, Tool,
};
use rmcp::service::RequestContext;
use rmcp::{RoleServer, ServerHandler};

use super::audit::{AuditDecision, AuditTrail, NO_TOOL};
use super::call::{Call, Dispatcher};
use super::relay::Relay;
use super::rpc;
use super::tools::Tools;
use crate::api::Facts;
use crate::gate::Refusal;
use crate::telemetry::{ToolOutcome, read_trace_context};

/// Where servers from 2026-07-28 on name themselves in each result.
const SERVER_INFO: &str = "io.modelcontextprotocol/serverInfo";

/// Answers MCP requests. rmcp asks for one per request; all share one table.
#[derive(Clone)]
pub(super) struct McpServer {
    shared: Arc<Shared>,
}

struct Shared {
    facts: Facts,
    tools: Tools,
    dispatcher: Dispatcher,
    audit: AuditTrail,
}

impl McpServer {
    pub(super) fn new(
        facts: Facts,
        tools: Vec<ToolDef>,
        dispatcher: Dispatcher,
        audit: AuditTrail,
    ) -> Self {
        Self {
            shared: Arc::new(Shared {
                facts,
                tools: Tools::new(tools),
                dispatcher,
                audit,
            }),
        }
    }

    /// Checks that a call fails for nothing that the client could obtain.
    ///
    /// # Errors
    /// [`Refusal::InsufficientScope`] with every scope of the operation, [`Refusal::InsufficientClaims`].
    pub(super) fn check_obtainable(
        &self,
        name: &str,
        parts: &Parts,
        body: &[u8],
    ) -> Result<(), Refusal> {
        let Shared { tools, audit, .. } = &*self.shared;
        tools.check_obtainable(name, parts, body, audit)
    }

    /// Says whether a call of this name waits for work, by a caller for whom the tool exists.
    pub(super) fn waits(&self, name: &str, extensions: &Extensions) -> bool {
        self.shared.tools.waits(name, extensions)
    }

    /// Records a call that was allowed and is answered 429, since its caller has as much open as may be.
    pub(super) fn record_refused_wait(&self, name: &str, parts: &Parts, body: &[u8]) {
        let Shared { tools, audit, .. } = &*self.shared;
        tools.record_refused_wait(name, parts, body, audit);
    }

    fn server_info(&self) -> Implementation {
        let facts = &self.shared.facts;
        Implementation::new(facts.title, facts.version)
    }

    /// From 2026-07-28 on each result names its server.
    fn result_meta(&self, context: &RequestContext<RoleServer>) -> Option<MetaObject> {
        let version = context.protocol_version()?;
        if version.as_str() < ProtocolVersion::V_2026_07_28.as_str() {
            return None;
        }
        let server_info = serde_json::to_value(self.server_info()).ok()?;
        let mut meta = MetaObject::new();
        meta.0.insert(SERVER_INFO.to_owned(), server_info);
        Some(meta)
    }
}

impl ServerHandler for McpServer {
    fn get_info(&self) -> ServerConfig {
        let capabilities = ServerCapabilities::builder().enable_tools().build();
        let info = ServerConfig::new(capabilities).with_server_info(self.server_info());
        match self.shared.facts.description {
            "" => info,
            description => info.with_instructions(description),
        }
    }

    async fn list_tools(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        check_no_cursor(request)?;
        let parts = http_parts(&context)?;
        let mut result = ListToolsResult::with_all_items(self.shared.tools.list(&parts.extensions));
        result.meta = self.result_meta(&context);
        Ok(result)
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let parts = http_parts(&context)?;
        let Shared {
            tools,
            dispatcher,
            audit,
            ..
        } = &*self.shared;
        let Some((tool, record)) = tools.callable(&request, parts, audit) else {
            // One answer for what does not exist and for what this caller may not know of; no name comes back.
            return Err(ErrorData::invalid_params("Unknown tool", None));
        };
        let call = Call {
            tool,
            arguments: request.arguments.unwrap_or_default(),
            parts,
            trace: trace_of(&context),
            relay: Relay::to_caller(&context),
        };
        // rmcp leaves the handler running when the client goes away: dropping the call is what ends it.
        let (outcome, result) = tokio::select! {
            ended = dispatcher.call(call) => ended,
            () = context.ct.cancelled() => {
                record.end(ToolOutcome::Cancelled);
                return Err(ErrorData::internal_error("The call was cancelled", None));
            }
        };
        record.end(outcome);
        Ok(result.with_meta(self.result_meta(&context)).into())
    }

    /// What rmcp has no type for: an unknown method, or a known one whose parameters do not fit it.
    ///
    /// The name of the method does not come back. It is the caller's, and may be as long as a body.
    async fn on_custom_request(
        &self,
        request: CustomRequest,
        context: RequestContext<RoleServer>,
    ) -> Result<CustomResult, ErrorData> {
        const MISFIT: &str = "The parameters do not fit the method";
        Err(match request.method.as_str() {
            "tools/call" => {
                let parts = http_parts(&context)?;
                let arguments = request.params.as_ref().and_then(rpc::arguments_in);
                let audit = &self.shared.audit;
                let record = audit.begin(NO_TOOL, AuditDecision::NoTool, arguments, parts);
                record.end(ToolOutcome::Error);
                ErrorData::invalid_params(MISFIT, None)
            }
            "tools/list" => ErrorData::invalid_params(MISFIT, None),
            _ => ErrorData::new(ErrorCode::METHOD_NOT_FOUND, "Method not found", None),
        })
    }

    /// rmcp checks `Mcp-Param-*` headers against the schema it gets here, and skips the check without one.
    fn get_tool(&self, name: &str) -> Option<Tool> {
        self.shared.tools.listed(name)
    }
}

/// Every list but that of resources has one page.
fn check_no_cursor(request: Option<PaginatedRequestParams>) -> Result<(), ErrorData> {
    if request.is_some_and(|request| request.cursor.is_some()) {
        return Err(ErrorData::invalid_params(
            "Unknown cursor: the list has one page",
            None,
        ));
    }
    Ok(())
}

/// The trace that the message itself names (SEP-414), read as strictly as the headers.
fn trace_of(context: &RequestContext<RoleServer>) -> Option<SpanContext> {
    let meta = &context.meta;
    read_trace_context(meta.get_traceparent()?, meta.get_tracestate().unwrap_or(""))
}

/// The HTTP request around the message; what the authenticating layer left is on it.
fn http_parts(context: &RequestContext<RoleServer>) -> Result<&Parts, ErrorData> {
    let parts = context.extensions.get::<Parts>();
    parts.ok_or_else(|| ErrorData::internal_error("The call did not come over HTTP", None))
}
