//! One line per HTTP request, whatever answers it, and what stands in it.

use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Answer, Mcp, Service, Tenant, eventually};

/// The lines about requests with this correlation id.
fn lines(service: &Service, correlation_id: &str) -> Vec<Value> {
    let is_it = |event: &Value| event["correlation_id"] == correlation_id;
    let mut events = service.log().events();
    events.retain(is_it);
    events
}

#[tokio::test]
async fn every_request_has_one_line_by_its_template() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let viewer = tenant.user(&["Viewer"]);
    let report = format!("/api/v1/reports/{}", Uuid::new_v4());
    let cases = [
        (Method::GET, "/health", "/health", 200),
        (
            Method::GET,
            "/nothing/at/all?name=Somebody",
            "unmatched",
            404,
        ),
        (Method::DELETE, "/health", "/health", 405),
        (Method::GET, "/docs", "/docs", 200),
        (Method::GET, "/api/v1/audit", "/api/v1/audit", 403),
        (Method::GET, report.as_str(), "/api/v1/reports/{id}", 404),
    ];
    for (method, path, route, status) in cases {
        let id = Uuid::new_v4().to_string();
        let request = service.request(method.clone(), path).bearer_auth(&viewer);
        Answer::of(request.header("x-correlation-id", &id))
            .await
            .expect(status);
        let is_request = |event: &&Value| event["message"] == "request";
        let line = eventually("the line", async || {
            let lines = lines(&service, &id);
            lines.iter().find(is_request).cloned()
        })
        .await;
        let lines = lines(&service, &id);
        assert_eq!(lines.iter().filter(is_request).count(), 1, "{lines:?}");
        assert!(
            lines.iter().all(|event| event["message"] != "operation"),
            "{lines:?}"
        );
        assert_eq!(line["method"], method.as_str(), "{line}");
        assert!(line["route"].as_str().unwrap().starts_with(route), "{line}");
        assert_eq!(line["status"], status, "{line}");
        assert!(line["duration_us"].is_u64(), "{line}");
    }
    let log = service.log().text();
    assert!(!log.contains("Somebody") && !log.contains(&report), "{log}");
}

#[tokio::test]
async fn a_tool_call_has_the_line_of_its_request_and_one_of_its_operation() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let viewer = tenant.user(&["Viewer"]);
    let answer = Mcp::of(&service, Some(&viewer))
        .call("list_reports", json!({}))
        .await;
    let id = answer.header("x-correlation-id").unwrap().to_owned();
    eventually("the line of the request", async || {
        let lines = lines(&service, &id);
        lines
            .iter()
            .any(|it| it["message"] == "request")
            .then_some(())
    })
    .await;
    let told = lines(&service, &id);
    let told: Vec<_> = told
        .iter()
        .map(|event| {
            (
                event["message"].as_str(),
                event["route"].as_str(),
                event["tool"].as_str(),
            )
        })
        .collect();
    // The record of the call itself stands between them.
    let expected = [
        (
            Some("operation"),
            Some("/api/v1/reports"),
            Some("list_reports"),
        ),
        (Some("tool call"), Some("/api/v1/mcp"), Some("list_reports")),
        (Some("request"), Some("/api/v1/mcp"), None),
    ];
    assert_eq!(told, expected);
}

#[tokio::test]
async fn a_line_keeps_its_correlation_id_when_only_warnings_are_logged() {
    let tenant = Tenant::start().await;
    // The start is found by its line.
    let level = "warn,portcullis::server::service=info";
    let program = Service::program_for(&tenant).set("APP_TELEMETRY__LOG_LEVEL", level);
    let service = Service::start_ready(program).await;
    let expired = tenant.user(&["Viewer"]).expired();
    let answer = service
        .get_as(&expired, "/api/v1/reports")
        .await
        .expect(401);
    let failure = service.log().wait_for("authentication failed").await;
    let id = answer.header("x-correlation-id").unwrap();
    assert_eq!(failure["correlation_id"], id, "{failure}");
    assert_eq!(failure["route"], "/api/v1/reports", "{failure}");
    assert_eq!(service.log().count("request"), 0);
}
