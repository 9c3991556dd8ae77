//! The methods of the protocol, each handed to whoever knows the answer.

use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CompleteRequestParams, CompleteResult, CustomRequest,
    CustomResult, ErrorData, GetPromptRequestParams, GetPromptResponse, JsonObject,
    ListPromptsResult, ListResourceTemplatesResult, ListResourcesResult, ListToolsResult,
    PaginatedRequestParams, PromptReference, PromptsCapability, ReadResourceRequestParams,
    ReadResourceResponse, ReadResourceResult, Reference, ResourceTemplateReference,
    ResourcesCapability, ServerCapabilities, ServerConfig, Tool,
};
use rmcp::service::RequestContext;
use rmcp::{RoleServer, ServerHandler};

use super::{McpServer, implementation};
use crate::mcp::completion::Blank;
use crate::mcp::tool_server::{CallContext, ToolServer};
use crate::mcp::{message, prompts, resources, rpc};
use crate::telemetry::ToolOutcome;

/// What asks an operation is boxed: rmcp moves the future of a message from task to task, as large as the largest of all
/// methods, and those moves cost more than the box.
impl ServerHandler for McpServer {
    fn get_info(&self) -> ServerConfig {
        let mut capabilities = ServerCapabilities::builder().enable_tools().build();
        if !self.shared.resources.is_empty() {
            capabilities.resources = Some(ResourcesCapability::default());
        }
        if !self.shared.prompts.is_empty() {
            capabilities.prompts = Some(PromptsCapability::default());
        }
        if self.completes() {
            capabilities.completions = Some(JsonObject::default());
        }
        let info =
            ServerConfig::new(capabilities).with_server_info(implementation(&self.shared.facts));
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
        result.meta = self.result_meta(context.protocol_version().as_ref());
        Ok(result)
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let call = ToolServer::call(self, request, CallContext::of(&context)?);
        let answer = message::until_cancelled(Box::pin(call), &context).await??;
        Ok(answer.into())
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
            let answer =
                Box::pin(dispatcher.read(listing, parts, message::trace_of(&context.meta)));
            async move {
                let answer = answer.await;
                record.end(answer.outcome());
                answer
            }
        });
        let (listed, next_cursor) = message::until_cancelled(page, &context).await??;
        let mut result = ListResourcesResult::with_all_items(listed);
        result.next_cursor = next_cursor;
        result.meta = self.result_meta(context.protocol_version().as_ref());
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
        result.meta = self.result_meta(context.protocol_version().as_ref());
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
        let answer = Box::pin(dispatcher.read(read, parts, message::trace_of(&context.meta)));
        let answer = message::until_cancelled(answer, &context).await?;
        record.end(answer.outcome());
        let contents = resources::contents(resource, &request.uri, answer)?;
        let mut result = ReadResourceResult::new(vec![contents]);
        result.meta = self.result_meta(context.protocol_version().as_ref());
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
        result.meta = self.result_meta(context.protocol_version().as_ref());
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
                let answer =
                    Box::pin(dispatcher.read(read, parts, message::trace_of(&context.meta)));
                message::until_cancelled(answer, &context).await?
            }
            Err(faults) => Box::pin(dispatcher.refuse_arguments(faults, parts)).await,
        };
        record.end(answer.outcome());
        let mut result = prompts::result(prompt, answer)?;
        result.meta = self.result_meta(context.protocol_version().as_ref());
        Ok(result.into())
    }

    async fn complete(
        &self,
        request: CompleteRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CompleteResult, ErrorData> {
        if !self.completes() {
            return Err(message::method_not_found());
        }
        let parts = message::http_parts(&context)?;
        let blank = Blank::of(&request);
        let (completion, record) = match &request.r#ref {
            Reference::Prompt(PromptReference { name, .. }) => {
                let (prompts, audit) = (&self.shared.prompts, &self.shared.audit);
                let Some((prompt, record)) = prompts.completable(name, &blank, parts, audit) else {
                    return Err(ErrorData::invalid_params("Unknown prompt", None));
                };
                (blank.in_prompt(prompt), record)
            }
            Reference::Resource(ResourceTemplateReference { uri, .. }) => {
                let (resources, audit) = (&self.shared.resources, &self.shared.audit);
                let found = resources.completable(uri, &blank, parts, audit);
                let Some((resource, record)) = found else {
                    return Err(ErrorData::invalid_params("Unknown resource template", None));
                };
                let ask = |read| {
                    let trace = message::trace_of(&context.meta);
                    Box::pin(self.shared.dispatcher.read(read, parts, trace))
                };
                let completion = resources.complete(resource, &blank, &parts.extensions, ask);
                let completion = message::until_cancelled(completion, &context).await?;
                (completion, record)
            }
            _ => return Err(ErrorData::invalid_params("Unknown reference", None)),
        };
        record.end(match completion {
            Ok(_) => ToolOutcome::Success,
            Err(_) => ToolOutcome::Error,
        });
        let mut result = CompleteResult::new(completion?);
        result.meta = self.result_meta(context.protocol_version().as_ref());
        Ok(result)
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
        } else if !self.serves(&request.method, context.protocol_version().as_ref()) {
            return Err(message::method_not_found());
        }
        Err(ErrorData::invalid_params(
            "The parameters do not fit the method",
            None,
        ))
    }
}
