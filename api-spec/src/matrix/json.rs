//! The matrix as JSON, complete: a test needs nothing else to compare it with a running service.

use serde::Serialize;
use serde_json::{Map, Value};

use super::{CallerProfile, Matrix, ProfileKind, Row, render_cell};
use crate::{Decision, render_access_sentence};

#[derive(Serialize)]
struct JsonMatrix<'a> {
    callers: Vec<JsonCaller<'a>>,
    operations: Vec<JsonOperation>,
}

#[derive(Serialize)]
struct JsonCaller<'a> {
    id: &'a str,
    kind: ProfileKind,
    roles: Vec<&'a str>,
    scopes: Vec<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    contexts: Vec<&'a str>,
}

#[derive(Serialize)]
struct JsonOperation {
    method: &'static str,
    path: String,
    operation_id: &'static str,
    tool: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prompt: Option<&'static str>,
    access: &'static str,
    roles: Vec<&'static str>,
    scopes: Vec<&'static str>,
    applications: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    context: Option<&'static str>,
    also: Option<&'static str>,
    public_reason: Option<&'static str>,
    sentence: String,
    /// By caller id: `allow`, `401` or `403`.
    answers: Map<String, Value>,
    /// By caller id, for those who are refused: the denial that `decide` gives.
    denials: Map<String, Value>,
}

/// Renders the matrix as indented JSON with a final line feed.
#[must_use]
pub fn render_json(matrix: &Matrix) -> String {
    let document = JsonMatrix {
        callers: matrix.callers.iter().map(describe_caller).collect(),
        operations: matrix
            .rows
            .iter()
            .map(|row| describe_row(&matrix.callers, row))
            .collect(),
    };
    let json = serde_json::to_string_pretty(&document);
    json.expect("text, lists and maps with text keys always serialise") + "\n"
}

fn describe_caller(caller: &CallerProfile) -> JsonCaller<'_> {
    let rights = caller.rights.as_ref();
    JsonCaller {
        id: &caller.id,
        kind: caller.kind,
        roles: rights.map_or_else(Vec::new, |it| it.roles.iter().map(String::as_str).collect()),
        scopes: rights.map_or_else(Vec::new, |it| {
            it.scopes.iter().map(String::as_str).collect()
        }),
        contexts: rights.map_or_else(Vec::new, |it| {
            it.contexts.iter().map(String::as_str).collect()
        }),
    }
}

fn describe_row(callers: &[CallerProfile], row: &Row) -> JsonOperation {
    let endpoint = &row.endpoint;
    let access = &endpoint.access;
    let mut answers = Map::new();
    let mut denials = Map::new();
    for (caller, decision) in callers.iter().zip(&row.decisions) {
        answers.insert(caller.id.clone(), render_cell(*decision).into());
        match decision {
            Decision::Allow => {}
            Decision::Deny(denial) => {
                denials.insert(caller.id.clone(), serde_json::json!(denial));
            }
        }
    }
    JsonOperation {
        method: endpoint.method.as_str(),
        path: endpoint.full_path(),
        operation_id: endpoint.operation_id,
        tool: endpoint.tool,
        resource: endpoint.resource.map(|resource| resource.uri),
        prompt: endpoint.prompt,
        access: access.as_str(),
        roles: access.roles().iter().map(|role| role.name).collect(),
        scopes: access.scopes().iter().map(|scope| scope.name).collect(),
        applications: access.applications().iter().map(|role| role.name).collect(),
        context: access.context(),
        also: endpoint.also,
        public_reason: access.public_reason(),
        sentence: render_access_sentence(access, endpoint.also),
        answers,
        denials,
    }
}
