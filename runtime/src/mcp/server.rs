//! The endpoint as rmcp asks for it: capabilities, and each request of the protocol handed to whoever knows the answer.
//!
//! Invariant: nothing is decided here. Who sees what is said by `visibility`, who may call what by the guard.

use std::sync::Arc;

use http::Extensions;
use http::request::Parts;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CustomRequest, CustomResult, ErrorData,
    GetPromptRequestParams, GetPromptResponse, Implementation, ListPromptsResult,
    ListResourceTemplatesResult, ListResourcesResult, ListToolsResult, MetaObject,
    PaginatedRequestParams, PromptsCapability, ReadResourceRequestParams, ReadResourceResponse,
    ReadResourceResult, ResourcesCapability, ServerCapabilities, ServerConfig, Tool,
};
use rmcp::service::RequestContext;
use rmcp::{RoleServer, ServerHandler};
use serde_json::{Map, Value};

use super::admission::Asked;
use super::audit::AuditTrail;
use super::call::{Call, Dispatcher};
use super::confirmation::{Confirmations, Consent, Proposal};
use super::message;
use super::offer::Offer;
use super::prompts::{self, Prompts};
use super::relay::Relay;
use super::resources::{self, Resources};
use super::rpc::{self, Envelope, Target};
use super::tools::Tools;
use crate::api::Facts;
use crate::gate::Refusal;
use crate::telemetry::{McpSubject, ToolOutcome};

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
    resources: Resources,
    prompts: Prompts,
    dispatcher: Dispatcher,
    audit: AuditTrail,
    confirmations: Confirmations,
    /// What rmcp compares `Mcp-Param-*` headers with. No argument of ours is mirrored in one: `build_tools` refuses a schema that
    /// says so.
    unmirrored: Tool,
}

/// What a server is made of.
pub(super) struct ServerParts {
    pub(super) facts: Facts,
    pub(super) offer: Offer,
    pub(super) dispatcher: Dispatcher,
    pub(super) audit: AuditTrail,
    pub(super) confirmations: Confirmations,
}

impl McpServer {
    pub(super) fn new(parts: ServerParts) -> Self {
        Self {
            shared: Arc::new(Shared {
                facts: parts.facts,
                tools: Tools::new(parts.offer.tools),
                resources: Resources::new(parts.offer.resources),
                prompts: Prompts::new(parts.offer.prompts),
                dispatcher: parts.dispatcher,
                audit: parts.audit,
                confirmations: parts.confirmations,
                unmirrored: Tool::new("", "", Map::new()),
            }),
        }
    }

    /// Checks that what a message asks for fails for nothing that the client could obtain.
    ///
    /// # Errors
    /// [`Refusal::InsufficientScope`] with every scope of the operation, [`Refusal::InsufficientClaims`].
    pub(super) fn check_obtainable(
        &self,
        target: Target<'_>,
        parts: &Parts,
        body: &[u8],
    ) -> Result<(), Refusal> {
        let arguments = || arguments_of(target, body);
        let audit = &self.shared.audit;
        audit.check_obtainable(self.asked(target), parts, arguments)
    }

    fn asked<'a>(&'a self, target: Target<'_>) -> Asked<'a> {
        let shared = &*self.shared;
        match target {
            Target::Tool(name) => shared.tools.asked(name),
            Target::Resource(uri) => shared.resources.asked(uri),
            Target::Prompt(name) => shared.prompts.asked(name),
        }
    }

    /// Records a message that is answered 429, since nothing is left in its caller's bucket: what leaves a record when it is
    /// answered leaves one then too.
    pub(super) fn record_refused_rate(&self, envelope: &Envelope, parts: &Parts, body: &[u8]) {
        let Shared {
            resources, audit, ..
        } = &*self.shared;
        match (self.subject_of(envelope.method()), envelope.target()) {
            (Some(_), Some(target)) => {
                let arguments = arguments_of(target, body);
                audit.record_refused_rate(self.asked(target), parts, arguments.as_ref());
            }
            (Some(subject_of), None) => {
                let arguments = rpc::arguments_of(body);
                audit.record_misfit(subject_of, parts, arguments.as_ref());
            }
            (None, _) if envelope.method() == "resources/list" => {
                let cursor = envelope.cursor();
                if let Some(subject) = resources.asked_for_page(cursor, &parts.extensions) {
                    let record = audit.begin_list(subject, cursor, parts);
                    record.end(ToolOutcome::Error);
                }
            }
            (None, _) => {}
        }
    }

