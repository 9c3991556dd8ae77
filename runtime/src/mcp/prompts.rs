//! The prompts: who sees which, and what getting one gives.
//!
//! Invariant: seen by `visibility`, admitted by `admission`. The messages are what the operation answered, read as the
//! protocol writes them.

use std::collections::BTreeMap;

use http::Extensions;
use http::request::Parts;
use portcullis_api_spec::{JSON, PromptDef, SchemaFault};
use rmcp::model::{
    ErrorData, GetPromptRequestParams, GetPromptResult, Prompt, PromptArgument, PromptMessage,
};
use serde::Deserialize;

use super::admission::Asked;
use super::answer::Answer;
use super::audit::{AuditRecord, AuditTrail};
use super::completion::Blank;
use super::read::Read;
use super::visibility::Visibility;
use crate::telemetry::McpSubject;

/// The prompts of a service.
pub(super) struct Prompts {
    /// By name, which is the order of the list.
    entries: BTreeMap<&'static str, PromptDef>,
}

impl Prompts {
    pub(super) fn new(prompts: Vec<PromptDef>) -> Self {
        let entries = prompts.into_iter().map(|prompt| (prompt.name, prompt));
        Self {
            entries: entries.collect(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// What getting this prompt asks for.
    pub(super) fn asked(&self, name: &str) -> Asked<'_> {
        asked(McpSubject::Prompt, self.entries.get(name))
    }

    /// What completing an argument of this prompt asks for.
    pub(super) fn asked_to_complete(&self, name: &str) -> Asked<'_> {
        asked(McpSubject::PromptCompletion, self.entries.get(name))
    }

    /// What the caller of a request may know of, in order.
    pub(super) fn list(&self, extensions: &Extensions) -> Vec<Prompt> {
        let is_there = |it: &&PromptDef| Visibility::of(&it.endpoint.access, extensions).is_there();
        self.entries.values().filter(is_there).map(listed).collect()
    }

    /// The prompt that a message names, if it exists for this caller, and the record.
    pub(super) fn gettable(
        &self,
        request: &GetPromptRequestParams,
        parts: &Parts,
        audit: &AuditTrail,
    ) -> Option<(&PromptDef, AuditRecord)> {
        let found = self.entries.get(request.name.as_str());
        let asked = asked(McpSubject::Prompt, found);
        let record = audit.admit(asked, parts, request.arguments.as_ref())?;
        Some((found?, record))
    }

    /// The prompt of this name, if it exists for this caller, and the record of completing an argument of it.
    pub(super) fn completable(
        &self,
        name: &str,
        blank: &Blank<'_>,
        parts: &Parts,
        audit: &AuditTrail,
    ) -> Option<(&PromptDef, AuditRecord)> {
        let found = self.entries.get(name);
        let asked = asked(McpSubject::PromptCompletion, found);
        let record = audit.admit(asked, parts, Some(&blank.arguments()))?;
        Some((found?, record))
    }
}

/// What to ask the operation.
///
/// # Errors
/// Every fault of the arguments.
pub(super) fn read_of(
    prompt: &PromptDef,
    request: &GetPromptRequestParams,
) -> Result<Read, Vec<SchemaFault>> {
    let none = serde_json::Map::new();
    let arguments = request.arguments.as_ref().unwrap_or(&none);
    Ok(Read {
        subject: McpSubject::Prompt(prompt.name),
        operation: prompt.endpoint.operation_id,
        path_and_query: prompt.path_and_query(arguments)?,
        media_type: JSON,
    })
}

/// The messages that the operation answered with.
///
/// # Errors
/// The problem that it answered with instead.
pub(super) fn result(prompt: &PromptDef, answer: Answer) -> Result<GetPromptResult, ErrorData> {
    let body = answer.into_body()?;
    let Ok(Conversation {
        description,
        messages,
    }) = serde_json::from_slice(&body)
    else {
        tracing::error!(prompt = prompt.name, "what answers a prompt is no prompt");
        return Err(ErrorData::internal_error(
            "The prompt could not be made",
            None,
        ));
    };
    let result = GetPromptResult::new(messages);
    Ok(match description {
        Some(description) => result.with_description(description),
        None => result,
    })
}

/// What the reply type `Prompt` writes.
#[derive(Deserialize)]
struct Conversation {
    description: Option<String>,
    messages: Vec<PromptMessage>,
}

fn asked(subject_of: fn(&'static str) -> McpSubject, found: Option<&PromptDef>) -> Asked<'_> {
    Asked::new(subject_of, found.map(|it| (it.name, &it.endpoint)))
}

fn listed(prompt: &PromptDef) -> Prompt {
    let arguments = prompt.arguments.iter().map(|it| {
        let argument = PromptArgument::new(it.name.as_str()).with_required(it.is_required);
        match &it.description {
            Some(description) => argument.with_description(description.as_str()),
            None => argument,
        }
    });
    let arguments: Vec<_> = arguments.collect();
    let arguments = (!arguments.is_empty()).then_some(arguments);
    Prompt::new(prompt.name, Some(prompt.description.as_str()), arguments)
        .with_title(prompt.title.as_str())
}
