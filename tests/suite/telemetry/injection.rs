//! Nothing that a caller sends makes a line, or moves a terminal's cursor: in both formats.

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use uuid::Uuid;

use crate::harness::{Mcp, Service, Tenant, eventually, within};

/// What would be a further line, a further field or a command to a terminal.
const POISON: &str = "x\r\n{\"message\":\"forged\"}\u{1b}[2J\u{9b}31m\u{2028}\"} forged=1";

/// Sends bytes as they are, and gives the status line.
async fn send_raw(service: &Service, head: &[u8]) -> String {
    let mut stream = TcpStream::connect(service.address())
        .await
        .expect("the service listens");
    stream.write_all(head).await.expect("the service reads");
    let mut answer = Vec::new();
    // A reset is an end too.
    let _ = within("the answer", stream.read_to_end(&mut answer)).await;
    let answer = String::from_utf8_lossy(&answer).into_owned();
    answer.lines().next().unwrap_or_default().to_owned()
}

/// Sends the poison wherever HTTP, tokens and JSON let it through. Gives how many requests were read.
async fn send_everywhere(service: &Service, tenant: &Tenant) -> usize {
    let escaped = "x%0d%0a%7b%22message%22:%22forged%22%7d%1b[2J forged=1".replace(' ', "%20");
    let host = "host: localhost\r\nconnection: close\r\n";
    // obs-text and tabs are what HTTP allows in a value beside printable ASCII (RFC 9110 section 5.5).
    let value = b"x\t{\"message\":\"forged\"}\xc2\x9b31m\xe2\x80\xa8\" forged=1";
    let mut heads: Vec<Vec<u8>> = vec![
        format!("GET /{escaped} HTTP/1.1\r\n{host}\r\n").into_bytes(),
        format!("GET /health?{escaped} HTTP/1.1\r\n{host}\r\n").into_bytes(),
        format!("FORGED|{{}}' /health HTTP/1.1\r\n{host}\r\n").into_bytes(),
        format!("FORGED!#$%&*+-.^_`|~ /health HTTP/1.1\r\n{host}\r\n").into_bytes(),
    ];
    for name in [
        "x-correlation-id",
        "traceparent",
        "tracestate",
        "user-agent",
        "authorization",
        "origin",
        "x-forwarded-for",
        "mcp-protocol-version",
        "x-poc-roles",
    ] {
        let mut head = format!("GET /api/v1/reports HTTP/1.1\r\n{host}{name}: ").into_bytes();
        head.extend_from_slice(value);
        head.extend_from_slice(b"\r\n\r\n");
        heads.push(head);
    }
    let mut read = 0;
    for head in heads {
        let status = send_raw(service, &head).await;
        assert!(
            status.starts_with("HTTP/1.1 "),
            "{status}: {}",
            String::from_utf8_lossy(&head)
        );
        // What hyper cannot read never becomes a request.
        read += usize::from(!status.starts_with("HTTP/1.1 400") || head.starts_with(b"GET /api"));
    }
    let viewer = tenant.user(&["Viewer"]);
    for token in [
        viewer.clone().header("kid", POISON),
        viewer.clone().claim("oid", POISON),
        viewer.clone().claim("uti", POISON),
        viewer.clone().claim("azp", POISON),
        viewer.clone().claim("roles", json!([POISON])),
    ] {
        service.get_as(&token, "/api/v1/reports").await;
        read += 1;
    }
    let mcp = Mcp::of(service, Some(&viewer));
    for (name, arguments) in [
        (POISON, json!({})),
        ("get_report", json!({ "id": POISON })),
        ("get_report", json!({ POISON: 1 })),
    ] {
        mcp.call(name, arguments).await;
        read += 1;
    }
    mcp.post(POISON, json!({})).await;
    read + 1
}

/// Waits until a last, marked request is in the log, and gives all lines up to now.
async fn lines_after_a_last_request(service: &Service) -> Vec<String> {
    let id = Uuid::new_v4().to_string();
    let last = service.request(reqwest::Method::GET, "/health");
    last.header("x-correlation-id", &id)
        .send()
        .await
        .expect("the service answers");
    eventually("the last line", async || {
        service.log().text().contains(&id).then_some(())
    })
    .await;
    service.log().text().lines().map(str::to_owned).collect()
}

#[tokio::test]
async fn json_lines_stay_lines_and_objects() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let sent = send_everywhere(&service, &tenant).await + 1;
    let mut requests = 0;
    for line in lines_after_a_last_request(&service).await {
        let event: Value =
            serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
        assert!(event.is_object() && event["level"].is_string(), "{line}");
        assert_ne!(event["message"], "forged", "{line}");
        assert!(
            !line.chars().any(|it| it.is_control() || it == '\u{2028}'),
            "{line:?}"
        );
        requests += usize::from(event["message"] == "request");
    }
    assert_eq!(requests, sent, "{}", service.log().text());
}

#[tokio::test]
async fn lines_for_people_stay_lines_too() {
    let tenant = Tenant::start().await;
    let program = Service::program_for(&tenant).set("APP_TELEMETRY__LOG_FORMAT", "pretty");
    let service = Service::start_in_pretty(program).await;
    let sent = send_everywhere(&service, &tenant).await + 1;
    let mut requests = 0;
    for line in lines_after_a_last_request(&service).await {
        let is_dated = line
            .get(..5)
            .is_some_and(|year| year.ends_with('-') && year.starts_with("20"));
        assert!(is_dated, "{line:?}");
        assert!(
            !line.chars().any(|it| it.is_control() || it == '\u{2028}'),
            "{line:?}"
        );
        requests += usize::from(line.contains(" request method="));
    }
    assert_eq!(requests, sent, "{}", service.log().text());
}
