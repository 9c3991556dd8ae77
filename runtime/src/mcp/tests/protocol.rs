use serde_json::{Value, json};

use super::desk::{Desk, read};
use super::settings::config;
use crate::config::Environment;

#[tokio::test]
async fn a_client_of_2025_initializes_lists_and_calls_without_a_session() {
    let desk = Desk::start().await;
    let params = json!({
        "protocolVersion": "2025-11-25",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    });
    let answer = desk.send("viewer", "initialize", params).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.body["result"]["protocolVersion"], "2025-11-25");
    assert_eq!(answer.body["result"]["serverInfo"]["name"], "Desk of notes");
    assert_eq!(answer.body["result"]["instructions"], "Keep notes.");
    assert!(!answer.headers.contains_key("mcp-session-id"));
    let body = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
    assert_eq!(
        read(desk.post("viewer").body(body.to_string()))
            .await
            .status,
        202
    );
    let answer = desk.call("viewer", "get_note", json!({"id": "a"})).await;
    assert_eq!(answer.body["result"]["structuredContent"]["text"], "a");
    assert_eq!(answer.headers["content-type"], "application/json");
    assert_eq!(answer.headers["cache-control"], "no-store");
}

#[tokio::test]
async fn a_client_of_2026_discovers_lists_and_calls_request_by_request() {
    let desk = Desk::start().await;
    let answer = desk
        .send_modern("viewer", "server/discover", json!({}))
        .await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let versions = answer.body["result"]["supportedVersions"]
        .as_array()
        .unwrap();
    assert!(versions.contains(&json!("2026-07-28")) && versions.contains(&json!("2025-11-25")));
    let answer = desk.send_modern("viewer", "tools/list", json!({})).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let result = &answer.body["result"];
    assert_eq!(result["cacheScope"], "private");
    assert_eq!(result["resultType"], "complete");
    assert_eq!(
        result["_meta"]["io.modelcontextprotocol/serverInfo"]["version"],
        "1.2.3"
    );
    let params = json!({"name": "get_note", "arguments": {"id": "a"}});
    let answer = desk.send_modern("viewer", "tools/call", params).await;
    assert_eq!(
        answer.body["result"]["structuredContent"]["text"], "a",
        "{answer:?}"
    );
}

#[tokio::test]
async fn a_header_that_contradicts_the_body_is_refused() {
    let desk = Desk::start().await;
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"},
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    let params = json!({"name": "get_note", "arguments": {"id": "a"}, "_meta": meta});
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params});
    let request = desk
        .post("viewer")
        .header("mcp-protocol-version", "2026-07-28")
        .header("mcp-method", "tools/call")
        .header("mcp-name", "list_notes");
    let answer = read(request.body(body.to_string())).await;
    assert_eq!(answer.status, 400);
    assert_eq!(answer.body["error"]["code"], -32020);
}

#[tokio::test]
async fn get_and_delete_are_405() {
    let desk = Desk::start().await;
    for request in [
        desk.get("viewer", "/api/v1/mcp"),
        desk.delete("", "/api/v1/mcp"),
    ] {
        let answer = read(request).await;
        assert_eq!(answer.status, 405);
        assert_eq!(answer.headers["allow"], "POST");
    }
}

