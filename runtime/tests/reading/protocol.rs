//! What each revision of the protocol asks for.

use portcullis::testing::{TestApi, TestCaller};
use portcullis::{Api, NoContent, endpoint, endpoints};
use serde_json::{Value, json};

use crate::api::Role;
use crate::notes::service;

/// Reads nothing.
#[endpoint(get, "/nothing", signed_in, mcp)]
async fn nothing() -> NoContent {
    NoContent
}

async fn modern(caller: &TestCaller, method: &str, mut params: Value) -> Value {
    params["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"},
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    let mut request = caller
        .post("/api/v1/mcp")
        .header("accept", "application/json, text/event-stream")
        .header("mcp-protocol-version", "2026-07-28")
        .header("mcp-method", method);
    for member in ["name", "uri"] {
        if let Some(name) = params[member].as_str() {
            request = request.header("mcp-name", name);
        }
    }
    let message = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
    request.json(&message).await.json()
}

/// What completes the one argument of a prompt that there may be.
fn completion() -> Value {
    let reference = json!({"type": "ref/prompt", "name": "review_note"});
    json!({"ref": reference, "argument": {"name": "id", "value": ""}})
}

async fn initialize(caller: &TestCaller) -> Value {
    let params = json!({
        "protocolVersion": "2025-11-25",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    });
    let message = json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params});
    let answer = caller
        .post("/api/v1/mcp")
        .header("accept", "application/json, text/event-stream")
        .json(&message)
        .await;
    answer.json()
}

#[tokio::test]
async fn both_revisions_are_told_what_there_is() {
    let caller = service().await.as_user();
    let offered = json!({"tools": {}, "resources": {}, "prompts": {}, "completions": {}});
    let answer = initialize(&caller).await;
    assert_eq!(answer["result"]["capabilities"], offered, "{answer}");
    let answer = modern(&caller, "server/discover", json!({})).await;
    assert_eq!(answer["result"]["capabilities"], offered, "{answer}");
}

#[tokio::test]
async fn an_application_without_resources_and_prompts_offers_none() {
    let api = Api::new("Nothing", "1.0.0")
        .endpoints(endpoints![nothing])
        .state(async |_| Ok(()));
    let caller = TestApi::new(api).await.as_user();
    let answer = initialize(&caller).await;
    assert_eq!(answer["result"]["capabilities"], json!({"tools": {}}));
    for (method, params) in [
        ("resources/list", json!({})),
        ("resources/templates/list", json!({})),
        ("resources/read", json!({"uri": "notes://rules"})),
        ("prompts/list", json!({})),
        ("prompts/get", json!({"name": "hello"})),
        ("completion/complete", completion()),
        ("completion/complete", json!({})),
    ] {
        let answer = modern(&caller, method, params).await;
        assert_eq!(answer["error"]["code"], -32601, "{method}: {answer}");
        assert_eq!(answer["error"]["message"], "Method not found", "{answer}");
    }
}

#[tokio::test]
async fn what_is_cached_is_one_callers_own_and_names_its_server() {
    let caller = service().await.as_role(Role::Writer);
    for (method, params) in [
        ("resources/list", json!({})),
        ("resources/templates/list", json!({})),
        ("resources/read", json!({"uri": "notes://notes/n1"})),
        ("prompts/list", json!({})),
    ] {
        let answer = modern(&caller, method, params).await;
        let result = &answer["result"];
        assert_eq!(result["cacheScope"], "private", "{method}: {answer}");
        assert_eq!(result["ttlMs"], 0, "{method}: {answer}");
        assert_eq!(result["resultType"], "complete", "{method}: {answer}");
        let server = &result["_meta"]["io.modelcontextprotocol/serverInfo"];
        assert_eq!(server["name"], "Notes", "{method}: {answer}");
    }
    for (method, params) in [
        ("prompts/get", json!({"name": "hello"})),
        ("completion/complete", completion()),
    ] {
        let answer = modern(&caller, method, params).await;
        let result = &answer["result"];
        assert_eq!(result["resultType"], "complete", "{method}: {answer}");
        let server = &result["_meta"]["io.modelcontextprotocol/serverInfo"];
        assert_eq!(server["name"], "Notes", "{method}: {answer}");
    }
}

#[tokio::test]
async fn an_unknown_resource_has_the_code_of_the_revision() {
    let caller = service().await.as_role(Role::Reader);
    caller.resource("notes://nothing").await.assert_unknown();
    for uri in ["notes://nothing", "notes://secret", "notes://notes/d2"] {
        let answer = modern(&caller, "resources/read", json!({ "uri": uri })).await;
        let expected =
            json!({"code": -32602, "message": "Resource not found", "data": {"uri": uri}});
        assert_eq!(answer["error"], expected, "{uri}");
    }
}
