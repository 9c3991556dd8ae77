//! The tools as rmcp asks for them: who sees which, and who may call which.
//!
//! A tool whose role or kind of caller is missing does not exist for that caller: it is not listed, and calling it
//! looks exactly like an unknown name. A tool whose scope is missing stays listed, because the client can obtain it.

use std::collections::BTreeMap;
use std::sync::Arc;

use http::Extensions;
use http::request::Parts;
use opentelemetry::trace::SpanContext;
use portcullis_api_spec::{Access, Decision, Denial, ToolDef, ToolWait, decide};
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CustomRequest, CustomResult, ErrorCode, ErrorData,
    Implementation, ListToolsResult, MetaObject, PaginatedRequestParams, ProtocolVersion,
    ServerCapabilities, ServerConfig, Tool, ToolAnnotations,
};
use rmcp::service::RequestContext;
use rmcp::{RoleServer, ServerHandler};
use serde_json::Value;

use super::audit::{AuditDecision, AuditRecord, AuditTrail, NO_TOOL};
use super::call::{Call, Dispatcher};
use super::relay::Relay;
use super::rpc;
use crate::api::Facts;
use crate::gate::{self, Refusal};
use crate::identity::Authentication;
use crate::telemetry::{ToolOutcome, read_trace_context};

/// Where servers from 2026-07-28 on name themselves in each result.
const SERVER_INFO: &str = "io.modelcontextprotocol/serverInfo";

/// Answers MCP requests. rmcp asks for one per request; all share one table.
#[derive(Clone)]
pub(super) struct ToolServer {
    shared: Arc<Shared>,
}

struct Shared {
    facts: Facts,
    /// By name, which is the order of the list.
    tools: BTreeMap<&'static str, Entry>,
    dispatcher: Dispatcher,
    audit: AuditTrail,
}

struct Entry {
    definition: ToolDef,
    listed: Tool,
}

/// What a tool is to one caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Visibility {
    /// Listed; the guard decides about the call.
    Visible,
    /// Listed; the guard would ask for a scope, or for another sign-in: what a client can obtain.
    Obtainable,
    /// Not there.
    Hidden,
}

