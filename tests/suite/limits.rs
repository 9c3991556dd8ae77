//! Every limit has a name, and holds: bodies, slow heads, rates, and the end of the process.

mod address;
mod connections;
mod load;
mod shutdown;
mod unread_bodies;

use reqwest::Method;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::harness::{Answer, Service, Tenant, within};

const REPORTS: &str = "/api/v1/reports";

#[tokio::test]
async fn a_body_over_the_limit_is_refused() {
    let tenant = Tenant::start().await;
    let program = Service::program_for(&tenant).set("APP_SERVER__BODY_LIMIT", "2KiB");
    let service = Service::start_ready(program).await;
    let analyst = tenant.user(&["Analyst"]);
    let report = |length| json!({ "symbol": "ALPN", "title": "Milk", "body": "x".repeat(length) });
    let fits = service
        .send_as(&analyst, Method::POST, REPORTS, &report(1000))
        .await;
    fits.expect(201);
    let over = service
        .send_as(&analyst, Method::POST, REPORTS, &report(3000))
        .await;
    assert_eq!(over.problem(413)["code"], "body_too_large");
    let over = service
        .send_as(&analyst, Method::POST, "/api/v1/mcp", &report(3000))
        .await;
    assert_eq!(over.status, 413, "{over}");
}

/// A refused caller cannot make the server wait for, or hold, a body (duty 13).
#[tokio::test]
async fn a_refusal_does_not_wait_for_the_body() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let mut stream = TcpStream::connect(service.address()).await.unwrap();
    let head = "POST /api/v1/reports HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 100000\r\n\r\n{";
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut start = [0; 12];
    within("an answer before the body", stream.read_exact(&mut start))
        .await
        .unwrap();
    assert_eq!(&start, b"HTTP/1.1 401");
}

#[tokio::test]
async fn a_head_that_does_not_arrive_in_time_is_cut() {
    let tenant = Tenant::start().await;
    let program = Service::program_for(&tenant).set("APP_SERVER__HEADER_TIMEOUT", "1s");
    let service = Service::start_program(program).await;
    let mut stream = TcpStream::connect(service.address()).await.unwrap();
    stream
        .write_all(b"GET /health HTTP/1.1\r\nhost: loc")
        .await
        .unwrap();
    let mut rest = Vec::new();
    // Reading to the end ends only when the server closes; an error is a close too.
    let _ = within(
        "the end of a slow connection",
        stream.read_to_end(&mut rest),
    )
    .await;
    let text = String::from_utf8_lossy(&rest);
    assert!(!text.starts_with("HTTP/1.1 200"), "{text}");
    service.get("/health").await.expect(200);
}

#[tokio::test]
async fn a_head_over_the_limit_is_refused() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let mut stream = TcpStream::connect(service.address()).await.unwrap();
    let head = format!(
        "GET /health HTTP/1.1\r\nhost: localhost\r\nx: {}\r\n\r\n",
        "x".repeat(200_000)
    );
    // The server may close while this is still being written.
    let _ = stream.write_all(head.as_bytes()).await;
    let mut rest = Vec::new();
    let _ = within("the end of the connection", stream.read_to_end(&mut rest)).await;
    let text = String::from_utf8_lossy(&rest);
    assert!(text.is_empty() || text.starts_with("HTTP/1.1 4"), "{text}");
    service.get("/health").await.expect(200);
}

#[tokio::test]
async fn a_caller_over_the_rate_is_told_when_to_come_back_and_others_do_not_notice() {
    let tenant = Tenant::start().await;
    let program = Service::program_for(&tenant).with_rate(1, 3);
    let service = Service::start_ready(program).await;
    let eager = tenant.user(&["Viewer"]);
    let mut limited = None;
    for _ in 0..20 {
        let answer = service.get_as(&eager, REPORTS).await;
        let left = answer
            .header("ratelimit")
            .expect("a counted caller is told what is left");
        assert!(left.starts_with("\"caller\";r="), "{left}");
        assert_eq!(
            answer.header("ratelimit-policy"),
            Some("\"caller\";q=3;w=3")
        );
        if answer.status == 429 {
            limited = Some(answer);
            break;
        }
        answer.expect(200);
    }
    let limited: Answer = limited.expect("twenty requests at once exceed a burst of three");
    assert_eq!(limited.problem(429)["code"], "rate_limited");
    let retry_after = limited
        .header("retry-after")
        .and_then(|value| value.parse::<u64>().ok());
    assert!(retry_after.is_some_and(|seconds| seconds > 0), "{limited}");
    service
        .get_as(&tenant.user(&["Viewer"]), REPORTS)
        .await
        .expect(200);
    service.get("/health").await.expect(200);
}
