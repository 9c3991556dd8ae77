//! What a tool answers with: the success response of its operation, always a JSON object where it is JSON at all.

use serde_json::{Value, json};

use super::{ToolError, schema};
use crate::{EndpointDef, Op};

/// The shape of a tool's answer.
#[derive(Debug, Clone, PartialEq)]
pub enum ToolOutput {
    /// No body.
    Empty,
    /// A body that is not JSON; it is passed on as text.
    Text,
    /// A JSON object, passed on as it is.
    Object {
        /// Its JSON Schema.
        schema: Value,
    },
    /// JSON of another shape. Structured content must be an object for clients before 2026-07-28, so it is
    /// passed on as `{"result": ..}`.
    Wrapped {
        /// The JSON Schema of the wrapping object.
        schema: Value,
    },
}

impl ToolOutput {
    /// The output schema that clients see, if there is structured content.
    #[must_use]
    pub fn schema(&self) -> Option<&Value> {
        match self {
            ToolOutput::Empty | ToolOutput::Text => None,
            ToolOutput::Object { schema } | ToolOutput::Wrapped { schema } => Some(schema),
        }
    }

    /// Makes structured content out of a response body.
    #[must_use]
    pub fn structure(&self, body: Value) -> Value {
        match self {
            ToolOutput::Wrapped { .. } => json!({ "result": body }),
            ToolOutput::Empty | ToolOutput::Text | ToolOutput::Object { .. } => body,
        }
    }
}

/// Reads the shape off the success response.
pub(super) fn of_success(endpoint: &EndpointDef, op: &Op) -> Result<ToolOutput, ToolError> {
    let Some((media_type, content)) = op
        .success
        .as_ref()
        .and_then(|success| success.content.as_ref())
    else {
        return Ok(ToolOutput::Empty);
    };
    if *media_type != "application/json" {
        return Ok(ToolOutput::Text);
    }
    let content = schema::to_json(content);
    if !schema::is_object(op, &content, 0) {
        let wrapped = json!({
            "type": "object",
            "properties": { "result": content },
            "required": ["result"],
            "additionalProperties": false,
        });
        let schema = schema::close_over(endpoint.operation_id, op, wrapped)?;
        return Ok(ToolOutput::Wrapped { schema });
    }
    // Clients want `type: object` at the root itself, not behind a reference.
    let mut root = schema::resolve(op, &content).unwrap_or(content);
    if let Value::Object(members) = &mut root
        && !members.contains_key("type")
    {
        members.insert("type".to_owned(), "object".into());
    }
    let schema = schema::close_over(endpoint.operation_id, op, root)?;
    Ok(ToolOutput::Object { schema })
}
