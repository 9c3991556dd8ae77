//! A client that sends all of its request before it reads gets its answer whole, however little of the body was wanted.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::harness::{Service, Tenant, within};

/// More than the buffers of both sides hold, so that the server must take it in.
const BODY_BYTES: usize = 8 * 1024 * 1024;

const REPORTS: &str = "/api/v1/reports";
const MCP: &str = "/api/v1/mcp";

/// The head of a request that has a body of JSON, of which it says how long it is.
fn head(service: &Service, path: &str, token: Option<&str>, body_bytes: usize) -> String {
    head_of_any(service, path, token) + &format!("content-length: {body_bytes}\r\n")
}

/// The same of a body of any length.
fn head_of_any(service: &Service, path: &str, token: Option<&str>) -> String {
    let credential = token.map(|token| format!("authorization: Bearer {token}\r\n"));
    format!(
        "POST {path} HTTP/1.1\r\nhost: {}\r\n{}content-type: application/json\r\n\
         accept: application/json, text/event-stream\r\n",
        service.address(),
        credential.unwrap_or_default(),
    )
}

/// Sends everything, and reads only then; gives status and body.
async fn send_and_then_read(service: &Service, path: &str, token: Option<&str>) -> (u16, String) {
    let connected = TcpStream::connect(service.address()).await;
    let mut stream = connected.expect("the server accepts");
    let head = head(service, path, token, BODY_BYTES);
    let whole = async {
        stream.write_all(head.as_bytes()).await?;
        stream.write_all(b"connection: close\r\n\r\n").await?;
        stream.write_all(&vec![b' '; BODY_BYTES]).await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        Ok::<_, std::io::Error>(answer)
    };
    let answer = within("the whole answer", whole).await;
    let answer = answer.unwrap_or_else(|error| panic!("{path}: {error}"));
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head has an end");
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok());
    (status.expect("a head has a status"), body.to_owned())
}

#[tokio::test]
async fn every_refusal_reaches_a_client_that_sends_all_before_it_reads() {
    let tenant = Tenant::start().await;
    let program = Service::program_for(&tenant).set("APP_SERVER__BODY_LIMIT", "2KiB");
    let service = Service::start_ready(program).await;
    let (analyst, viewer) = (tenant.user(&["Analyst"]), tenant.user(&["Viewer"]));
    let (analyst, viewer) = (analyst.to_string(), viewer.to_string());
    for (path, token, status) in [
        (REPORTS, None, 401),
        (REPORTS, Some("nonsense"), 401),
        (REPORTS, Some(&*viewer), 403),
        (REPORTS, Some(&*analyst), 413),
        ("/api/v1/nowhere", None, 404),
        ("/health", None, 405),
        (MCP, None, 401),
        (MCP, Some(&*viewer), 413),
    ] {
        let (answered, body) = send_and_then_read(&service, path, token).await;
        assert_eq!(answered, status, "{path}: {body}");
        let problem: serde_json::Value = serde_json::from_str(&body).expect("the body is whole");
        assert!(!problem["correlation_id"].is_null(), "{path}: {body}");
    }
}

#[tokio::test]
async fn a_429_reaches_a_client_that_sends_all_before_it_reads() {
    let tenant = Tenant::start().await;
    let program = Service::program_for(&tenant).with_rate(1, 1);
    let service = Service::start_ready(program).await;
    for path in [REPORTS, MCP] {
        let viewer = tenant.user(&["Viewer"]).to_string();
        let mut statuses = Vec::new();
        while statuses.last() != Some(&429) && statuses.len() < 20 {
            let (status, body) = send_and_then_read(&service, path, Some(&viewer)).await;
            assert!(
                serde_json::from_str::<serde_json::Value>(&body).is_ok(),
                "{path}: {body}"
            );
            statuses.push(status);
        }
        assert_eq!(statuses.last(), Some(&429), "{path}: {statuses:?}");
    }
}

