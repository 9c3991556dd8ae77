//! Streamable HTTP without sessions: one POST endpoint that never hangs and never answers 5xx to a client's mistake.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, Mcp, Reply, Service, Tenant};

const MCP: &str = "/api/v1/mcp";

#[tokio::test]
async fn only_post_is_served() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let viewer = tenant.user(&["Viewer"]);
    for method in [Method::GET, Method::DELETE, Method::PUT] {
        let request = service.request(method, MCP).bearer_auth(&viewer);
        let request = request.header("accept", "text/event-stream");
        let answer = Answer::of(request).await.expect(405);
        assert_eq!(answer.header("allow"), Some("POST"), "{answer}");
    }
}

#[tokio::test]
async fn a_client_of_the_older_era_can_initialize() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let viewer = tenant.user(&["Viewer"]);
    for version in ["2025-06-18", "2025-11-25"] {
        let params = json!({
            "protocolVersion": version,
            "capabilities": {},
            "clientInfo": { "name": "suite", "version": "1" },
        });
        let message =
            json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params });
        // The version is agreed on in the body; the header comes with later requests only.
        let request = service.request(Method::POST, MCP).bearer_auth(&viewer);
        let request = request.header("accept", "application/json, text/event-stream");
        let answer = Answer::of(request.json(&message)).await.expect(200);
        assert_eq!(answer.header("mcp-session-id"), None, "no sessions");
        let result = Reply::result(&answer);
        assert_eq!(result["protocolVersion"], version);
        assert!(result["capabilities"]["tools"].is_object(), "{result}");
        assert!(
            !result["serverInfo"]["name"]
                .as_str()
                .unwrap_or_default()
                .is_empty()
        );
    }
}

#[tokio::test]
async fn what_is_no_request_is_a_clear_error() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let viewer = tenant.user(&["Viewer"]);
    let mcp = Mcp::of(&service, Some(&viewer));
    for body in [
        "{",
        "",
        "[]",
        "null",
        "1",
        "{}",
        r#"{"jsonrpc":"1.0","id":1,"method":"tools/list"}"#,
        r#"{"jsonrpc":"2.0","id":1}"#,
        r#"[{"jsonrpc":"2.0","id":1,"method":"tools/list"}]"#,
    ] {
        let request = mcp.request().header("content-type", "application/json");
        let answer = Answer::of(request.body(body)).await;
        assert!((400..500).contains(&answer.status), "{body}: {answer}");
    }
    let answer = mcp.post("no/such/method", json!({})).await;
    assert!(answer.status < 500, "{answer}");
    assert!(
        matches!(Reply::read(&answer), Reply::Error { code: -32601, .. }),
        "{answer}"
    );
}

/// A page on another site cannot use a token that a local client holds (DNS rebinding).
#[tokio::test]
async fn a_foreign_origin_or_host_is_refused() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let viewer = tenant.user(&["Viewer"]);
    let list = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {} });
    for (name, value) in [
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("host", "evil.example"),
    ] {
        let request = Mcp::of(&service, Some(&viewer))
            .request()
            .header(name, value);
        let answer = Answer::of(request.json(&list)).await;
        assert!(
            (400..500).contains(&answer.status),
            "{name} {value}: {answer}"
        );
    }
}

#[tokio::test]
async fn the_list_is_the_same_each_time_and_private() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let viewer = tenant.user(&["Viewer"]);
    let mcp = Mcp::of(&service, Some(&viewer));
    let first = mcp.tools().await;
    assert_eq!(first, mcp.tools().await);
    assert!(!first.is_empty());
}

#[tokio::test]
async fn the_newest_revision_is_served_on_the_same_endpoint() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let viewer = tenant.user(&["Viewer"]);
    let call = async |method: &str| -> Value {
        let meta = json!({
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientInfo": { "name": "suite", "version": "1" },
            "io.modelcontextprotocol/clientCapabilities": {},
        });
        let message =
            json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": { "_meta": meta } });
        let request = service
            .request(Method::POST, MCP)
            .bearer_auth(&viewer)
            .header("accept", "application/json, text/event-stream")
            .header("mcp-protocol-version", "2026-07-28")
            .header("mcp-method", method);
        let answer = Answer::of(request.json(&message)).await.expect(200);
        match Reply::read(&answer) {
            Reply::Result(result) => result,
            Reply::Error { .. } => panic!("{method} is refused: {answer}"),
        }
    };
    let discovered = call("server/discover").await;
    assert!(
        discovered["capabilities"]["tools"].is_object(),
        "{discovered}"
    );
    let listed = call("tools/list").await;
    assert_eq!(
        listed["tools"].as_array().map(Vec::len),
        Some(Mcp::of(&service, Some(&viewer)).tools().await.len())
    );
    // A filtered list in a shared cache would be shown to another caller.
    assert_eq!(listed["cacheScope"], "private", "{listed}");
}

/// An id may be as long as a body, and what a client writes there is its own affair.
#[tokio::test]
async fn the_log_does_not_repeat_what_a_message_says() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let viewer = tenant.user(&["Viewer"]);
    let mcp = Mcp::of(&service, Some(&viewer));
    let versions = json!({"protocolVersion": "of-the-client", "capabilities": {},
        "clientInfo": {"name": "of-the-client", "version": "1"}});
    for (method, params) in [
        ("tools/call", json!({"name": "of-the-client"})),
        ("tools/of-the-client", json!({})),
        ("initialize", versions),
    ] {
        let message =
            json!({"jsonrpc": "2.0", "id": "of-the-client", "method": method, "params": params});
        Answer::of(mcp.request().json(&message)).await;
    }
    mcp.call("delete_report", json!({"id": "of-the-client"}))
        .await;
    let denied = service.log().wait_for("access denied").await;
    assert_eq!(denied["denial"], "missing_role");
    let log = service.log().text();
    assert!(!log.contains("of-the-client"), "{log}");
}
