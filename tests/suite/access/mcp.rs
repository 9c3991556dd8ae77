//! The same matrix over MCP: what is listed, and what a call is answered.

use serde_json::Value;

use super::samples;
use crate::harness::{
    Answer, Matrix, MatrixCaller, MatrixOperation, Mcp, Reply, Service, Tenant, Token,
};

#[tokio::test]
async fn every_caller_is_shown_the_tools_that_the_matrix_allows() {
    let matrix = Matrix::read().await;
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    for caller in callers_with_tokens(&matrix) {
        let token = caller.token(&tenant);
        let shown = Mcp::of(&service, token.as_ref()).tool_names().await;
        assert_same_tools(&shown, &matrix, caller);
    }
}

#[tokio::test]
async fn the_poc_caller_is_shown_the_tools_that_the_matrix_allows() {
    let matrix = Matrix::read().await;
    let tenant = Tenant::start().await;
    let program = Service::program_for(&tenant).set("AUTH_REQUIRED", "false");
    let service = Service::start_program(program).await;
    let poc = matrix.callers.iter().find(|caller| caller.kind == "poc");
    let shown = Mcp::of(&service, None).tool_names().await;
    assert_same_tools(&shown, &matrix, poc.expect("the matrix has a POC caller"));
}

#[tokio::test]
async fn every_tool_answers_every_caller_as_the_matrix_says() {
    let matrix = Matrix::read().await;
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let mut differences = Vec::new();
    for caller in callers_with_tokens(&matrix) {
        let token = caller.token(&tenant);
        for operation in &matrix.operations {
            let Some(tool) = &operation.tool else {
                continue;
            };
            let answer = call(&service, operation, tool, token.as_ref()).await;
            if let Err(got) = check(operation, caller, &answer) {
                let caller = &caller.id;
                differences.push(format!("{tool} for {caller}: {got}\n  {answer}"));
            }
        }
    }
    assert!(differences.is_empty(), "\n{}", differences.join("\n"));
}

#[tokio::test]
async fn every_tool_without_a_credential_is_answered_401() {
    let matrix = Matrix::read().await;
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    for operation in &matrix.operations {
        if let Some(tool) = &operation.tool {
            call(&service, operation, tool, None).await.problem(401);
        }
    }
}

fn callers_with_tokens(matrix: &Matrix) -> impl Iterator<Item = &MatrixCaller> {
    let has_token = |caller: &&MatrixCaller| matches!(caller.kind.as_str(), "user" | "application");
    matrix.callers.iter().filter(has_token)
}

fn assert_same_tools(shown: &[String], matrix: &Matrix, caller: &MatrixCaller) {
    let mut shown = shown.to_vec();
    shown.sort_unstable();
    // A client can obtain a scope, so a tool that lacks only that stays visible.
    let is_visible =
        |it: &&MatrixOperation| matches!(it.denial(caller), None | Some("missing_scope"));
    let visible = matrix.operations.iter().filter(is_visible);
    let mut expected: Vec<_> = visible.filter_map(|it| it.tool.clone()).collect();
    expected.sort_unstable();
    assert_eq!(shown, expected, "{}", caller.id);
}

async fn call(
    service: &Service,
    operation: &MatrixOperation,
    tool: &str,
    token: Option<&Token>,
) -> Answer {
    let mut arguments = samples::path_arguments(&operation.path);
    if let Some(Value::Object(body)) = samples::body(&operation.name()) {
        arguments.extend(body);
    }
    Mcp::of(service, token).call(tool, arguments.into()).await
}

/// Says what was got instead, when the answer is not what the matrix says.
fn check(
    operation: &MatrixOperation,
    caller: &MatrixCaller,
    answer: &Answer,
) -> Result<(), &'static str> {
    match (operation.denial(caller), answer.status) {
        (Some("missing_scope"), 403) => Ok(()),
        (Some("missing_scope"), _) => Err("not HTTP 403 for a missing scope"),
        (None, 200) => match Reply::read(answer) {
            Reply::Result(result) if is_refusal(&result) => Err("a refusal in place of a result"),
            Reply::Result(_) => Ok(()),
            Reply::Error { .. } => Err("a protocol error in place of a result"),
        },
        (Some(_), 200) => match Reply::read(answer) {
            Reply::Error { code: -32602, .. } => Ok(()),
            Reply::Error { .. } => Err("another error than that of an unknown tool"),
            Reply::Result(_) => Err("a result in place of a refusal"),
        },
        (None | Some(_), _) => Err("another HTTP status"),
    }
}

/// Says whether the guard at the handler refused what the list offered.
fn is_refusal(result: &Value) -> bool {
    let status = result["structuredContent"]["status"].as_u64();
    result["isError"] == true && matches!(status, Some(401 | 403))
}