/// The body that the server has asked for with 100 (Continue) is on its way, whatever the answer to its beginning is.
#[tokio::test]
async fn a_refusal_after_100_continue_reaches_the_client() {
    let tenant = Tenant::start().await;
    let program = Service::program_for(&tenant)
        .set("APP_SERVER__BODY_LIMIT", "2KiB")
        .set("APP_RATE_LIMIT__ENABLED", "false");
    let service = Service::start_ready(program).await;
    let analyst = tenant.user(&["Analyst"]).to_string();
    for path in [REPORTS, MCP] {
        let connected = TcpStream::connect(service.address()).await;
        let mut stream = connected.expect("the server accepts");
        let head = head_of_any(&service, path, Some(&analyst))
            + "transfer-encoding: chunked\r\nexpect: 100-continue\r\nconnection: close\r\n\r\n";
        let exchange = async {
            stream.write_all(head.as_bytes()).await?;
            let mut asked = [0; b"HTTP/1.1 100 Continue\r\n\r\n".len()];
            stream.read_exact(&mut asked).await?;
            stream
                .write_all(format!("{BODY_BYTES:x}\r\n").as_bytes())
                .await?;
            stream.write_all(&vec![b' '; BODY_BYTES]).await?;
            stream.write_all(b"\r\n0\r\n\r\n").await?;
            let mut answer = String::new();
            stream.read_to_string(&mut answer).await?;
            Ok::<_, std::io::Error>((asked, answer))
        };
        let exchanged = within("the whole answer", exchange).await;
        let (asked, answer) = exchanged.unwrap_or_else(|error| panic!("{path}: {error}"));
        assert!(asked.starts_with(b"HTTP/1.1 100"), "{path}: {asked:?}");
        assert!(answer.starts_with("HTTP/1.1 413"), "{path}: {answer}");
        assert!(answer.contains("correlation_id"), "{path}: {answer}");
    }
}

#[tokio::test]
async fn a_body_that_is_announced_over_the_limit_is_refused_before_it_is_sent() {
    let tenant = Tenant::start().await;
    let program = Service::program_for(&tenant).set("APP_SERVER__BODY_LIMIT", "2KiB");
    let service = Service::start_ready(program).await;
    let analyst = tenant.user(&["Analyst"]).to_string();
    for path in [REPORTS, MCP] {
        for more in ["", "expect: 100-continue\r\n"] {
            let connected = TcpStream::connect(service.address()).await;
            let mut stream = connected.expect("the server accepts");
            let head = head(&service, path, Some(&analyst), 2049) + more + "\r\n";
            let exchange = async {
                stream.write_all(head.as_bytes()).await?;
                read_problem(&mut stream).await
            };
            let answer = within("an answer before the body", exchange).await;
            let answer = answer.unwrap_or_else(|error| panic!("{path}: {error}"));
            assert!(answer.starts_with("HTTP/1.1 413"), "{path}: {answer}");
        }
    }
}

/// The answer is there before the body is (duty 13), and the connection outlives it.
#[tokio::test]
async fn a_client_may_send_the_body_of_a_refused_request_and_go_on() {
    const BODY: usize = 100_000;
    let tenant = Tenant::start().await;
    // A clock of heads that ran while the body comes would end the connection.
    let program = Service::program_for(&tenant).set("APP_SERVER__HEADER_TIMEOUT", "300ms");
    let service = Service::start_ready(program).await;
    for path in [REPORTS, MCP] {
        let connected = TcpStream::connect(service.address()).await;
        let mut stream = connected.expect("the server accepts");
        for request in 0..3 {
            let head = head(&service, path, None, BODY) + "\r\n";
            let exchange = async {
                stream.write_all(head.as_bytes()).await?;
                let answer = read_problem(&mut stream).await?;
                stream.write_all(&[b' '; BODY]).await?;
                Ok::<_, std::io::Error>(answer)
            };
            let answer = within("an exchange", exchange).await;
            let answer = answer.unwrap_or_else(|error| panic!("{path}, {request}: {error}"));
            assert!(answer.starts_with("HTTP/1.1 401"), "{path}: {answer}");
        }
        // Longer than a head may take: the connection is idle now, and nobody's head is late.
        let idle = std::time::Duration::from_millis(600);
        let early = tokio::time::timeout(idle, stream.read_u8()).await;
        assert!(early.is_err(), "{path}: {early:?}");
    }
}

/// Reads one answer whose body ends with a brace.
async fn read_problem(stream: &mut TcpStream) -> std::io::Result<String> {
    let mut text = String::new();
    while !text.contains("\r\n\r\n{") || !text.ends_with('}') {
        let mut piece = [0; 4096];
        match stream.read(&mut piece).await? {
            0 => return Err(std::io::ErrorKind::UnexpectedEof.into()),
            length => text.push_str(&String::from_utf8_lossy(&piece[..length])),
        }
    }
    Ok(text)
}
