//! The matrix as Markdown, for a reviewer: the rules in words, then one table of answers.

use std::fmt::Write;

use super::{Matrix, Row, render_cell};
use crate::access_sentence::render_who;
use crate::{Decision, EndpointDef};

/// Renders the matrix as Markdown.
#[must_use]
pub fn render_markdown(matrix: &Matrix) -> String {
    let mut text = String::from("# Access matrix\n\n");
    text.push_str("Who may call which operation, as the guard decides it.\n\n");
    text.push_str("## Rules\n\n");
    push_rules(&mut text, matrix);
    text.push_str("\n## Answers\n\n");
    text.push_str("✓: the handler runs. 401: no credential. 403: not this caller. ");
    text.push_str("`poc` is the caller of POC mode when nothing narrows it.\n\n");
    push_answers(&mut text, matrix);
    text
}

fn push_rules(text: &mut String, matrix: &Matrix) {
    push_row(
        text,
        ["operation", "id", "over MCP", "rule"].map(str::to_owned),
    );
    push_row(text, ["---"; 4].map(str::to_owned));
    for row in &matrix.rows {
        let endpoint = &row.endpoint;
        let cells = [
            name_operation(row),
            format!("`{}`", endpoint.operation_id),
            name_over_mcp(endpoint),
            render_who(&endpoint.access, endpoint.also),
        ];
        push_row(text, cells);
    }
}

fn push_answers(text: &mut String, matrix: &Matrix) {
    let callers = matrix.callers.iter().map(|caller| caller.id.clone());
    push_row(text, std::iter::once("operation".to_owned()).chain(callers));
    let alignments = matrix.callers.iter().map(|_| ":-:".to_owned());
    push_row(text, std::iter::once("---".to_owned()).chain(alignments));
    for row in &matrix.rows {
        let answers = row.decisions.iter().map(|decision| match decision {
            Decision::Allow => "✓".to_owned(),
            Decision::Deny(_) => render_cell(*decision).to_owned(),
        });
        push_row(text, std::iter::once(name_operation(row)).chain(answers));
    }
}

/// What the operation is over MCP: a tool, a resource, a prompt, or several of them.
fn name_over_mcp(endpoint: &EndpointDef) -> String {
    let tool = endpoint.tool.map(|tool| format!("tool `{tool}`"));
    let resource = endpoint.resource.map(|it| format!("resource `{}`", it.uri));
    let prompt = endpoint.prompt.map(|prompt| format!("prompt `{prompt}`"));
    let names = [tool, resource, prompt].into_iter().flatten();
    names.collect::<Vec<_>>().join(", ")
}

fn name_operation(row: &Row) -> String {
    let method = row.endpoint.method.as_str();
    format!("`{method} {}`", row.endpoint.full_path())
}

fn push_row(text: &mut String, cells: impl IntoIterator<Item = String>) {
    for cell in cells {
        // A bar or a line feed in a cell would shift every answer behind it by one column.
        let cell = cell.replace('|', "\\|").replace('\n', " ");
        write!(text, "| {cell} ").expect("writing to a String cannot fail");
    }
    text.push_str("|\n");
}
