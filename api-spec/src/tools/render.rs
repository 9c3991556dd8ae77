//! The tools as JSON, for review and for drift checks.

use serde_json::{Value, json};

use super::ToolDef;

/// Renders the tools as indented JSON with a final line feed.
#[must_use]
pub fn render_tools(tools: &[ToolDef]) -> String {
    format!("{:#}\n", tools.iter().map(describe).collect::<Value>())
}

fn describe(tool: &ToolDef) -> Value {
    json!({
        "name": tool.name,
        "title": tool.title,
        "description": tool.description,
        "operation_id": tool.endpoint.operation_id,
        "input_schema": tool.input_schema,
        "hidden_arguments": tool.endpoint.hidden_arguments,
        "output_schema": tool.output.schema(),
        "read_only": tool.hints.is_read_only,
        "idempotent": tool.hints.is_idempotent,
        "destructive": tool.hints.is_destructive,
    })
}