impl ToolServer {
    pub(super) fn new(
        facts: Facts,
        tools: Vec<ToolDef>,
        dispatcher: Dispatcher,
        audit: AuditTrail,
    ) -> Self {
        let entry = |definition: ToolDef| {
            let listed = listed(&definition);
            (definition.name, Entry { definition, listed })
        };
        Self {
            shared: Arc::new(Shared {
                facts,
                tools: tools.into_iter().map(entry).collect(),
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
        let Some(entry) = self.shared.tools.get(name) else {
            return Ok(());
        };
        let access = &entry.definition.endpoint.access;
        match visibility(access, &parts.extensions) {
            Visibility::Obtainable => gate::admit(access, &parts.extensions).inspect_err(|_| {
                let arguments = rpc::arguments_of(body);
                let name = entry.definition.name;
                let audit = &self.shared.audit;
                let record = audit.begin(name, AuditDecision::Denied, arguments.as_ref(), parts);
                record.end(ToolOutcome::Refused);
            }),
            Visibility::Visible | Visibility::Hidden => Ok(()),
        }
    }

    /// Says whether a call of this name waits for work, by a caller for whom the tool exists.
    pub(super) fn waits(&self, name: &str, extensions: &Extensions) -> bool {
        let Some(Entry { definition, .. }) = self.shared.tools.get(name) else {
            return false;
        };
        let is_there = match visibility(&definition.endpoint.access, extensions) {
            Visibility::Visible | Visibility::Obtainable => true,
            Visibility::Hidden => false,
        };
        is_there
            && match definition.wait {
                ToolWait::Answer => false,
                ToolWait::Work | ToolWait::Job => true,
            }
    }

    /// Records a call that was allowed and is answered 429, since its caller has as much open as may be.
    pub(super) fn record_refused_wait(&self, name: &str, parts: &Parts, body: &[u8]) {
        if let Some(entry) = self.shared.tools.get(name) {
            let arguments = rpc::arguments_of(body);
            let (name, audit) = (entry.definition.name, &self.shared.audit);
            let record = audit.begin(name, AuditDecision::Allowed, arguments.as_ref(), parts);
            record.end(ToolOutcome::Error);
        }
    }

    /// The tool of this name, if it exists for this caller, and the record of its call.
    fn callable(
        &self,
        request: &CallToolRequestParams,
        parts: &Parts,
    ) -> Option<(&Entry, AuditRecord)> {
        let (audit, arguments) = (&self.shared.audit, request.arguments.as_ref());
        let Some(entry) = self.shared.tools.get(&*request.name) else {
            let record = audit.begin(NO_TOOL, AuditDecision::NoTool, arguments, parts);
            record.end(ToolOutcome::Unknown);
            return None;
        };
        let access = &entry.definition.endpoint.access;
        let begin = |decision| audit.begin(entry.definition.name, decision, arguments, parts);
        match visibility(access, &parts.extensions) {
            Visibility::Visible => Some((entry, begin(AuditDecision::Allowed))),
            // The guard of the operation refuses it.
            Visibility::Obtainable => Some((entry, begin(AuditDecision::Denied))),
            Visibility::Hidden => {
                // No guard is reached, but who probes what he may not call is to be seen in the log.
                let _ = gate::admit(access, &parts.extensions);
                begin(AuditDecision::Denied).end(ToolOutcome::Refused);
                None
            }
        }
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

impl ServerHandler for ToolServer {
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
        if request.is_some_and(|request| request.cursor.is_some()) {
            return Err(ErrorData::invalid_params(
                "Unknown cursor: the list has one page",
                None,
            ));
        }
        let parts = http_parts(&context)?;
        let is_visible = |entry: &&Entry| {
            let access = &entry.definition.endpoint.access;
            visibility(access, &parts.extensions) != Visibility::Hidden
        };
        let visible = self.shared.tools.values().filter(is_visible);
        let mut result =
            ListToolsResult::with_all_items(visible.map(|entry| entry.listed.clone()).collect());
        result.meta = self.result_meta(&context);
        Ok(result)
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let parts = http_parts(&context)?;
        let Some((entry, record)) = self.callable(&request, parts) else {
            // One answer for what does not exist and for what this caller may not know of; no name comes back.
            return Err(ErrorData::invalid_params("Unknown tool", None));
        };
        let call = Call {
            tool: &entry.definition,
            arguments: request.arguments.unwrap_or_default(),
            parts,
            trace: trace_of(&context),
            relay: Relay::to_caller(&context),
        };
        // rmcp leaves the handler running when the client goes away: dropping the call is what ends it.
        let (outcome, result) = tokio::select! {
            ended = self.shared.dispatcher.call(call) => ended,
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
        let entry = self.shared.tools.get(name)?;
        Some(entry.listed.clone())
    }
}

fn visibility(access: &Access, extensions: &Extensions) -> Visibility {
    let rights = match extensions.get::<Authentication>() {
        Some(Authentication::Verified(caller)) => Some(caller.rights()),
        Some(
            Authentication::Absent | Authentication::Rejected(_) | Authentication::KeysUnavailable,
        )
        | None => None,
    };
    match decide(access, rights) {
        Decision::Allow => Visibility::Visible,
        Decision::Deny(Denial::MissingScope | Denial::MissingContext) => Visibility::Obtainable,
        Decision::Deny(
            Denial::Unauthenticated
            | Denial::Nobody
            | Denial::UsersOnly
            | Denial::ApplicationsOnly
            | Denial::MissingRole,
        ) => Visibility::Hidden,
    }
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

fn listed(definition: &ToolDef) -> Tool {
    let object = |schema: &Value| Arc::new(schema.as_object().cloned().unwrap_or_default());
    let hints = definition.hints;
    let annotations = ToolAnnotations::with_title(definition.title.as_str())
        .read_only(hints.is_read_only)
        .idempotent(hints.is_idempotent)
        .destructive(hints.is_destructive)
        .open_world(false);
    let tool = Tool::new(
        definition.name,
        definition.description.clone(),
        object(&definition.input_schema),
    );
    let tool = tool
        .with_title(definition.title.as_str())
        .with_annotations(annotations);
    match definition.output.schema() {
        Some(schema) => tool.with_raw_output_schema(object(schema)),
        None => tool,
    }
}
