//! The matrix as CSV (RFC 4180), for a spreadsheet.

use super::{Matrix, Row, render_cell};

const FIXED_COLUMNS: [&str; 13] = [
    "method",
    "path",
    "operation_id",
    "tool",
    "resource",
    "prompt",
    "access",
    "roles",
    "scopes",
    "applications",
    "context",
    "also",
    "public_reason",
];

/// Renders the matrix as CSV: one line an operation, one column a kind of caller.
#[must_use]
pub fn render_csv(matrix: &Matrix) -> String {
    let callers = matrix.callers.iter().map(|caller| caller.id.clone());
    let header = FIXED_COLUMNS.map(str::to_owned).into_iter().chain(callers);
    let mut text = render_line(header);
    for row in &matrix.rows {
        let answers = row.decisions.iter().map(|it| render_cell(*it).to_owned());
        text.push_str(&render_line(describe(row).into_iter().chain(answers)));
    }
    text
}

fn describe(row: &Row) -> [String; 13] {
    let endpoint = &row.endpoint;
    let access = &endpoint.access;
    [
        endpoint.method.as_str().to_owned(),
        endpoint.full_path(),
        endpoint.operation_id.to_owned(),
        endpoint.tool.unwrap_or_default().to_owned(),
        endpoint.resource.map_or("", |it| it.uri).to_owned(),
        endpoint.prompt.unwrap_or_default().to_owned(),
        access.as_str().to_owned(),
        join(access.roles().iter().map(|role| role.name)),
        join(access.scopes().iter().map(|scope| scope.name)),
        join(access.applications().iter().map(|role| role.name)),
        access.context().unwrap_or_default().to_owned(),
        endpoint.also.unwrap_or_default().to_owned(),
        access.public_reason().unwrap_or_default().to_owned(),
    ]
}

fn join<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.collect::<Vec<_>>().join(" ")
}

fn render_line(cells: impl IntoIterator<Item = String>) -> String {
    let cells = cells.into_iter().map(|cell| quote(&cell));
    cells.collect::<Vec<_>>().join(",") + "\r\n"
}

/// Quotes a cell that would otherwise end early (RFC 4180 section 2), and marks as text one that a spreadsheet would run as a
/// formula: whoever reviews the access of a change opens what its author wrote.
fn quote(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        return quote(&format!("'{cell}"));
    }
    match cell.contains(['"', ',', '\r', '\n']) {
        true => format!("\"{}\"", cell.replace('"', "\"\"")),
        false => cell.to_owned(),
    }
}
