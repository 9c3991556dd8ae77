//! W3C trace context: continued over REST and MCP, named in every line, and never a reason to refuse.

use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Answer, Mcp, Service, Tenant};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN: &str = "00f067aa0ba902b7";

/// The line of one request.
async fn line(service: &Service, correlation_id: &str, message: &str) -> Value {
    let is_it =
        |event: &Value| event["message"] == message && event["correlation_id"] == correlation_id;
    service.log().wait_for_event(message, is_it).await
}

fn is_id(value: &Value, length: usize) -> bool {
    let text = value.as_str().unwrap_or_default();
    text.len() == length && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[tokio::test]
async fn a_request_continues_the_trace_that_its_client_names() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let id = Uuid::new_v4().to_string();
    let request = service
        .request(Method::GET, "/api/v1/reports")
        .header("x-correlation-id", &id)
        .header("traceparent", format!("00-{TRACE}-{SPAN}-01"))
        .bearer_auth(tenant.user(&["Viewer"]).expired());
    Answer::of(request).await.expect(401);
    let request = line(&service, &id, "request").await;
    let failure = line(&service, &id, "authentication failed").await;
    for event in [&request, &failure] {
        assert_eq!(event["trace_id"], TRACE, "{event}");
        assert!(is_id(&event["span_id"], 16), "{event}");
        assert_ne!(event["span_id"], SPAN, "a span of its own");
    }
    assert_eq!(request["span_id"], failure["span_id"]);
}

#[tokio::test]
async fn a_trace_that_is_no_trace_is_ignored() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    for traceparent in [
        "",
        "nonsense",
        &format!("00-{TRACE}-{SPAN}-01-more"),
        &format!("ff-{TRACE}-{SPAN}-01"),
        &format!("00-{}-{SPAN}-01", "0".repeat(32)),
        &format!("00-{}-{SPAN}-01", TRACE.to_uppercase()),
        &"0".repeat(5000),
    ] {
        let id = Uuid::new_v4().to_string();
        let request = service
            .request(Method::GET, "/health")
            .header("x-correlation-id", &id)
            .header("traceparent", traceparent)
            .header("tracestate", "=,=,");
        Answer::of(request).await.expect(200);
        let line = line(&service, &id, "request").await;
        assert!(is_id(&line["trace_id"], 32), "{line}");
        assert_ne!(
            line["trace_id"].as_str().unwrap().to_lowercase(),
            TRACE,
            "{line}"
        );
    }
}

#[tokio::test]
async fn a_tool_call_is_a_part_of_the_trace_that_its_meta_names() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let viewer = tenant.user(&["Viewer"]);
    let other = "0af7651916cd43dd8448eb211c80319c";
    for (named, expected) in [
        (format!("00-{other}-{SPAN}-01"), other),
        // What is no trace there falls back to the HTTP request's.
        ("nonsense".to_owned(), TRACE),
    ] {
        let id = Uuid::new_v4().to_string();
        let call = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {
            "name": "list_reports", "arguments": {}, "_meta": {"traceparent": named},
        }});
        let request = Mcp::of(&service, Some(&viewer)).request().json(&call);
        let request = request
            .header("x-correlation-id", &id)
            .header("traceparent", format!("00-{TRACE}-{SPAN}-01"));
        Answer::of(request).await.expect(200);
        let operation = line(&service, &id, "operation").await;
        assert_eq!(operation["trace_id"], expected, "{operation}");
        let request = line(&service, &id, "request").await;
        assert_eq!(request["trace_id"], TRACE, "{request}");
        assert_ne!(request["span_id"], operation["span_id"]);
    }
}
