//! The endpoint as rmcp asks for it, and what the front asks of the same tables.
//!
//! Invariant: nothing is decided here. Who sees what is said by `visibility`, who may call what by the guard.

mod handler;
mod tool_call;

use std::sync::Arc;

use http::Extensions;
use http::request::Parts;
use rmcp::model::{ErrorData, Implementation, MetaObject, ProtocolVersion, Tool};
use serde_json::{Map, Value};

use super::admission::Asked;
use super::audit::AuditTrail;
use super::call::Dispatcher;
use super::confirmation::Confirmations;
use super::message;
use super::offer::Offer;
use super::prompts::Prompts;
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
    /// For clients that want results to name their server.
    result_meta: MetaObject,
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
                result_meta: result_meta(&parts.facts),
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
            Target::ResourceCompletion(template) => shared.resources.asked_to_complete(template),
            Target::PromptCompletion(name) => shared.prompts.asked_to_complete(name),
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
            // Which of the two is asked for stands in the parameters.
            "completion/complete" if self.completes() => Some(McpSubject::PromptCompletion),
            _ => None,
        }
    }

    /// Says whether a method that is about nothing in particular is answered here, in the revision that its client speaks.
    fn serves(&self, method: &str, version: Option<&ProtocolVersion>) -> bool {
        match method {
            "initialize" => !message::speaks_2026(version),
            "server/discover" => message::speaks_2026(version),
            "tools/list" => true,
            "resources/list" | "resources/templates/list" => !self.shared.resources.is_empty(),
            "prompts/list" => !self.shared.prompts.is_empty(),
            _ => false,
        }
    }

    /// Says whether there is anything to fill in.
    fn completes(&self) -> bool {
        !(self.shared.resources.is_empty() && self.shared.prompts.is_empty())
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

    /// From 2026-07-28 on each result names its server.
    fn result_meta(&self, version: Option<&ProtocolVersion>) -> Option<MetaObject> {
        message::speaks_2026(version).then(|| self.shared.result_meta.clone())
    }
}

fn implementation(facts: &Facts) -> Implementation {
    Implementation::new(facts.title, facts.version)
}

fn result_meta(facts: &Facts) -> MetaObject {
    let server_info = serde_json::to_value(implementation(facts));
    let server_info = server_info.expect("a name and a version are JSON");
    let mut meta = MetaObject::new();
    meta.0.insert(SERVER_INFO.to_owned(), server_info);
    meta
}

/// What a message gives beside the name of what it asks for.
fn arguments_of(target: Target<'_>, body: &[u8]) -> Option<Map<String, Value>> {
    match target {
        Target::Tool(_) | Target::Prompt(_) => rpc::arguments_of(body),
        Target::Resource(uri) => Some(resources::uri_argument(uri)),
        Target::ResourceCompletion(_) | Target::PromptCompletion(_) => {
            rpc::completed_argument(body)
        }
    }
}
