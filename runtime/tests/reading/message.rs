//! One message to the endpoint.

use portcullis::testing::{TestCaller, TestResponse};
use serde_json::{Value, json};

/// Sends a message in the era of `initialize`. Its correlation id is always the same, so that two answers can be compared.
pub(crate) async fn send(caller: &TestCaller, method: &str, params: Value) -> TestResponse {
    let message = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
    caller
        .post("/api/v1/mcp")
        .header("accept", "application/json, text/event-stream")
        .header("mcp-protocol-version", "2025-11-25")
        .header("x-correlation-id", "same")
        .json(&message)
        .await
}