#[tokio::test]
async fn what_is_no_message_gets_a_json_rpc_error() {
    let desk = Desk::start().await;
    let table = [
        ("{", -32700),
        ("", -32700),
        ("[]", -32600),
        (
            r#"[{"jsonrpc":"2.0","id":1,"method":"tools/list"}]"#,
            -32600,
        ),
        (r#"{"jsonrpc":"2.0","id":1}"#, -32600),
        (r#"{"jsonrpc":"1.0","id":1,"method":"tools/list"}"#, -32600),
        ("7", -32600),
        (
            r#"{"jsonrpc":"2.0","id":1,"id":2,"method":"tools/list"}"#,
            -32600,
        ),
    ];
    for (body, code) in table {
        let answer = read(desk.post("viewer").body(body)).await;
        assert_eq!(answer.status, 400, "{body}: {answer:?}");
        assert_eq!(answer.body["error"]["code"], code, "{body}");
        assert_eq!(answer.body["jsonrpc"], "2.0", "{body}");
    }
}

#[tokio::test]
async fn an_unknown_version_is_a_json_rpc_error() {
    let desk = Desk::start().await;
    let body = json!({"jsonrpc": "2.0", "id": 7, "method": "tools/list"});
    let request = desk
        .post("viewer")
        .header("mcp-protocol-version", "1999-01-01");
    let answer = read(request.body(body.to_string())).await;
    assert_eq!(answer.status, 400);
    assert_eq!(answer.body["error"]["code"], -32600);
    assert_eq!(answer.body["id"], 7);
}

#[tokio::test]
async fn an_oversize_body_is_413_and_a_wrong_type_415_and_406_as_problems() {
    let desk = Desk::start().await;
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {"x": "y".repeat(5000)}});
    let answer = read(desk.post("viewer").body(body.to_string())).await;
    assert_eq!(
        (answer.status, &answer.body["code"]),
        (413, &json!("payload_too_large"))
    );
    let list = r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#;
    let request = desk.get("viewer", "/").build().unwrap();
    let mut wrong_type = reqwest::Request::new(
        reqwest::Method::POST,
        request.url().join("/api/v1/mcp").unwrap(),
    );
    *wrong_type.body_mut() = Some(list.into());
    let headers = wrong_type.headers_mut();
    headers.insert("x-test-caller", "viewer".parse().unwrap());
    headers.insert(
        "accept",
        "application/json, text/event-stream".parse().unwrap(),
    );
    headers.insert("content-type", "text/plain".parse().unwrap());
    let mut not_acceptable = wrong_type.try_clone().unwrap();
    not_acceptable
        .headers_mut()
        .insert("accept", "text/html".parse().unwrap());
    for (request, status) in [(wrong_type, 415), (not_acceptable, 406)] {
        let client = reqwest::Client::new();
        let answer = read(reqwest::RequestBuilder::from_parts(client, request)).await;
        assert_eq!(answer.status, status);
        assert_eq!(answer.headers["content-type"], "application/problem+json");
        assert!(answer.body["detail"].is_string());
    }
}

#[tokio::test]
async fn an_accept_that_takes_both_types_by_a_wildcard_is_answered() {
    let desk = Desk::start().await;
    let list = r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#;
    for (accept, status) in [
        ("*/*", 200),
        ("application/*, text/*;q=0.5", 200),
        ("application/json", 406),
        ("*/*, text/event-stream;q=0", 406),
    ] {
        let request = desk.bare_post("viewer").header("accept", accept);
        let request = request.header("content-type", "application/json");
        let answer = read(request.body(list)).await;
        assert_eq!(answer.status, status, "{accept}");
    }
}

async fn status_with(desk: &Desk, name: &'static str, value: &str) -> u16 {
    let list = r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#;
    read(desk.post("viewer").header(name, value).body(list))
        .await
        .status
}

#[tokio::test]
async fn only_our_own_and_the_configured_origins_are_accepted() {
    let desk = Desk::start().await;
    let own = format!("http://{}", desk.address);
    assert_eq!(status_with(&desk, "origin", &own).await, 200);
    assert_eq!(
        status_with(&desk, "origin", "http://localhost:5173").await,
        200
    );
    for origin in [
        "http://evil.example",
        "http://localhost:5174",
        "https://localhost:5173",
        "null",
        "http://localhost",
    ] {
        assert_eq!(status_with(&desk, "origin", origin).await, 403, "{origin}");
    }
}

#[tokio::test]
async fn a_foreign_host_is_refused_and_loopback_is_for_dev_and_test() {
    let desk = Desk::start().await;
    assert_eq!(status_with(&desk, "host", "localhost:1").await, 200);
    assert_eq!(status_with(&desk, "host", "evil.example").await, 403);
    let mut config = config();
    config.environment = Environment::Staging;
    let desk = Desk::start_with(config).await;
    assert_eq!(status_with(&desk, "host", "localhost:1").await, 403);
    assert_eq!(
        status_with(&desk, "host", &desk.address.to_string()).await,
        200
    );
}

