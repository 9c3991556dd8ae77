//! Every HTTP request is measured once, whatever answers it.

use reqwest::Method;
use serde_json::json;
use uuid::Uuid;

use super::REPORTS;
use crate::harness::{Answer, Mcp, Metrics, Program, Service, Tenant, eventually};

const COUNT: &str = "http_server_request_duration_seconds_count";

fn series(method: &str, route: &str, status: u16) -> String {
    format!(
        "{COUNT}{{http_request_method=\"{method}\",http_response_status_code=\"{status}\",http_route=\"{route}\"}}"
    )
}

#[tokio::test]
async fn every_request_is_measured_once_by_its_template() {
    let tenant = Tenant::start().await;
    let program =
        Service::program_for(&tenant).set("APP_CORS__ALLOWED_ORIGINS", "http://localhost:5173");
    let service = Service::start_ready(program).await;
    let viewer = tenant.user(&["Viewer"]);
    let ask = |method: Method, path: &str| service.request(method, path);
    let preflight = ask(Method::OPTIONS, REPORTS)
        .header("origin", "http://localhost:5173")
        .header("access-control-request-method", "GET");
    let cases = [
        (ask(Method::GET, "/health"), series("GET", "/health", 200)),
        (ask(Method::HEAD, "/health"), series("HEAD", "/health", 200)),
        (
            ask(Method::GET, "/nothing?a=b"),
            series("GET", "unmatched", 404),
        ),
        (
            ask(Method::DELETE, "/health"),
            series("DELETE", "/health", 405),
        ),
        (
            ask(Method::OPTIONS, "/health"),
            series("OPTIONS", "/health", 405),
        ),
        (preflight, series("OPTIONS", REPORTS, 200)),
        (ask(Method::GET, REPORTS), series("GET", REPORTS, 401)),
        (
            ask(Method::GET, &format!("{REPORTS}/{}", Uuid::nil())).bearer_auth(&viewer),
            series("GET", "/api/v1/reports/{id}", 404),
        ),
        (
            ask(Method::GET, "/openapi.json"),
            series("GET", "/openapi.json", 200),
        ),
    ];
    for (request, expected) in cases {
        let before = Metrics::of(&service).await;
        let answer = Answer::of(request).await;
        let growth = Metrics::of(&service).await.growth(&before, COUNT);
        assert_eq!(growth, [(expected, 1.0)], "{answer}");
    }
}

#[tokio::test]
async fn a_tool_call_is_one_request_to_the_mcp_endpoint() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let viewer = tenant.user(&["Viewer"]);
    let before = Metrics::of(&service).await;
    Mcp::of(&service, Some(&viewer))
        .call_well("list_reports", json!({}))
        .await;
    let growth = Metrics::of(&service).await.growth(&before, COUNT);
    assert_eq!(growth, [(series("POST", "/api/v1/mcp", 200), 1.0)]);
}

#[tokio::test]
async fn a_request_whose_client_goes_away_is_no_longer_active() {
    const ACTIVE: &str = "http_server_active_requests";
    // A body that never comes keeps the request open until its client leaves.
    let program = Program::isolated()
        .set("APP_ENV", "test")
        .set("AUTH_REQUIRED", "false");
    let service = Service::start_program(program).await;
    let mut stream = tokio::net::TcpStream::connect(service.address())
        .await
        .unwrap();
    let head = "POST /api/v1/reports HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{";
    tokio::io::AsyncWriteExt::write_all(&mut stream, head.as_bytes())
        .await
        .unwrap();
    let active = async || Metrics::of(&service).await.sum(ACTIVE, &[]);
    eventually("the request", async || {
        (active().await == 1.0).then_some(())
    })
    .await;
    drop(stream);
    eventually("its end", async || (active().await == 0.0).then_some(())).await;
}
