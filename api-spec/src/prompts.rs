//! Prompts: operations that give an MCP client the messages of a conversation, and the request behind a name and arguments.
//!
//! A prompt is a `GET` seen from another side: its arguments are the parameters of path and query. They are text in the
//! protocol, as they are in a URL, so the operation itself reads and checks them.
//!
//! Invariant: an argument has exactly one place in the request, and no value can change the route it is sent to.

mod error;
mod render;

pub use error::PromptError;
pub use render::render_prompts;

use std::collections::BTreeSet;

use serde_json::{Map, Value};
use utoipa::openapi::Required;
use utoipa::openapi::path::{Parameter, ParameterIn};

use crate::tools::request::{path_and_query, path_segment, percent_encode};
use crate::tools::schema;
use crate::{EndpointDef, Op, SchemaFault, pointer_to, tools};

/// One MCP prompt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PromptDef {
    /// The name a client asks for it by.
    pub name: &'static str,
    /// The operation's summary.
    pub title: String,
    /// The doc comment, and what the handler checks beyond the rule.
    pub description: String,
    /// In the order of the path and the query.
    pub arguments: Vec<PromptArgument>,
    /// The endpoint behind it: route and access rule.
    pub endpoint: EndpointDef,
}

/// One argument of a prompt: text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PromptArgument {
    /// Its name.
    pub name: String,
    /// What it means.
    pub description: Option<String>,
    /// Whether the prompt cannot do without it.
    pub is_required: bool,
    /// Whether it stands in the path; it stands in the query otherwise.
    pub is_in_path: bool,
    /// All values that it can have, if its schema lists them; else empty.
    pub values: Vec<String>,
}

impl PromptDef {
    fn from_operation(
        name: &'static str,
        endpoint: &EndpointDef,
        op: &Op,
    ) -> Result<Self, Vec<PromptError>> {
        let operation = endpoint.operation_id;
        let mut arguments = Vec::new();
        let mut names = BTreeSet::new();
        let mut errors = Vec::new();
        let shown = op.parameters.iter().filter(|it| !is_hidden(endpoint, it));
        for parameter in shown {
            match argument(operation, op, parameter) {
                Ok(None) => {}
                Ok(Some(argument)) if names.insert(argument.name.clone()) => {
                    arguments.push(argument);
                }
                Ok(Some(PromptArgument { name, .. })) => {
                    errors.push(PromptError::ArgumentInTwoPlaces {
                        operation,
                        argument: name,
                    });
                }
                Err(error) => errors.push(error),
            }
        }
        let in_path = arguments.iter().filter(|argument| argument.is_in_path);
        if in_path.count() != endpoint.path_parameters().count() {
            errors.push(PromptError::PathParameterMismatch { operation });
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        arguments.sort_by_key(|argument| !argument.is_in_path);
        Ok(Self {
            name,
            title: tools::title(endpoint),
            description: tools::describe(endpoint),
            arguments,
            endpoint: *endpoint,
        })
    }

    /// Path and query of the request that these arguments ask for.
    ///
    /// # Errors
    /// Every argument that is missing, unknown, no text, or cannot stand in the path; else that they are too long together.
    ///
    /// # Security
    /// A value can never lead to another route: all but unreserved characters are encoded, and a path segment that is
    /// empty, `.` or `..` is refused.
    pub fn path_and_query(
        &self,
        arguments: &Map<String, Value>,
    ) -> Result<String, Vec<SchemaFault>> {
        let mut faults = Vec::new();
        let mut fault = |name: &str, detail: &str| {
            faults.push(SchemaFault {
                pointer: pointer_to("", name),
                detail: detail.to_owned(),
            });
        };
        for name in arguments.keys() {
            if !self.arguments.iter().any(|argument| argument.name == *name) {
                fault(name, "is no argument of this prompt");
            }
        }
        let mut path = self.endpoint.full_path();
        let mut query = Vec::new();
        for argument in &self.arguments {
            let name = &argument.name;
            match arguments.get(name) {
                Some(Value::Null) | None if argument.is_required => fault(name, "is required"),
                Some(Value::Null) | None => {}
                Some(value @ Value::String(_)) if argument.is_in_path => {
                    match path_segment(value) {
                        Ok(segment) => path = path.replacen(&format!("{{{name}}}"), &segment, 1),
                        Err(detail) => fault(name, detail),
                    }
                }
                Some(Value::String(text)) => {
                    query.push(format!("{}={}", percent_encode(name), percent_encode(text)));
                }
                Some(Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => {
                    fault(name, "must be text");
                }
            }
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        path_and_query(path, &query).map_err(|fault| vec![fault])
    }
}

/// Makes the prompts of an Api, sorted by name: the same endpoints give the same list.
///
/// # Errors
/// Every [`PromptError`] of every operation that is a prompt.
pub fn build_prompts<'a>(
    operations: impl IntoIterator<Item = (&'a EndpointDef, &'a Op)>,
) -> Result<Vec<PromptDef>, Vec<PromptError>> {
    let mut prompts = Vec::new();
    let mut errors = Vec::new();
    for (endpoint, op) in operations {
        let Some(name) = endpoint.prompt else {
            continue;
        };
        match PromptDef::from_operation(name, endpoint, op) {
            Ok(prompt) => prompts.push(prompt),
            Err(more) => errors.extend(more),
        }
    }
    prompts.sort_by_key(|prompt| prompt.name);
    if errors.is_empty() {
        Ok(prompts)
    } else {
        Err(errors)
    }
}

/// What the tool of the operation leaves out is no argument of its prompt either: a model reads the one and fills the other.
/// That nothing required is hidden is checked where the tool is made.
fn is_hidden(endpoint: &EndpointDef, parameter: &Parameter) -> bool {
    parameter.required != Required::True
        && endpoint.hidden_arguments.contains(&parameter.name.as_str())
}

/// The argument that a parameter is; `None` for an optional header, which a prompt does without.
fn argument(
    operation: &'static str,
    op: &Op,
    parameter: &Parameter,
) -> Result<Option<PromptArgument>, PromptError> {
    let is_in_path = match parameter.parameter_in {
        ParameterIn::Path => true,
        ParameterIn::Query => false,
        ParameterIn::Header | ParameterIn::Cookie if parameter.required != Required::True => {
            return Ok(None);
        }
        ParameterIn::Header | ParameterIn::Cookie | ParameterIn::QueryString => {
            return Err(PromptError::UnsupportedParameter {
                operation,
                argument: parameter.name.clone(),
            });
        }
    };
    let schema = parameter.schema.as_ref().map(schema::to_json);
    let schema = schema.and_then(|schema| schema::resolve(op, &schema));
    let schema = schema.unwrap_or_default();
    if schema["type"] == "array" || schema["type"] == "object" {
        return Err(PromptError::NotText {
            operation,
            argument: parameter.name.clone(),
        });
    }
    Ok(Some(PromptArgument {
        name: parameter.name.clone(),
        description: parameter.description.clone(),
        is_required: is_in_path || parameter.required == Required::True,
        is_in_path,
        values: values(&schema),
    }))
}

/// Every value that a schema lists, as an argument spells it.
fn values(schema: &Value) -> Vec<String> {
    if schema["type"] == "boolean" {
        return vec!["true".to_owned(), "false".to_owned()];
    }
    let listed = schema["enum"].as_array().into_iter().flatten();
    let spelled = listed.filter_map(|value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    });
    spelled.collect()
}

#[cfg(test)]
mod tests;
