//! A tool that a caller may not know of, beside one that nobody has: status, headers and body are the same bytes.
//!
//! That the refusal also takes the same steps is shown where the steps can be seen (`runtime/src/mcp/tests/access.rs`).

use std::collections::BTreeSet;

use reqwest::header::HeaderMap;
use serde_json::{Value, json};

use crate::harness::{Answer, Era, Matrix, MatrixCaller, Mcp, Service, Tenant};

/// Headers beside a message.
type Headers = Vec<(&'static str, &'static str)>;

/// What else a message may carry to make two tools differ: its name, its parameters, and headers beside it.
fn probes() -> Vec<(&'static str, Value, Headers)> {
    let id = "0b9f3e52-7c1d-4a68-9e0f-5d2a8c7b6e41";
    let state = "x".repeat(54);
    vec![
        (
            "arguments that fit",
            json!({ "arguments": { "id": id } }),
            vec![],
        ),
        ("no arguments", json!({}), vec![]),
        (
            "an argument too many",
            json!({ "arguments": { "id": id, "x": 1 } }),
            vec![],
        ),
        (
            "arguments of another type",
            json!({ "arguments": { "id": [], "symbol": {} } }),
            vec![],
        ),
        (
            "a progress token",
            json!({ "arguments": { "id": id }, "_meta": { "progressToken": "p" } }),
            vec![],
        ),
        (
            "an answer to no question",
            json!({
                "arguments": { "id": id },
                "inputResponses": { "confirm": { "action": "accept", "content": { "ok": true } } },
                "requestState": state,
            }),
            vec![],
        ),
        (
            "arguments in headers",
            json!({ "arguments": { "id": id } }),
            vec![("mcp-param-id", "other"), ("mcp-param-symbol", "other")],
        ),
        (
            "a stream wanted",
            json!({}),
            vec![("accept", "text/event-stream, application/json")],
        ),
        (
            "an etag",
            json!({}),
            vec![("if-none-match", "\"1\""), ("if-match", "*")],
        ),
    ]
}

#[tokio::test]
async fn no_probe_tells_a_hidden_tool_from_an_unknown_one() {
    let matrix = Matrix::read().await;
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let mut differences = Vec::new();
    let mut compared = 0;
    let mut seen = BTreeSet::new();
    for caller in matrix.callers.iter().filter(|caller| caller.kind != "poc") {
        for operation in &matrix.operations {
            let (Some(tool), Some(denial)) = (&operation.tool, operation.denial(caller)) else {
                continue;
            };
            // A tool that lacks only a scope is there, and nobody without a credential is told anything.
            if denial == "missing_scope" || caller.kind == "anonymous" {
                continue;
            }
            // One caller for each reason to hide a tool.
            if !seen.insert((tool, denial, &caller.kind)) {
                continue;
            }
            for (probe, params, headers) in probes() {
                let hidden = Probe {
                    params: &params,
                    headers: &headers,
                    tool,
                };
                let unknown = Probe {
                    tool: &unknown_like(tool),
                    ..hidden
                };
                for era in Era::BOTH {
                    let hidden = hidden.ask(&service, &tenant, caller, era).await;
                    let unknown = unknown.ask(&service, &tenant, caller, era).await;
                    compared += 1;
                    if hidden != unknown {
                        let id = &caller.id;
                        differences.push(format!(
                            "{tool} for {id}, {probe}:\n  {hidden:?}\n  {unknown:?}"
                        ));
                    }
                }
            }
        }
    }
    assert!(differences.is_empty(), "\n{}", differences.join("\n"));
    assert!(compared > 500, "only {compared} comparisons");
}

#[derive(Clone, Copy)]
struct Probe<'a> {
    tool: &'a str,
    params: &'a Value,
    headers: &'a [(&'static str, &'static str)],
}

impl Probe<'_> {
    /// Status, headers and body, without what is another in each answer. Another person each time, so that what is left
    /// of the rate is the same.
    async fn ask(
        self,
        service: &Service,
        tenant: &Tenant,
        caller: &MatrixCaller,
        era: Era,
    ) -> (u16, HeaderMap, Vec<u8>) {
        let token = caller.token(tenant);
        let mut mcp = Mcp::of(service, token.as_ref()).in_era(era);
        if era == Era::PerRequest {
            mcp = mcp.with_capabilities(json!({ "elicitation": {} }));
        }
        let mut params = self.params.clone();
        params["name"] = self.tool.into();
        let mut request = mcp.message("tools/call", params);
        for (name, value) in self.headers {
            request = request.header(*name, *value);
        }
        let Answer {
            status,
            mut headers,
            body,
        } = Answer::of(request).await;
        for name in ["date", "x-correlation-id"] {
            assert!(headers.remove(name).is_some(), "no {name}");
        }
        (status, headers, body)
    }
}

/// A name that no tool has, as long as this one.
fn unknown_like(tool: &str) -> String {
    "x".repeat(tool.len())
}