    /// What a method asks for one thing of, if the Api has such things.
    fn subject_of(&self, method: &str) -> Option<fn(&'static str) -> McpSubject> {
        match method {
            "tools/call" => Some(McpSubject::Tool),
            "resources/read" if !self.shared.resources.is_empty() => Some(McpSubject::Resource),
            "prompts/get" if !self.shared.prompts.is_empty() => Some(McpSubject::Prompt),
            _ => None,
        }
    }

    /// Says whether a method lists something that the Api has.
    fn lists(&self, method: &str) -> bool {
        match method {
            "tools/list" => true,
            "resources/list" | "resources/templates/list" => !self.shared.resources.is_empty(),
            "prompts/list" => !self.shared.prompts.is_empty(),
            _ => false,
        }
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

    /// # Errors
    /// An Api without resources does not have their methods.
    fn resources(&self) -> Result<&Resources, ErrorData> {
        match self.shared.resources.is_empty() {
            true => Err(message::method_not_found()),
            false => Ok(&self.shared.resources),
        }
    }

    /// # Errors
    /// An Api without prompts does not have their methods.
    fn prompts(&self) -> Result<&Prompts, ErrorData> {
        match self.shared.prompts.is_empty() {
            true => Err(message::method_not_found()),
            false => Ok(&self.shared.prompts),
        }
    }

    fn server_info(&self) -> Implementation {
        let facts = &self.shared.facts;
        Implementation::new(facts.title, facts.version)
    }

    /// From 2026-07-28 on each result names its server.
    fn result_meta(&self, context: &RequestContext<RoleServer>) -> Option<MetaObject> {
        if !message::speaks_2026(context) {
            return None;
        }
        let server_info = serde_json::to_value(self.server_info()).ok()?;
        let mut meta = MetaObject::new();
        meta.0.insert(SERVER_INFO.to_owned(), server_info);
        Some(meta)
    }
}

/// What asks an operation is boxed: rmcp moves the future of a message from task to task, as large as the largest of all
/// methods, and those moves were a quarter of what a tool call costs.
impl ServerHandler for McpServer {
    fn get_info(&self) -> ServerConfig {
        let mut capabilities = ServerCapabilities::builder().enable_tools().build();
        if !self.shared.resources.is_empty() {
            capabilities.resources = Some(ResourcesCapability::default());
        }
        if !self.shared.prompts.is_empty() {
            capabilities.prompts = Some(PromptsCapability::default());
        }
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
        message::check_no_cursor(request)?;
        let parts = message::http_parts(&context)?;
        let mut result = ListToolsResult::with_all_items(self.shared.tools.list(&parts.extensions));
        result.meta = self.result_meta(&context);
        Ok(result)
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let parts = message::http_parts(&context)?;
        let Shared {
            tools,
            dispatcher,
            audit,
            confirmations,
            ..
        } = &*self.shared;
        let Some((tool, mut record)) = tools.callable(&request, parts, audit) else {
            // One answer for what does not exist and for what this caller may not know of; no name comes back.
            return Err(ErrorData::invalid_params("Unknown tool", None));
        };
        let consent = confirmations.consider(&Proposal {
            tool,
            request: &request,
            parts,
            can_ask: message::can_ask(&context),
        });
        record.note(consent.confirmation());
        let confirmation = match consent {
            Consent::Run(confirmation) => confirmation,
            Consent::Ask(mut question) => {
                record.end(ToolOutcome::Asked);
                question.meta = self.result_meta(&context);
                return Ok((*question).into());
            }
            Consent::Declined(problem) => {
                record.end(ToolOutcome::Declined);
                let result = Box::pin(dispatcher.refuse(tool, *problem, parts)).await;
                return Ok(result.with_meta(self.result_meta(&context)).into());
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
            trace: message::trace_of(&context),
            relay: Relay::to_caller(&context),
        };
        // rmcp's transport leaves the handler running when the client goes away: dropping the call is what ends it. A direct call
        // is dropped with this future.
        let (outcome, mut result) = tokio::select! {
            ended = Box::pin(dispatcher.call(call)) => ended,
            () = context.ct.cancelled() => {
                record.end(ToolOutcome::Cancelled);
                return Err(ErrorData::internal_error("The call was cancelled", None));
            }
        };
        record.end(outcome);
        confirmation.tell(&mut result);
        Ok(result.with_meta(self.result_meta(&context)).into())
    }

    async fn list_resources(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        let resources = self.resources()?;
        let (dispatcher, audit) = (&self.shared.dispatcher, &self.shared.audit);
        let parts = message::http_parts(&context)?;
        let cursor = request.and_then(|request| request.cursor);
        let cursor = cursor.as_deref();
        let page = resources.page(cursor, &parts.extensions, |listing| {
            let record = audit.begin_list(listing.subject, cursor, parts);
            let answer = Box::pin(dispatcher.read(listing, parts, message::trace_of(&context)));
            async move {
                let answer = answer.await;
                record.end(answer.outcome());
                answer
            }
        });
        let (listed, next_cursor) = message::until_cancelled(page, &context).await??;
        let mut result = ListResourcesResult::with_all_items(listed);
        result.next_cursor = next_cursor;
        result.meta = self.result_meta(&context);
        Ok(result)
    }

    async fn list_resource_templates(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        let resources = self.resources()?;
        message::check_no_cursor(request)?;
        let parts = message::http_parts(&context)?;
        let templates = resources.templates(&parts.extensions);
        let mut result = ListResourceTemplatesResult::with_all_items(templates);
        result.meta = self.result_meta(&context);
        Ok(result)
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        let resources = self.resources()?;
        let (dispatcher, audit) = (&self.shared.dispatcher, &self.shared.audit);
        let parts = message::http_parts(&context)?;
        let Some((resource, read, record)) = resources.readable(&request.uri, parts, audit) else {
            return Err(resources::not_found(&request.uri));
        };
        let answer = Box::pin(dispatcher.read(read, parts, message::trace_of(&context)));
        let answer = message::until_cancelled(answer, &context).await?;
        record.end(answer.outcome());
        let contents = resources::contents(resource, &request.uri, answer)?;
        let mut result = ReadResourceResult::new(vec![contents]);
        result.meta = self.result_meta(&context);
        Ok(result.into())
    }

    async fn list_prompts(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListPromptsResult, ErrorData> {
        let prompts = self.prompts()?;
        message::check_no_cursor(request)?;
        let parts = message::http_parts(&context)?;
        let mut result = ListPromptsResult::with_all_items(prompts.list(&parts.extensions));
        result.meta = self.result_meta(&context);
        Ok(result)
    }

    async fn get_prompt(
        &self,
        request: GetPromptRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<GetPromptResponse, ErrorData> {
        let prompts = self.prompts()?;
        let (dispatcher, audit) = (&self.shared.dispatcher, &self.shared.audit);
        let parts = message::http_parts(&context)?;
        let Some((prompt, record)) = prompts.gettable(&request, parts, audit) else {
            return Err(ErrorData::invalid_params("Unknown prompt", None));
        };
        let answer = match prompts::read_of(prompt, &request) {
            Ok(read) => {
                let answer = Box::pin(dispatcher.read(read, parts, message::trace_of(&context)));
                message::until_cancelled(answer, &context).await?
            }
            Err(faults) => Box::pin(dispatcher.refuse_arguments(faults, parts)).await,
        };
        record.end(answer.outcome());
        let mut result = prompts::result(prompt, answer)?;
        result.meta = self.result_meta(&context);
        Ok(result.into())
    }

    /// rmcp asks for every name, before it is known who calls. The same for all, so that the time it takes tells of none.
    fn get_tool(&self, _: &str) -> Option<Tool> {
        Some(self.shared.unmirrored.clone())
    }

    /// What rmcp has no type for: an unknown method, or a known one whose parameters do not fit it.
    ///
    /// The name of the method does not come back. It is the caller's, and may be as long as a body.
    async fn on_custom_request(
        &self,
        request: CustomRequest,
        context: RequestContext<RoleServer>,
    ) -> Result<CustomResult, ErrorData> {
        if let Some(subject_of) = self.subject_of(&request.method) {
            let parts = message::http_parts(&context)?;
            let arguments = request.params.as_ref().and_then(rpc::arguments_in);
            let audit = &self.shared.audit;
            audit.record_misfit(subject_of, parts, arguments);
        } else if !self.lists(&request.method) {
            return Err(message::method_not_found());
        }
        Err(ErrorData::invalid_params(
            "The parameters do not fit the method",
            None,
        ))
    }
}

/// What a message gives beside the name of what it asks for.
fn arguments_of(target: Target<'_>, body: &[u8]) -> Option<Map<String, Value>> {
    match target {
        Target::Tool(_) | Target::Prompt(_) => rpc::arguments_of(body),
        Target::Resource(uri) => Some(resources::uri_argument(uri)),
    }
}
