//! What every kind of caller is shown over MCP, and what becomes of reading each resource and getting each prompt.

use portcullis_api_spec::matrix::{CallerProfile, Matrix, ProfileKind};
use portcullis_api_spec::openapi::{INSUFFICIENT_SCOPE, UNAUTHENTICATED};
use portcullis_api_spec::{Decision, Denial, EndpointDef};
use serde_json::{Value, json};

use super::Row;
use crate::testing::caller::TestCaller;
use crate::testing::response::TestResponse;
use crate::testing::{mcp, reading};

/// What a list has of an operation; `None` for an operation that it leaves out.
type NameOf = fn(&EndpointDef) -> Option<&'static str>;

/// Each list that is one page: its method, where the names stand in it, and what it has of an operation.
const LISTS: [(&str, [&str; 2], NameOf); 3] = [
    ("tools/list", ["tools", "name"], |endpoint| endpoint.tool),
    (
        "resources/templates/list",
        ["resourceTemplates", "uriTemplate"],
        |endpoint| {
            endpoint
                .resource
                .map(|it| it.uri)
                .filter(|uri| uri.contains('{'))
        },
    ),
    ("prompts/list", ["prompts", "name"], |endpoint| {
        endpoint.prompt
    }),
];

/// Compares every list, and every answer by name.
pub(super) async fn check(caller: &TestCaller, matrix: &Matrix, column: usize) -> Vec<Option<Row>> {
    let mut checks = Vec::new();
    for (method, members, name_of) in LISTS {
        // An application without any has no such method.
        let has_any = matrix
            .rows
            .iter()
            .any(|row| name_of(&row.endpoint).is_some());
        if has_any || method == "tools/list" {
            let expected = expected_list(matrix, column, name_of);
            let shown = reading::list_all(caller, method, members).await.ok();
            checks.push(judge_list(method, matrix, column, expected, shown));
        }
    }
    for row in &matrix.rows {
        for (method, params) in by_name(&row.endpoint) {
            let response = mcp::message(caller, method, params).await;
            let operation = format!("MCP {method} of {}", row.endpoint.operation_id);
            let profile = &matrix.callers[column];
            checks.push(judge(operation, profile, row.decisions[column], &response));
        }
    }
    checks
}

/// A client can obtain a scope, so what lacks only that is shown.
fn expected_list(matrix: &Matrix, column: usize, name_of: NameOf) -> Option<Vec<String>> {
    if matrix.callers[column].kind == ProfileKind::Anonymous {
        return None;
    }
    let shown = matrix
        .rows
        .iter()
        .filter(|row| match row.decisions[column] {
            Decision::Allow | Decision::Deny(Denial::MissingScope) => true,
            Decision::Deny(_) => false,
        });
    let names = shown.filter_map(|row| name_of(&row.endpoint));
    let mut names: Vec<String> = names.map(str::to_owned).collect();
    names.sort_unstable();
    Some(names)
}

fn judge_list(
    method: &str,
    matrix: &Matrix,
    column: usize,
    expected: Option<Vec<String>>,
    shown: Option<Vec<String>>,
) -> Option<Row> {
    let shown = shown.map(|mut names| {
        names.sort_unstable();
        names
    });
    let say = |names: Option<Vec<String>>| match names {
        Some(names) => names.join(" "),
        None => "refused".to_owned(),
    };
    (shown != expected).then(|| {
        let operation = format!("MCP {method}");
        let caller = matrix.callers[column].id.clone();
        [operation, caller, say(expected), say(shown)]
    })
}

/// The messages that ask for the operation as a resource and as a prompt. The values are samples: what is behind the
/// guard may not find them.
fn by_name(endpoint: &EndpointDef) -> Vec<(&'static str, Value)> {
    let resource = endpoint.resource.map(|resource| {
        let uri = resource
            .uri
            .split('/')
            .map(|segment| match segment.starts_with('{') {
                true => "sample",
                false => segment,
            });
        let uri = uri.collect::<Vec<_>>().join("/");
        ("resources/read", json!({ "uri": uri }))
    });
    let prompt = endpoint
        .prompt
        .map(|prompt| ("prompts/get", json!({ "name": prompt, "arguments": {} })));
    resource.into_iter().chain(prompt).collect()
}

/// What is hidden cannot be told from what the operation does not find. Where the rule admits, so, any answer of the
/// protocol passes; where it refuses, nothing that was read may come back.
fn judge(
    operation: String,
    profile: &CallerProfile,
    expected: Decision,
    response: &TestResponse,
) -> Option<Row> {
    let message: Value = serde_json::from_slice(response.bytes()).unwrap_or_default();
    let answered = match (response.problem_code(), &message["error"]["data"]["code"]) {
        (Some(code), _) => code,
        (None, Value::String(code)) => code.clone(),
        (None, _) if message["result"].is_object() => "content".to_owned(),
        (None, _) if message["error"].is_object() => "unknown".to_owned(),
        (None, _) => response.in_short(),
    };
    let (annotated, is_as_annotated) = match expected {
        // A public operation, too, is read by verified callers only.
        _ if profile.kind == ProfileKind::Anonymous => {
            let code = UNAUTHENTICATED.code;
            (code, answered == code)
        }
        Decision::Allow => {
            let in_front = [UNAUTHENTICATED.code, INSUFFICIENT_SCOPE.code, "forbidden"];
            ("admitted", !in_front.contains(&answered.as_str()))
        }
        Decision::Deny(Denial::MissingScope) => {
            let code = INSUFFICIENT_SCOPE.code;
            (code, answered == code)
        }
        Decision::Deny(_) => ("unknown", answered == "unknown"),
    };
    let annotated = annotated.to_owned();
    (!is_as_annotated).then(|| [operation, profile.id.clone(), annotated, answered])
}
