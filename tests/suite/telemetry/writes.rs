//! When the lines of a request are written, and in how many pieces.

use reqwest::Method;
use serde_json::json;

use crate::harness::{Answer, Era, Mcp, Service, Tenant};

#[tokio::test]
async fn what_a_request_wrote_stands_in_the_log_before_its_answer() {
    let tenant = Tenant::start().await;
    let (service, mut writes) = Service::start_with_writes(Service::program_for(&tenant)).await;
    let viewer = tenant.user(&["Viewer"]);
    for (path, status, expected) in [
        ("/health", 200, &["request"][..]),
        ("/nothing", 404, &["request"]),
        ("/api/v1/reports", 200, &["request"]),
        ("/api/v1/audit", 403, &["access denied", "request"]),
    ] {
        let request = service.request(Method::GET, path).bearer_auth(&viewer);
        let answer = Answer::of(request).await.expect(status);
        let id = answer.header("x-correlation-id").unwrap();
        assert_eq!(writes.about(id).concat(), expected, "{path}");
    }
}

#[tokio::test]
async fn the_three_lines_of_a_tool_call_are_one_write_and_stand_before_its_answer() {
    let tenant = Tenant::start().await;
    let (service, mut writes) = Service::start_with_writes(Service::program_for(&tenant)).await;
    let viewer = tenant.user(&["Viewer"]);
    for era in Era::BOTH {
        let mcp = Mcp::of(&service, Some(&viewer)).in_era(era);
        let answer = mcp.call("list_reports", json!({})).await;
        let id = answer.header("x-correlation-id").unwrap();
        let expected = ["operation", "tool call", "request"];
        assert_eq!(writes.about(id), [expected], "{era:?}");
    }
}
