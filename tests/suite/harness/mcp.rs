//! JSON-RPC over HTTP, as a client without sessions speaks it.

use reqwest::Method;
use serde_json::{Value, json};

use super::{Answer, Service, Token};

/// The path of the endpoint.
pub(crate) const PATH: &str = "/api/v1/mcp";

/// The MCP endpoint of a service, as one caller sees it.
pub(crate) struct Mcp<'a> {
    service: &'a Service,
    token: Option<&'a Token>,
}

/// A JSON-RPC response.
#[derive(Debug)]
pub(crate) enum Reply {
    Result(Value),
    Error { code: i64, message: String },
}

impl<'a> Mcp<'a> {
    pub(crate) fn of(service: &'a Service, token: Option<&'a Token>) -> Self {
        Self { service, token }
    }

    /// Begins a POST with the headers that the transport asks for.
    pub(crate) fn request(&self) -> reqwest::RequestBuilder {
        let request = self
            .service
            .request(Method::POST, PATH)
            .header("accept", "application/json, text/event-stream")
            .header("mcp-protocol-version", "2025-11-25");
        match self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// Sends one JSON-RPC request and gives the HTTP answer.
    pub(crate) async fn post(&self, method: &str, params: Value) -> Answer {
        let message = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        Answer::of(self.request().json(&message)).await
    }

    /// Names of the tools that the caller is shown, in the order shown.
    pub(crate) async fn tool_names(&self) -> Vec<String> {
        let tools = self.tools().await;
        let name = |tool: &Value| tool["name"].as_str().map(str::to_owned);
        tools.iter().filter_map(name).collect()
    }

    /// The tools that the caller is shown.
    pub(crate) async fn tools(&self) -> Vec<Value> {
        let answer = self.post("tools/list", json!({})).await.expect(200);
        let Reply::Result(mut result) = Reply::read(&answer) else {
            panic!("tools/list is refused: {answer}");
        };
        let Value::Array(tools) = result["tools"].take() else {
            panic!("no tools in {answer}");
        };
        tools
    }

    /// Calls a tool and gives the HTTP answer.
    pub(crate) async fn call(&self, name: &str, arguments: Value) -> Answer {
        let params = json!({ "name": name, "arguments": arguments });
        self.post("tools/call", params).await
    }

    /// Calls a tool that must answer without an error, and gives its structured content.
    pub(crate) async fn call_well(&self, name: &str, arguments: Value) -> Value {
        let answer = self.call(name, arguments).await.expect(200);
        let Reply::Result(mut result) = Reply::read(&answer) else {
            panic!("{name} is refused: {answer}");
        };
        assert_ne!(result["isError"], true, "{answer}");
        result["structuredContent"].take()
    }
}

impl Reply {
    /// Reads the one response of an answer, be it JSON or an event stream.
    #[track_caller]
    pub(crate) fn read(answer: &Answer) -> Self {
        let content_type = answer.header("content-type").unwrap_or_default();
        let mut message = if content_type.starts_with("text/event-stream") {
            let data = answer
                .text()
                .lines()
                .filter_map(|line| line.strip_prefix("data:"));
            let parse = |line: &str| serde_json::from_str::<Value>(line.trim()).ok();
            let response = data
                .filter_map(parse)
                .find(|message| message.get("id").is_some());
            response.unwrap_or_else(|| panic!("no response in {answer}"))
        } else {
            answer.json()
        };
        match message.get("error") {
            Some(error) => Reply::Error {
                code: error["code"].as_i64().expect("an error has a code"),
                message: error["message"].as_str().unwrap_or_default().to_owned(),
            },
            None => Reply::Result(message["result"].take()),
        }
    }
}
