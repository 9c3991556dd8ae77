//! JSON-RPC over HTTP, as a client without sessions speaks it, in either era of the protocol.

use reqwest::Method;
use serde_json::{Value, json};

use super::{Answer, Service, Token, tool_contract};

/// The path of the endpoint.
pub(crate) const PATH: &str = "/api/v1/mcp";

/// How a client says what it speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Era {
    /// Up to 2025-11-25: once, by `initialize`, and then in a header.
    Initialized,
    /// From 2026-07-28 on: in each request.
    PerRequest,
}

impl Era {
    pub(crate) const BOTH: [Self; 2] = [Self::Initialized, Self::PerRequest];

    fn version(self) -> &'static str {
        match self {
            Era::Initialized => "2025-11-25",
            Era::PerRequest => "2026-07-28",
        }
    }
}

/// The MCP endpoint of a service, as one caller sees it.
pub(crate) struct Mcp<'a> {
    service: &'a Service,
    credential: Option<String>,
    era: Era,
    capabilities: Value,
}

/// A JSON-RPC response.
#[derive(Debug)]
pub(crate) enum Reply {
    Result(Value),
    Error { code: i64, message: String },
}

impl<'a> Mcp<'a> {
    pub(crate) fn of(service: &'a Service, token: Option<&Token>) -> Self {
        Self::with(service, token.map(ToString::to_string))
    }

    /// The same with whatever stands behind `Bearer`.
    pub(crate) fn with(service: &'a Service, credential: Option<String>) -> Self {
        Self {
            service,
            credential,
            era: Era::Initialized,
            capabilities: json!({}),
        }
    }

    pub(crate) fn in_era(self, era: Era) -> Self {
        Self { era, ..self }
    }

    /// A client of the newer era that can do this.
    pub(crate) fn with_capabilities(self, capabilities: Value) -> Self {
        Self {
            era: Era::PerRequest,
            capabilities,
            ..self
        }
    }

    /// Begins a POST with the headers that the transport asks for.
    pub(crate) fn request(&self) -> reqwest::RequestBuilder {
        let request = self
            .service
            .request(Method::POST, PATH)
            .header("accept", "application/json, text/event-stream")
            .header("mcp-protocol-version", self.era.version());
        match &self.credential {
            Some(credential) => request.bearer_auth(credential),
            None => request,
        }
    }

    /// One JSON-RPC request, ready to be sent.
    pub(crate) fn message(&self, method: &str, mut params: Value) -> reqwest::RequestBuilder {
        let mut request = self.request();
        if self.era == Era::PerRequest {
            params["_meta"]["io.modelcontextprotocol/protocolVersion"] = self.era.version().into();
            params["_meta"]["io.modelcontextprotocol/clientInfo"] =
                json!({ "name": "suite", "version": "1" });
            params["_meta"]["io.modelcontextprotocol/clientCapabilities"] =
                self.capabilities.clone();
            request = request.header("mcp-method", method);
            if let Some(name) = params["name"].as_str().or(params["uri"].as_str()) {
                request = request.header("mcp-name", name);
            }
        }
        request.json(&json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params }))
    }

    /// Sends one JSON-RPC request and gives the HTTP answer. The result of a call is held against the tool's schema.
    pub(crate) async fn post(&self, method: &str, params: Value) -> Answer {
        let tool = params["name"].as_str().map(str::to_owned);
        let answer = Answer::of(self.message(method, params)).await;
        if let Some(tool) = tool.filter(|_| method == "tools/call" && answer.status == 200) {
            tool_contract::check(&tool, &answer);
        }
        answer
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
        let mut result = Reply::result(&answer);
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
        let mut result = Reply::result(&answer);
        assert_ne!(result["isError"], true, "{answer}");
        result["structuredContent"].take()
    }
}

impl Reply {
    /// Reads the result of an answer that is no error of the protocol.
    #[track_caller]
    pub(crate) fn result(answer: &Answer) -> Value {
        match Self::read(answer) {
            Reply::Result(result) => result,
            Reply::Error { .. } => panic!("refused: {answer}"),
        }
    }

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
