//! Tools: what is listed, what a call gives, and how a refusal looks.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Mcp, Reply, Service, Tenant};

#[tokio::test]
async fn structured_content_equals_the_rest_answer() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let analyst = tenant.user(&["Analyst"]);
    let mcp = Mcp::of(&service, Some(&analyst));
    let report = json!({ "symbol": "ALPN", "title": "Milk", "body": "Prices." });
    let created = mcp.call_well("create_report", report).await;
    let id = created["id"].as_str().expect("a report has an id");
    for (tool, arguments, path) in [
        ("get_me", json!({}), "/api/v1/me".to_owned()),
        (
            "get_report",
            json!({ "id": id }),
            format!("/api/v1/reports/{id}"),
        ),
        (
            "list_reports",
            json!({ "limit": 5 }),
            "/api/v1/reports?limit=5".to_owned(),
        ),
        (
            "get_instrument",
            json!({ "symbol": "ALPN" }),
            "/api/v1/instruments/ALPN".to_owned(),
        ),
        (
            "list_instruments",
            json!({ "limit": 3 }),
            "/api/v1/instruments?limit=3".to_owned(),
        ),
    ] {
        let rest = service.get_as(&analyst, &path).await.expect(200).json();
        assert_eq!(mcp.call_well(tool, arguments).await, rest, "{tool}");
    }
}

#[tokio::test]
async fn structured_content_is_repeated_as_text() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let viewer = tenant.user(&["Viewer"]);
    let answer = Mcp::of(&service, Some(&viewer))
        .call("get_me", json!({}))
        .await
        .expect(200);
    let result = Reply::result(&answer);
    let text = result["content"][0]["text"].as_str().unwrap_or_default();
    let repeated: Value = serde_json::from_str(text).expect("the text is the same JSON");
    assert_eq!(repeated, result["structuredContent"]);
}

#[tokio::test]
async fn a_hidden_tool_looks_exactly_like_an_unknown_one() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let viewer = tenant.user(&["Viewer"]);
    let mcp = Mcp::of(&service, Some(&viewer));
    assert!(!mcp.tool_names().await.contains(&"delete_report".to_owned()));
    let hidden = mcp.call("delete_report", json!({ "id": "1" })).await;
    let unknown = mcp.call("delete_nothing", json!({ "id": "1" })).await;
    let (
        Reply::Error { code, message },
        Reply::Error {
            code: unknown_code,
            message: unknown_message,
        },
    ) = (Reply::read(&hidden), Reply::read(&unknown))
    else {
        panic!("{hidden}\n{unknown}");
    };
    assert_eq!(code, -32602);
    assert_eq!(code, unknown_code);
    assert_eq!(
        message.replace("delete_report", "X"),
        unknown_message.replace("delete_nothing", "X")
    );
    assert_eq!(hidden.status, unknown.status);
}

#[tokio::test]
async fn a_missing_scope_keeps_the_tool_listed_and_is_challenged_with_http_403() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let token = tenant.user(&["Viewer"]).claim("scp", "Unrelated.Read");
    let mcp = Mcp::of(&service, Some(&token));
    assert!(mcp.tool_names().await.contains(&"list_reports".to_owned()));
    let answer = mcp.call("list_reports", json!({})).await;
    assert_eq!(answer.status, 403, "{answer}");
    let challenge = answer.header("www-authenticate").unwrap_or_default();
    assert!(
        challenge.contains("error=\"insufficient_scope\""),
        "{challenge}"
    );
    assert!(challenge.contains("/user_impersonation\""), "{challenge}");
    assert!(challenge.contains("resource_metadata="), "{challenge}");
}

#[tokio::test]
async fn wrong_arguments_come_back_as_a_problem_that_a_model_can_mend() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let analyst = tenant.user(&["Analyst"]);
    let mcp = Mcp::of(&service, Some(&analyst));
    for (tool, arguments) in [
        ("get_report", json!({})),
        ("get_report", json!({ "id": "not-an-id" })),
        (
            "get_report",
            json!({ "id": "0b9f3e52-7c1d-4a68-9e0f-5d2a8c7b6e41" }),
        ),
        ("list_reports", json!({ "limit": 0 })),
        ("list_reports", json!({ "limit": "many" })),
        ("list_reports", json!({ "unknown": 1 })),
        ("create_report", json!({ "title": "Milk" })),
    ] {
        let answer = mcp.call(tool, arguments.clone()).await.expect(200);
        let result = Reply::result(&answer);
        assert_eq!(result["isError"], true, "{tool} {arguments}: {answer}");
        let problem = &result["structuredContent"];
        assert!(
            problem["code"].is_string() && problem["status"].is_u64(),
            "{answer}"
        );
    }
}