/// Whoever stands in front may have judged the other of the two.
#[tokio::test]
async fn two_hosts_or_origins_are_refused_even_if_the_first_is_good() {
    let desk = Desk::start().await;
    let own = desk.address.to_string();
    let origin = format!("http://{own}");
    let table = [
        ("host", own.as_str(), "evil.example"),
        ("host", &own, &own),
        ("origin", &origin, "http://evil.example"),
        ("origin", "http://evil.example", &origin),
    ];
    for (name, first, second) in table {
        let list = r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#;
        let request = desk.post("viewer").header(name, first).header(name, second);
        let answer = read(request.body(list)).await;
        assert_eq!(answer.status, 400, "{name}: {first}, {second}");
        assert_eq!(answer.headers["content-type"], "application/problem+json");
    }
}

#[tokio::test]
async fn an_unknown_method_is_method_not_found() {
    let desk = Desk::start().await;
    let answer = desk.send("viewer", "tools/invent", json!({})).await;
    assert_eq!(answer.body["error"]["code"], -32601);
    assert!(!answer.body.to_string().contains("invent"), "{answer:?}");
}

#[tokio::test]
async fn a_call_whose_parameters_do_not_fit_is_invalid_params() {
    let desk = Desk::start().await;
    for params in [
        json!(null),
        json!({}),
        json!({"name": 1}),
        json!({"name": "get_note", "arguments": []}),
    ] {
        let answer = desk.send("viewer", "tools/call", params.clone()).await;
        assert_eq!(answer.body["error"]["code"], -32602, "{params}: {answer:?}");
    }
}

/// "Method not found" would send whoever writes a client to the wrong place.
#[tokio::test]
async fn a_handshake_whose_parameters_do_not_fit_is_invalid_params() {
    let desk = Desk::start().await;
    for params in [json!({}), json!({"protocolVersion": 1})] {
        let answer = desk.send("viewer", "initialize", params.clone()).await;
        assert_eq!(answer.body["error"]["code"], -32602, "{params}: {answer:?}");
        // From 2026-07-28 on there is no handshake.
        let answer = desk
            .send_modern("viewer", "initialize", params.clone())
            .await;
        assert_eq!(answer.body["error"]["code"], -32601, "{params}: {answer:?}");
        assert_eq!(answer.status, 404, "{params}: {answer:?}");
    }
}

#[tokio::test]
async fn an_unknown_cursor_is_an_error() {
    let desk = Desk::start().await;
    let answer = desk
        .send("viewer", "tools/list", json!({"cursor": "x"}))
        .await;
    assert_eq!(answer.body["error"]["code"], -32602);
}

#[tokio::test]
async fn the_metadata_stands_at_both_paths_and_needs_no_credential() {
    let desk = Desk::start().await;
    let mut documents: Vec<Value> = Vec::new();
    for path in ["", "/api/v1/mcp"] {
        let path = format!("/.well-known/oauth-protected-resource{path}");
        let answer = read(
            desk.get("", &path)
                .header("authorization", "Bearer expired"),
        )
        .await;
        assert_eq!(answer.status, 200);
        documents.push(answer.body);
    }
    assert_eq!(documents[0], documents[1]);
    assert_eq!(
        documents[0],
        json!({
            "resource": format!("http://{}/api/v1/mcp", desk.address),
            "resource_name": "Desk of notes",
            "authorization_servers": ["http://127.0.0.1:1/tenant/v2.0"],
            "scopes_supported": ["api://desk/user_impersonation"],
            "bearer_methods_supported": ["header"],
        })
    );
}

#[tokio::test]
async fn a_resource_that_is_an_identifier_uri_qualifies_the_scopes() {
    let resource = "https://desk.example/api/v1/mcp";
    let mut config = config();
    config.mcp.resource = Some(resource.parse().unwrap());
    config.authentication.app_id_uris.push(resource.to_owned());
    let desk = Desk::start_with(config).await;
    let document = read(desk.get("", "/.well-known/oauth-protected-resource"))
        .await
        .body;
    assert_eq!(document["resource"], resource);
    assert_eq!(
        document["scopes_supported"],
        json!([format!("{resource}/user_impersonation")])
    );
}

#[tokio::test]
async fn a_disabled_endpoint_is_not_there() {
    let mut config = config();
    config.mcp.enabled = false;
    let desk = Desk::start_with(config).await;
    assert_eq!(
        desk.send("viewer", "tools/list", json!({})).await.status,
        404
    );
    assert_eq!(
        read(desk.get("", "/.well-known/oauth-protected-resource"))
            .await
            .status,
        200
    );
}
