//! What one connection may take: idle time, slow bodies, and how many there are.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use crate::harness::{Service, Tenant, eventually, within};

const HEALTH: &[u8] = b"GET /health HTTP/1.1\r\nhost: localhost\r\n\r\n";

/// Reads one answer whose body ends with a brace.
async fn read_answer(stream: &mut TcpStream) -> String {
    let mut text = String::new();
    while !text.contains("\r\n\r\n{") || !text.ends_with('}') {
        let mut piece = [0; 4096];
        let read = within("an answer", stream.read(&mut piece)).await;
        let length = read.expect("the connection stands");
        assert!(length > 0, "the connection ended after {text:?}");
        text.push_str(&String::from_utf8_lossy(&piece[..length]));
    }
    text
}

/// Reads until the server closes; gives what came before that.
async fn read_rest(stream: &mut TcpStream) -> String {
    let mut rest = Vec::new();
    let _ = within("the end of the connection", stream.read_to_end(&mut rest)).await;
    String::from_utf8_lossy(&rest).into_owned()
}

#[tokio::test]
async fn an_idle_connection_outlives_the_time_of_a_head_and_is_closed_in_the_end() {
    let tenant = Tenant::start().await;
    let program = Service::program_for(&tenant)
        .set("APP_SERVER__HEADER_TIMEOUT", "200ms")
        .set("APP_SERVER__IDLE_TIMEOUT", "2s");
    let service = Service::start_ready(program).await;
    let mut stream = TcpStream::connect(service.address()).await.unwrap();
    stream.write_all(HEALTH).await.unwrap();
    assert!(read_answer(&mut stream).await.starts_with("HTTP/1.1 200"));
    let idle_since = Instant::now();
    assert_eq!(read_rest(&mut stream).await, "");
    let idle = idle_since.elapsed();
    // A little less than two seconds: the clock starts with the answer's last byte.
    assert!(idle > Duration::from_millis(1500), "{idle:?}");
    let mut silent = TcpStream::connect(service.address()).await.unwrap();
    let silent_since = Instant::now();
    assert_eq!(read_rest(&mut silent).await, "");
    assert!(silent_since.elapsed() >= Duration::from_millis(150));
}

#[tokio::test]
async fn a_body_that_does_not_come_in_time_is_answered_and_the_connection_ends() {
    let tenant = Tenant::start().await;
    let program = Service::program_for(&tenant).set("APP_SERVER__REQUEST_TIMEOUT", "500ms");
    let service = Service::start_ready(program).await;
    let analyst = tenant.user(&["Analyst"]);
    for (path, status, code) in [
        ("/api/v1/reports", "504", "request_timeout"),
        ("/api/v1/mcp", "408", "request_timeout"),
    ] {
        let mut stream = TcpStream::connect(service.address()).await.unwrap();
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {analyst}\r\n\
             accept: application/json, text/event-stream\r\n\
             content-type: application/json\r\ncontent-length: 1000\r\n\r\n{{",
            service.address()
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        let answer = read_rest(&mut stream).await;
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status}")),
            "{path}: {answer}"
        );
        assert!(answer.contains(code), "{path}: {answer}");
    }
}

#[tokio::test]
async fn no_more_connections_are_served_at_once_than_configured() {
    let tenant = Tenant::start().await;
    // One more for the client that waits for readiness: it asks the management listener, with bounds of its own.
    let program = Service::program_for(&tenant).set("APP_SERVER__MAX_CONNECTIONS", "2");
    let service = Service::start_ready(program).await;
    let mut held = Vec::new();
    for _ in 0..2 {
        let mut stream = TcpStream::connect(service.address()).await.unwrap();
        stream.write_all(HEALTH).await.unwrap();
        read_answer(&mut stream).await;
        held.push(stream);
    }
    let mut waiting = TcpStream::connect(service.address()).await.unwrap();
    waiting.write_all(HEALTH).await.unwrap();
    let early = tokio::time::timeout(Duration::from_millis(500), waiting.readable()).await;
    assert!(early.is_err(), "a third connection is served beside two");
    drop(held.pop());
    assert!(read_answer(&mut waiting).await.starts_with("HTTP/1.1 200"));
}

/// Connects from one of this machine's own addresses.
async fn connect_from(address: [u8; 4], service: &Service) -> TcpStream {
    let socket = TcpSocket::new_v4().expect("a socket can be made");
    let bound = socket.bind(SocketAddr::from((address, 0)));
    bound.expect("all of 127.0.0.0/8 is this machine's");
    let server = service.address().parse().expect("the log has an address");
    let connected = within("a connection", socket.connect(server)).await;
    connected.expect("the server accepts")
}

/// Holds a connection open that has been answered.
async fn hold_from(address: [u8; 4], service: &Service) -> TcpStream {
    let mut stream = connect_from(address, service).await;
    let sent = stream.write_all(HEALTH).await;
    sent.expect("the connection stands");
    read_answer(&mut stream).await;
    stream
}

#[tokio::test]
async fn one_address_cannot_hold_the_connections_of_all() {
    const GREEDY: [u8; 4] = [127, 0, 0, 1];
    const OTHER: [u8; 4] = [127, 0, 0, 2];
    let tenant = Tenant::start().await;
    let program = Service::program_for(&tenant)
        .set("APP_SERVER__MAX_CONNECTIONS", "3")
        .set("APP_SERVER__MAX_CONNECTIONS_PER_ADDRESS", "2");
    let service = Service::start_ready(program).await;
    let mut held = vec![
        hold_from(GREEDY, &service).await,
        hold_from(GREEDY, &service).await,
    ];
    for _ in 0..3 {
        let mut refused = connect_from(GREEDY, &service).await;
        // The server may have closed it already.
        let _ = refused.write_all(HEALTH).await;
        assert_eq!(read_rest(&mut refused).await, "");
    }
    let told = service
        .log()
        .wait_for_event("about one address", |event| {
            let message = event["message"].as_str().unwrap_or_default();
            message.starts_with("too many connections from one address")
        })
        .await;
    assert_eq!(told["client_address"], "127.0.0.1");
    drop(hold_from(OTHER, &service).await);
    drop(held.pop());
    // The place is free as soon as the server has seen the end of the connection.
    eventually("a connection in the freed place", async || {
        let mut stream = connect_from(GREEDY, &service).await;
        let sent = stream.write_all(HEALTH).await;
        let mut first = [0; 12];
        let read = within("an answer or the end", stream.read_exact(&mut first)).await;
        (sent.is_ok() && read.is_ok() && &first == b"HTTP/1.1 200").then_some(())
    })
    .await;
}

#[tokio::test]
async fn too_few_open_files_are_mended_or_told_of_at_start() {
    const MESSAGE: &str = "server.max_connections is more than this process may hold";
    let tenant = Tenant::start().await;
    let told = |service: &Service| service.log().text().contains(MESSAGE);
    let limited = |soft, hard| {
        Service::program_for(&tenant)
            .set("APP_SERVER__MAX_CONNECTIONS", "600")
            .limit_open_files(soft, hard)
    };
    let service = Service::start_ready(limited(200, 1000)).await;
    assert!(!told(&service), "{}", service.log().text());
    assert_eq!(service.soft_limit_of_open_files(), 1000);
    let service = Service::start_ready(limited(200, 300)).await;
    assert!(told(&service), "{}", service.log().text());
    assert_eq!(service.soft_limit_of_open_files(), 300);
}
