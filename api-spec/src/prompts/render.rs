//! The prompts as JSON, for review and for drift checks.

use serde_json::{Value, json};

use super::{PromptArgument, PromptDef};

/// Renders the prompts as indented JSON with a final line feed.
#[must_use]
pub fn render_prompts(prompts: &[PromptDef]) -> String {
    format!("{:#}\n", prompts.iter().map(describe).collect::<Value>())
}

fn describe(prompt: &PromptDef) -> Value {
    let argument = |argument: &PromptArgument| {
        json!({
            "name": argument.name,
            "description": argument.description,
            "required": argument.is_required,
        })
    };
    json!({
        "name": prompt.name,
        "title": prompt.title,
        "description": prompt.description,
        "operation_id": prompt.endpoint.operation_id,
        "arguments": prompt.arguments.iter().map(argument).collect::<Value>(),
    })
}
