//! What a tool answers with: the success response of its operation, or what a job shows in the end; always a JSON
//! object where it is JSON at all.

use serde_json::{Value, json};

use super::{ToolError, schema};
use crate::{EVENT_STREAM, EndpointDef, JSON, Op, Success, is_text_media_type};

/// The shape of a tool's answer.
#[derive(Debug, Clone, PartialEq)]
pub enum ToolOutput {
    /// No body.
    Empty,
    /// A body that is not JSON; it is passed on as text.
    Text,
    /// Pieces of content, each passed on as what it is.
    Contents,
    /// A picture, passed on as one.
    Image {
        /// Its media type.
        media_type: &'static str,
    },
    /// A sound, passed on as one.
    Audio {
        /// Its media type.
        media_type: &'static str,
    },
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
            ToolOutput::Empty
            | ToolOutput::Text
            | ToolOutput::Contents
            | ToolOutput::Image { .. }
            | ToolOutput::Audio { .. } => None,
            ToolOutput::Object { schema } | ToolOutput::Wrapped { schema } => Some(schema),
        }
    }

    /// Makes structured content out of a response body.
    #[must_use]
    pub fn structure(&self, body: Value) -> Value {
        match self {
            ToolOutput::Wrapped { .. } => json!({ "result": body }),
            ToolOutput::Empty
            | ToolOutput::Text
            | ToolOutput::Contents
            | ToolOutput::Image { .. }
            | ToolOutput::Audio { .. }
            | ToolOutput::Object { .. } => body,
        }
    }
}

/// Reads the shape off the outcome of a job, else off the success response.
pub(super) fn of_operation(endpoint: &EndpointDef, op: &Op) -> Result<ToolOutput, ToolError> {
    if op.answers_contents {
        return Ok(ToolOutput::Contents);
    }
    let content = match (&op.outcome, &op.success) {
        (Some(outcome), _) => outcome,
        (
            None,
            Some(Success {
                content: Some((media_type, content)),
                ..
            }),
        ) => {
            if *media_type != JSON {
                return of_other(endpoint.operation_id, media_type);
            }
            content
        }
        (None, None | Some(Success { content: None, .. })) => return Ok(ToolOutput::Empty),
    };
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

/// What is no JSON, text, picture or sound has no place in a tool's result.
fn of_other(operation: &'static str, media_type: &'static str) -> Result<ToolOutput, ToolError> {
    match media_type {
        EVENT_STREAM => Err(ToolError::ReplyIsStream { operation }),
        // An SVG is text too, and models read it as such.
        _ if is_text_media_type(media_type) => Ok(ToolOutput::Text),
        _ if media_type.starts_with("image/") => Ok(ToolOutput::Image { media_type }),
        _ if media_type.starts_with("audio/") => Ok(ToolOutput::Audio { media_type }),
        _ => Err(ToolError::ReplyNotText {
            operation,
            media_type,
        }),
    }
}
