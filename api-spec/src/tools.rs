//! Tools: from a finished operation to what an MCP client sees, and from a call's arguments back to a request.
//!
//! A tool is an endpoint seen from another side: its input schema is the operation's parameters and body laid flat,
//! its output schema the success response. A call becomes one request to the same route.
//!
//! Invariant: an argument has exactly one place in the request, and no value can change the route it is sent to.

mod error;
mod input;
mod output;
mod render;
pub(crate) mod request;
pub(crate) mod schema;
mod wait;

use std::collections::BTreeMap;

use serde_json::Value;

pub use error::ToolError;
pub use output::ToolOutput;
pub use render::render_tools;
pub use request::{LONGEST_PATH_AND_QUERY_BYTES, ToolBody, ToolRequest, build_request};
pub use wait::ToolWait;

use crate::{EndpointDef, Method, Op};

/// One MCP tool.
#[derive(Debug, Clone, PartialEq)]
pub struct ToolDef {
    /// The name a client calls it by.
    pub name: &'static str,
    /// The operation's summary.
    pub title: String,
    /// The doc comment, and what the handler checks beyond the rule.
    pub description: String,
    /// A JSON Schema object, flat: one property an argument, `$ref`s to `$defs`, no additional properties.
    pub input_schema: Value,
    /// What a successful call answers with.
    pub output: ToolOutput,
    /// Headers of the success response that belong to the answer, in lower case.
    pub output_headers: Vec<String>,
    /// What a call waits for.
    pub wait: ToolWait,
    /// Hints about what a call does, from the method.
    pub hints: ToolHints,
    /// Where each argument goes.
    pub arguments: BTreeMap<String, ArgumentPlace>,
    /// How the body is written that the endpoint reads.
    pub body_form: BodyForm,
    /// Whether the endpoint does without a body.
    pub has_optional_body: bool,
    /// Whether the endpoint reads a JSON object, whose properties are arguments but for those that are hidden.
    pub has_object_body: bool,
    /// The endpoint behind it: route and access rule.
    pub endpoint: EndpointDef,
}

/// Where an argument stands in the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ArgumentPlace {
    /// A parameter of the path template.
    Path,
    /// The query; a list is repeated.
    Query,
    /// A header of the same name.
    Header,
    /// A property of the JSON body, or a field of the form.
    BodyProperty,
    /// The whole JSON body, which is not an object.
    Body,
}

/// How a body is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyForm {
    /// As JSON. Also said of an endpoint that reads no body.
    Json,
    /// As name-value pairs.
    Form,
}

impl ArgumentPlace {
    /// The word for people.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            ArgumentPlace::Path => "path",
            ArgumentPlace::Query => "query",
            ArgumentPlace::Header => "header",
            ArgumentPlace::BodyProperty => "body property",
            ArgumentPlace::Body => "body",
        }
    }
}

/// What a call does, as the HTTP method promises it (RFC 9110 section 9.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ToolHints {
    /// Changes nothing.
    pub is_read_only: bool,
    /// A second call with the same arguments has no further effect.
    pub is_idempotent: bool,
    /// Removes something.
    pub is_destructive: bool,
}

impl ToolHints {
    /// Reads the hints off the method.
    #[must_use]
    pub const fn of(method: Method) -> Self {
        Self {
            is_read_only: matches!(method, Method::Get),
            is_idempotent: matches!(method, Method::Get | Method::Put | Method::Delete),
            is_destructive: matches!(method, Method::Delete),
        }
    }
}

/// Makes the tools of an Api, sorted by name: the same endpoints give the same list.
///
/// # Errors
/// Every [`ToolError`] of every operation that is a tool.
pub fn build_tools<'a>(
    operations: impl IntoIterator<Item = (&'a EndpointDef, &'a Op)>,
) -> Result<Vec<ToolDef>, Vec<ToolError>> {
    let mut tools = Vec::new();
    let mut errors = Vec::new();
    for (endpoint, op) in operations {
        let Some(name) = endpoint.tool else { continue };
        match ToolDef::from_operation(name, endpoint, op) {
            Ok(tool) => tools.push(tool),
            Err(more) => errors.extend(more),
        }
    }
    tools.sort_by_key(|tool| tool.name);
    if errors.is_empty() {
        Ok(tools)
    } else {
        Err(errors)
    }
}

impl ToolDef {
    fn from_operation(
        name: &'static str,
        endpoint: &EndpointDef,
        op: &Op,
    ) -> Result<Self, Vec<ToolError>> {
        let input = input::lay_flat(endpoint, op);
        let output = output::of_operation(endpoint, op);
        let (input, output) = match (input, output) {
            (Ok(input), Ok(output)) => (input, output),
            (input, output) => {
                let mut errors = input.err().unwrap_or_default();
                errors.extend(output.err());
                return Err(errors);
            }
        };
        let success_headers = op.success.iter().flat_map(|success| success.headers.keys());
        Ok(Self {
            name,
            title: title(endpoint),
            description: describe(endpoint),
            input_schema: input.schema,
            output,
            output_headers: success_headers
                // A path is nothing that a model could call; `next_cursor` is.
                .filter(|header| !header.eq_ignore_ascii_case("Link"))
                .map(|header| header.to_ascii_lowercase())
                .collect(),
            wait: ToolWait::of(op),
            hints: ToolHints::of(endpoint.method),
            arguments: input.places,
            body_form: input.body_form,
            has_optional_body: input.has_optional_body,
            has_object_body: input.has_object_body,
            endpoint: *endpoint,
        })
    }
}

/// What the operation is called where people choose.
pub(crate) fn title(endpoint: &EndpointDef) -> String {
    let summary = endpoint.summary();
    if summary.is_empty() {
        endpoint.operation_id.to_owned()
    } else {
        summary
    }
}

/// What the operation is, for people and models.
pub(crate) fn describe(endpoint: &EndpointDef) -> String {
    let mut paragraphs = vec![endpoint.doc.trim().to_owned()];
    if paragraphs[0].is_empty() {
        paragraphs[0] = format!("{} {}", endpoint.method.as_str(), endpoint.full_path());
    }
    if let Some(context) = endpoint.access.context() {
        paragraphs.push(format!(
            "Asks users to have signed in as authentication context {context} demands."
        ));
    }
    if let Some(also) = endpoint.also {
        paragraphs.push(format!("Also checked at the call: {also}."));
    }
    if ToolHints::of(endpoint.method).is_destructive {
        paragraphs.push(
            "Destructive: a client that can ask its user (elicitation) is told to have the call confirmed first; \
             for any other it runs at once."
                .to_owned(),
        );
    }
    if endpoint.deprecated {
        paragraphs.push("Deprecated: prefer another one.".to_owned());
    }
    paragraphs.join("\n\n")
}

#[cfg(test)]
mod tests;
