//! The same matrix for what is read over MCP: resources and prompts, in both eras.

use serde_json::{Value, json};

use super::samples;
use crate::harness::{
    Answer, Era, Matrix, MatrixCaller, MatrixOperation, Mcp, Reply, Service, Tenant,
};

/// An operation that is read, and the message that reads it.
struct Reading<'a> {
    operation: &'a MatrixOperation,
    method: &'static str,
    params: Value,
    unknown: &'static str,
}

fn readings(matrix: &Matrix) -> Vec<Reading<'_>> {
    let resources = matrix.operations.iter().filter_map(|operation| {
        Some(Reading {
            operation,
            method: "resources/read",
            params: json!({ "uri": samples::path(operation.resource.as_ref()?) }),
            unknown: "Resource not found",
        })
    });
    let prompts = matrix.operations.iter().filter_map(|operation| {
        Some(Reading {
            operation,
            method: "prompts/get",
            params: json!({ "name": operation.prompt.as_ref()?, "arguments": {} }),
            unknown: "Unknown prompt",
        })
    });
    let readings: Vec<_> = resources.chain(prompts).collect();
    // Without any, every test over them would pass.
    assert!(readings.len() >= 3, "the desk has resources and prompts");
    readings
}

#[tokio::test]
async fn everything_that_is_read_answers_every_caller_as_the_matrix_says() {
    let matrix = Matrix::read().await;
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let mut differences = Vec::new();
    for caller in matrix.callers.iter().filter(|caller| caller.kind != "poc") {
        let token = caller.token(&tenant);
        for era in [Era::Initialized, Era::PerRequest] {
            let mcp = Mcp::of(&service, token.as_ref()).in_era(era);
            for reading in readings(&matrix) {
                let answer = mcp.post(reading.method, reading.params.clone()).await;
                if let Err(wanted) = check(&reading, caller, &answer) {
                    let (name, caller) = (reading.operation.name(), &caller.id);
                    differences.push(format!("{name} for {caller}: not {wanted}\n  {answer}"));
                }
            }
        }
    }
    assert!(differences.is_empty(), "\n{}", differences.join("\n"));
}

#[tokio::test]
async fn every_caller_is_shown_the_templates_and_prompts_that_the_matrix_allows() {
    let matrix = Matrix::read().await;
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let with_tokens = |caller: &&MatrixCaller| matches!(&*caller.kind, "user" | "application");
    for caller in matrix.callers.iter().filter(with_tokens) {
        let token = caller.token(&tenant);
        let mcp = Mcp::of(&service, token.as_ref());
        // A client can obtain a scope, so what lacks only that stays visible.
        let visible = || {
            let operations = matrix.operations.iter();
            operations.filter(|it| matches!(it.denial(caller), None | Some("missing_scope")))
        };
        let templates = visible().filter_map(|it| it.resource.clone());
        let list = ["resourceTemplates", "uriTemplate"];
        let shown = shown(&mcp, "resources/templates/list", list).await;
        assert_eq!(shown, sorted(templates), "{}", caller.id);
        let prompts = visible().filter_map(|it| it.prompt.clone());
        let shown = self::shown(&mcp, "prompts/list", ["prompts", "name"]).await;
        assert_eq!(shown, sorted(prompts), "{}", caller.id);
    }
}

async fn shown(mcp: &Mcp<'_>, method: &str, [list, member]: [&str; 2]) -> Vec<String> {
    let answer = mcp.post(method, json!({})).await.expect(200);
    let result = Reply::result(&answer);
    let items = result[list].as_array().expect("a list");
    let members = items.iter().filter_map(|item| item[member].as_str());
    sorted(members.map(str::to_owned))
}

fn sorted(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut names: Vec<_> = names.collect();
    names.sort_unstable();
    names
}

/// What was wanted, when the answer is another. The samples exist nowhere: whoever is admitted is told so by the operation,
/// of a resource in the words for what is unknown.
fn check(
    reading: &Reading<'_>,
    caller: &MatrixCaller,
    answer: &Answer,
) -> Result<(), &'static str> {
    let is = |right: bool, wanted| if right { Ok(()) } else { Err(wanted) };
    let message: Value = serde_json::from_str(answer.text()).unwrap_or_default();
    let said = message["error"]["message"].as_str();
    let problem = message["error"]["data"]["code"].as_str();
    match reading.operation.denial(caller) {
        Some("unauthenticated") => is(answer.status == 401, "HTTP 401"),
        Some("missing_scope") => is(answer.status == 403, "HTTP 403 for a missing scope"),
        Some(_) => is(
            said == Some(reading.unknown) && problem.is_none(),
            "what is said about the unknown",
        ),
        None if reading.method == "prompts/get" => is(
            problem == Some("invalid_arguments"),
            "the operation's fault",
        ),
        None => is(said == Some(reading.unknown), "that it does not exist"),
    }
}