#[tokio::test]
async fn arguments_cannot_reach_another_operation() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let analyst = tenant.user(&["Analyst"]);
    let mcp = Mcp::of(&service, Some(&analyst));
    for symbol in [
        "../reports",
        "..%2Freports",
        "ALPN/prices",
        "ALPN?x=1",
        "ALPN#x",
        "",
        ".",
        "..",
    ] {
        let answer = mcp
            .call("get_instrument", json!({ "symbol": symbol }))
            .await
            .expect(200);
        let result = Reply::result(&answer);
        assert_eq!(result["isError"], true, "{symbol}: {answer}");
    }
}

#[tokio::test]
async fn a_hidden_input_is_unknown_to_the_tool_and_known_to_rest() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let manager = tenant.user(&["PM"]);
    let mcp = Mcp::of(&service, Some(&manager));
    let tools = mcp.tools().await;
    let tool = tools.iter().find(|tool| tool["name"] == "value_portfolio");
    let tool = tool.expect("a PM has portfolios valued");
    for part in ["description", "inputSchema"] {
        assert!(!tool[part].to_string().contains("lookback"), "{tool}");
    }
    let portfolio = json!({ "name": "Core", "currency": "EUR" });
    let portfolio = mcp.call_well("create_portfolio", portfolio).await;
    let id = portfolio["id"].as_str().expect("a portfolio has an id");
    let said_of = async |input: &str| {
        let arguments = json!({ "id": id, input: 250 });
        let answer = mcp.call("value_portfolio", arguments).await.expect(200);
        let result = Reply::result(&answer);
        assert_eq!(result["isError"], true, "{answer}");
        let mut problem = result["structuredContent"].clone();
        assert_eq!(problem["errors"][0]["pointer"], format!("/{input}"));
        problem["errors"][0]["pointer"] = Value::Null;
        problem["correlation_id"] = Value::Null;
        problem
    };
    assert_eq!(
        said_of("lookback_days").await,
        said_of("nobody_knows").await
    );
    let path = format!("/api/v1/portfolios/{id}/valuations");
    for (input, code) in [
        ("lookback_days", "portfolio_is_empty"),
        ("nobody_knows", "invalid_body"),
    ] {
        let body = json!({ input: 250 });
        let answer = service.send_as(&manager, Method::POST, &path, &body).await;
        assert_eq!(answer.json()["code"], code, "{answer}");
    }
}

#[tokio::test]
async fn annotations_say_what_a_tool_does() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let admin = tenant.user(&["Admin", "Analyst"]);
    let tools = Mcp::of(&service, Some(&admin)).tools().await;
    let annotations = |name: &str| {
        let tool = tools.iter().find(|tool| tool["name"] == name);
        tool.unwrap_or_else(|| panic!("no tool {name}"))["annotations"].clone()
    };
    assert_eq!(annotations("list_reports")["readOnlyHint"], true);
    assert_eq!(annotations("delete_report")["destructiveHint"], true);
    assert_eq!(annotations("delete_report")["idempotentHint"], true);
    assert_ne!(annotations("create_report")["readOnlyHint"], true);
    for tool in &tools {
        assert_eq!(tool["inputSchema"]["type"], "object", "{tool}");
        assert_eq!(tool["inputSchema"]["additionalProperties"], false, "{tool}");
        assert!(
            !tool["description"].as_str().unwrap_or_default().is_empty(),
            "{tool}"
        );
    }
}

#[tokio::test]
async fn a_tool_call_is_the_same_operation_with_the_same_effect() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let analyst = tenant.user(&["Analyst"]);
    let report = json!({ "symbol": "ALPN", "title": "Milk", "body": "Prices." });
    let created = Mcp::of(&service, Some(&analyst))
        .call_well("create_report", report)
        .await;
    let path = format!(
        "/api/v1/reports/{}",
        created["id"].as_str().unwrap_or_default()
    );
    service.get_as(&analyst, &path).await.expect(200);
    // A draft of somebody else is as hidden over MCP as over REST.
    let other = tenant.user(&["Analyst"]);
    service.get_as(&other, &path).await.expect(404);
    let answer = Mcp::of(&service, Some(&other))
        .call("get_report", json!({ "id": created["id"] }))
        .await;
    let result = Reply::result(&answer);
    assert_eq!(result["structuredContent"]["status"], 404, "{answer}");
    let admin = tenant.user(&["Admin"]);
    service
        .send_as(&admin, Method::DELETE, &path, &json!({}))
        .await
        .expect(204);
}
