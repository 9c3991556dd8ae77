//! The tools: who sees which, and who may call which.
//!
//! Invariant: the list has what `visibility` shows, and calls are admitted by `admission`.

use std::collections::BTreeMap;
use std::sync::Arc;

use http::Extensions;
use http::request::Parts;
use portcullis_api_spec::{ToolDef, ToolWait};
use rmcp::model::{CallToolRequestParams, Tool, ToolAnnotations};
use serde_json::Value;

use super::admission::Asked;
use super::audit::{AuditDecision, AuditRecord, AuditTrail};
use super::rpc;
use super::visibility::Visibility;
use crate::telemetry::{McpSubject, ToolOutcome};

/// The tools of a service.
pub(super) struct Tools {
    /// By name, which is the order of the list.
    entries: BTreeMap<&'static str, Entry>,
}

struct Entry {
    definition: ToolDef,
    listed: Tool,
}

impl Tools {
    pub(super) fn new(tools: Vec<ToolDef>) -> Self {
        let entry = |definition: ToolDef| {
            let listed = listed(&definition);
            (definition.name, Entry { definition, listed })
        };
        Self {
            entries: tools.into_iter().map(entry).collect(),
        }
    }

    /// What the caller of a request may know of, in order.
    pub(super) fn list(&self, extensions: &Extensions) -> Vec<Tool> {
        let is_there = |entry: &&Entry| entry.visibility(extensions).is_there();
        let there = self.entries.values().filter(is_there);
        there.map(|entry| entry.listed.clone()).collect()
    }

    /// What a call of this name asks for.
    pub(super) fn asked(&self, name: &str) -> Asked<'_> {
        asked(self.entries.get(name))
    }

    /// Says whether a call of this name waits for work, by a caller for whom the tool exists.
    pub(super) fn waits(&self, name: &str, extensions: &Extensions) -> bool {
        let Some(entry) = self.entries.get(name) else {
            return false;
        };
        match entry.definition.wait {
            ToolWait::Answer => false,
            ToolWait::Work | ToolWait::Job => entry.visibility(extensions).is_there(),
        }
    }

    /// Records a call that was allowed and is answered 429, since its caller has as much open as may be.
    pub(super) fn record_refused_wait(
        &self,
        name: &str,
        parts: &Parts,
        body: &[u8],
        audit: &AuditTrail,
    ) {
        if let Some(entry) = self.entries.get(name) {
            let arguments = rpc::arguments_of(body);
            let subject = McpSubject::Tool(entry.definition.name);
            let record = audit.begin(subject, AuditDecision::Allowed, arguments.as_ref(), parts);
            record.end(ToolOutcome::Error);
        }
    }

    /// The tool that a call names, if it exists for this caller, and the record of the call.
    pub(super) fn callable(
        &self,
        request: &CallToolRequestParams,
        parts: &Parts,
        audit: &AuditTrail,
    ) -> Option<(&ToolDef, AuditRecord)> {
        let found = self.entries.get(&*request.name);
        let record = audit.admit(asked(found), parts, request.arguments.as_ref())?;
        Some((&found?.definition, record))
    }
}

impl Entry {
    fn visibility(&self, extensions: &Extensions) -> Visibility {
        Visibility::of(&self.definition.endpoint.access, extensions)
    }
}

fn asked(found: Option<&Entry>) -> Asked<'_> {
    let found = found.map(|it| (it.definition.name, &it.definition.endpoint));
    Asked::new(McpSubject::Tool, found)
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
