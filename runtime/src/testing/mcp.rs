//! Tool calls, as an MCP client without a session makes them: JSON-RPC in one POST.

use portcullis_api_spec::{build_tools, check_value};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::caller::TestCaller;
use super::request::TestRequest;
use super::response::TestResponse;
use crate::mcp::PATH;

/// JSON-RPC: no such method or, for a tool call, no such tool.
const INVALID_PARAMS: i64 = -32602;

/// The answer to a tool call.
#[derive(Debug, Clone)]
pub struct ToolAnswer {
    response: TestResponse,
    steps: Vec<ToolStep>,
}

/// One step of long work, as the tool told it before its answer.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct ToolStep {
    /// How much was done.
    pub progress: f64,
    /// Of how much, where that was known.
    pub total: Option<f64>,
    /// What had just been done.
    pub message: Option<String>,
}

impl ToolAnswer {
    /// The HTTP answer, such as the 401 without a credential or the 403 that asks for a scope.
    #[must_use]
    pub fn response(&self) -> &TestResponse {
        &self.response
    }

    /// How far the work was, step by step; empty for a tool that reports no progress.
    #[must_use]
    pub fn steps(&self) -> &[ToolStep] {
        &self.steps
    }

    /// Reads the structured content of a call that went well.
    ///
    /// # Panics
    /// When it did not, or the content is of another type; with the whole answer.
    #[track_caller]
    #[must_use]
    pub fn content<T: DeserializeOwned>(&self) -> T {
        let result = self.result();
        assert_ne!(
            result["isError"], true,
            "the tool failed\n{}",
            self.response
        );
        match serde_json::from_value(result["structuredContent"].clone()) {
            Ok(content) => content,
            Err(error) => panic!(
                "not the content that was expected: {error}\n{}",
                self.response
            ),
        }
    }

    /// Asserts that the call ran and failed with the problem of this code, and gives the problem.
    ///
    /// # Panics
    /// When it did not; with the whole answer.
    #[track_caller]
    pub fn assert_problem(&self, code: &str) -> Value {
        let result = self.result();
        assert_eq!(
            result["isError"], true,
            "the tool did not fail\n{}",
            self.response
        );
        let problem = result["structuredContent"].clone();
        assert_eq!(problem["code"], code, "problem\n{}", self.response);
        problem
    }

    /// Asserts that the caller is told that there is no such tool: so it is when the rule will never admit them.
    ///
    /// # Panics
    /// When the answer is another; with all of it.
    #[track_caller]
    pub fn assert_unknown(&self) {
        let message: Value = self.response.json();
        let code = message["error"]["code"].as_i64();
        assert_eq!(
            code,
            Some(INVALID_PARAMS),
            "the tool is known\n{}",
            self.response
        );
    }

    #[track_caller]
    fn result(&self) -> Value {
        let mut message: Value = self.response.json();
        let result = message["result"].take();
        assert!(!result.is_null(), "the call was refused\n{}", self.response);
        result
    }
}

pub(super) async fn call(caller: &TestCaller, name: &str, arguments: Value) -> ToolAnswer {
    let answer = ask(caller, name, arguments).await;
    if let Err(message) = check_content(caller, name, &answer.response) {
        panic!("{message}\n{}", answer.response);
    }
    answer
}

/// Checks what a call that went well gives against the tool's output schema: clients and models rely on it.
fn check_content(caller: &TestCaller, name: &str, response: &TestResponse) -> Result<(), String> {
    let Ok(message) = serde_json::from_slice::<Value>(response.bytes()) else {
        return Ok(());
    };
    let result = &message["result"];
    let Some(content) = result.get("structuredContent") else {
        return Ok(());
    };
    if result["isError"] == true {
        return Ok(());
    }
    let operations = caller.operations();
    let described = operations.iter().map(|it| (it.endpoint, &it.op));
    let tools = build_tools(described).unwrap_or_default();
    let tool = tools.iter().find(|tool| tool.name == name);
    let schema = tool.and_then(|tool| tool.output.schema());
    let Some(schema) = schema else {
        return Err(format!(
            "tool {name} gives structured content, and has no schema for it"
        ));
    };
    let faults = check_value(schema, content);
    if faults.is_empty() {
        return Ok(());
    }
    let faults = faults
        .iter()
        .map(|fault| format!("\n- {}: {}", fault.pointer, fault.detail));
    let faults: String = faults.collect();
    Err(format!(
        "tool {name} does not give what its output schema says:{faults}"
    ))
}

async fn ask(caller: &TestCaller, name: &str, arguments: Value) -> ToolAnswer {
    let params = json!({
        "name": name,
        "arguments": arguments,
        "_meta": { "progressToken": "test" },
    });
    let response = message(caller, "tools/call", params);
    let mut events = response.events().await;
    if !events.response().is_event_stream() {
        let steps = Vec::new();
        let response = events.into_response().await;
        return ToolAnswer { response, steps };
    }
    let mut steps = Vec::new();
    while let Some(event) = events.next().await {
        let mut message: Value = event.json();
        if message.get("id").is_some() {
            let response = events.response().clone().with_body(event.data);
            return ToolAnswer { response, steps };
        }
        match serde_json::from_value(message["params"].take()) {
            Ok(step) => steps.push(step),
            Err(error) => panic!("no step: {error}\n{event:?}"),
        }
    }
    panic!("the stream ended without an answer\n{}", events.response())
}

/// A message of the protocol, to be sent.
pub(super) fn message(caller: &TestCaller, method: &str, params: Value) -> TestRequest {
    let message = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
    caller
        .post(PATH)
        .header("accept", "application/json, text/event-stream")
        .header("mcp-protocol-version", "2025-11-25")
        .json(&message)
}
