//! What a message costs, and what a caller is told who has nothing left.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::time::{Duration, Instant};

use axum::body::Body;
use http::Request;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tower::ServiceExt;

use super::desk::{Answer, Desk, STEPS, read};
use super::settings::config;
use crate::server::ClientAddress;
use crate::telemetry::Captured;

/// A bucket that fills by one a second.
async fn desk(burst: u32) -> Desk {
    let mut config = config();
    config.rate_limit.enabled = true;
    config.rate_limit.per_second = NonZeroU32::MIN;
    config.rate_limit.burst = NonZeroU32::new(burst).unwrap();
    Desk::start_with(config).await
}

fn left(answer: &Answer) -> u64 {
    let text = answer.headers["ratelimit"].to_str().unwrap();
    let rest = text.strip_prefix("\"caller\";r=").unwrap();
    rest.split(';').next().unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_message_costs_one_token_whatever_it_asks_for() {
    let desk = desk(1_000).await;
    let begun = Instant::now();
    let first = left(&desk.send("viewer", "ping", json!({})).await);
    let mut last = first;
    let mut sent = 0;
    let id = json!({"id": "a"});
    for (method, params) in [
        ("ping", json!({})),
        ("initialize", json!({})),
        ("tools/list", json!({})),
        ("tools/list", json!({"cursor": "x"})),
        ("no/such/method", json!({})),
        ("tools/call", json!({"name": "no_such_tool"})),
        (
            "tools/call",
            json!({"name": "delete_note", "arguments": id}),
        ),
        ("tools/call", json!({"name": "get_note", "arguments": {}})),
        ("tools/call", json!({"name": "get_note", "arguments": id})),
        ("tools/call", json!({"name": "open_house", "arguments": {}})),
        ("tools/call", json!({"name": "who_am_i", "arguments": {}})),
    ] {
        last = left(&desk.send("viewer", method, params).await);
        sent += 1;
    }
    for body in ["", "{", "[]", "null", r#"{"id":1,"id":2}"#] {
        last = left(&read(desk.post("viewer").body(body)).await);
        sent += 1;
    }
    let refilled = begun.elapsed().as_secs() + 1;
    assert!(first - last <= sent, "{} for {sent}", first - last);
    assert!(
        first - last + refilled >= sent,
        "{} for {sent}",
        first - last
    );
}

#[tokio::test]
async fn operations_over_rest_and_messages_share_one_bucket() {
    let desk = desk(1_000).await;
    let over_mcp = left(&desk.call("viewer", "get_note", json!({"id": "a"})).await);
    let over_rest = read(desk.get("viewer", "/api/v1/notes/a")).await;
    // One token may have come back between the two.
    assert!([over_mcp - 1, over_mcp].contains(&left(&over_rest)));
}

#[tokio::test]
async fn who_has_nothing_left_is_answered_429_in_the_terms_of_the_protocol() {
    let desk = desk(1).await;
    desk.send("viewer", "tools/list", json!({})).await;
    let list = json!({"jsonrpc": "2.0", "id": 7, "method": "tools/list"}).to_string();
    // Who has nothing left does not get as much read as others do.
    let large = json!({"jsonrpc": "2.0", "id": 8, "method": "x".repeat(8 * 1024)}).to_string();
    for (body, id) in [
        (list.as_str(), json!(7)),
        (r#"{"jsonrpc":"2.0","id":"x","method":"ping"}"#, json!("x")),
        (
            r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#,
            Value::Null,
        ),
        ("nonsense", Value::Null),
        // What is no message has no id.
        (r#"["x"]"#, Value::Null),
        (r#"{"id":1,"a":1,"a":2}"#, Value::Null),
        (large.as_str(), Value::Null),
    ] {
        let mut answer = read(desk.post("viewer").body(body.to_owned())).await;
        // A second may have passed, and brought a token.
        while answer.status != 429 {
            answer = read(desk.post("viewer").body(body.to_owned())).await;
        }
        assert_eq!(answer.headers["content-type"], "application/json");
        assert_eq!(left(&answer), 0);
        let wait = answer.headers["retry-after"].to_str().unwrap();
        assert!(["1", "2"].contains(&wait), "{wait}");
        assert_eq!(answer.body["jsonrpc"], "2.0", "{answer:?}");
        assert_eq!(answer.body["id"], id, "{answer:?}");
        assert_eq!(answer.body["error"]["code"], -32029, "{answer:?}");
    }
}

#[tokio::test]
async fn who_has_nothing_left_is_not_waited_for() {
    let mut config = config();
    config.rate_limit.enabled = true;
    config.rate_limit.per_second = NonZeroU32::MIN;
    config.rate_limit.burst = NonZeroU32::MIN;
    config.server.request_timeout = Duration::from_secs(600);
    let desk = Desk::start_with(config).await;
    let captured = Captured::start();
    let mut answers = Vec::new();
    // A second may pass between the two, and bring a token, with which a slow body is waited for.
    while !answers.iter().any(|answer| answer == "HTTP/1.1 429") && answers.len() < 5 {
        while desk.send("viewer", "ping", json!({})).await.status != 429 {}
        let answer = tokio::time::timeout(Duration::from_secs(5), begin_a_body(&desk)).await;
        answers.push(answer.unwrap_or_else(|_| "none".to_owned()));
    }
    assert_eq!(answers.last().unwrap(), "HTTP/1.1 429", "{answers:?}");
    let events = captured.events();
    let mut unread = events
        .iter()
        .filter(|event| event["message"] == "message not read");
    let record = unread.next().expect("it may be a call, and is on record");
    assert!(record["duration_us"].as_u64().unwrap() > 0, "{record}");
    assert!(unread.next().is_none(), "{events:?}");
}

/// Sends the first byte of a body and no more; gives the beginning of the answer.
async fn begin_a_body(desk: &Desk) -> String {
    let mut stream = TcpStream::connect(desk.address).await.unwrap();
    let head = format!(
        "POST /api/v1/mcp HTTP/1.1\r\nhost: {}\r\nx-test-caller: viewer\r\ncontent-type: application/json\r\n\
         accept: application/json, text/event-stream\r\ncontent-length: 100\r\n\r\n{{",
        desk.address
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = [0; "HTTP/1.1 429".len()];
    stream.read_exact(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn no_more_calls_of_one_caller_wait_than_configured() {
    let mut config = config();
    // Open work is bounded also where rates are not.
    config.rate_limit.enabled = false;
    config.rate_limit.waiting_per_caller = NonZeroU32::MIN;
    let desk = Desk::start_with(config).await;
    let id = json!({"id": "a"});
    desk.jobs.allow(1);
    let second = async {
        // The first one waits once its work has begun.
        while desk.jobs.done() < 1 {
            tokio::task::yield_now().await;
        }
        let captured = Captured::start();
        let refused = desk.call("viewer", "begin_job", id.clone()).await;
        assert_eq!(refused.status, 429, "{refused:?}");
        let events = captured.events();
        let record = events.iter().find(|event| event["message"] == "tool call");
        let record = record.expect("a refused call is on record");
        let found = ["tool", "decision", "outcome"].map(|field| record[field].as_str().unwrap());
        assert_eq!(found, ["begin_job", "allowed", "error"], "{record}");
        let metrics = desk.telemetry.render();
        assert!(
            metrics
                .lines()
                .any(|line| line.starts_with("portcullis_rate_limited_total{")
                    && line.contains("limit=\"waiting\"")
                    && line.contains("http_route=\"/api/v1/mcp\"")
                    && line.ends_with(" 1")),
            "{metrics}"
        );
        assert_eq!(refused.body["id"], 7, "{refused:?}");
        assert_eq!(refused.body["error"]["code"], -32029, "{refused:?}");
        assert!(refused.headers.contains_key("retry-after"), "{refused:?}");
        // What does not wait is not meant.
        let answer = desk.call("viewer", "get_note", id.clone()).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        desk.jobs.allow(STEPS - 1);
    };
    let (first, ()) = tokio::join!(desk.call("viewer", "begin_job", id.clone()), second);
    assert_eq!(first.body["result"]["isError"], false, "{first:?}");
    desk.jobs.allow(2 * STEPS);
    let again = async {
        // The place is free a moment after the answer.
        while desk.call("viewer", "begin_job", id.clone()).await.status == 429 {}
    };
    let freed = tokio::time::timeout(Duration::from_secs(60), again).await;
    freed.expect("the place comes back");
}

#[tokio::test]
async fn a_result_over_the_limit_is_an_error_that_says_so() {
    let mut config = config();
    config.mcp.result_limit_bytes = 1024;
    let desk = Desk::start_with(config).await;
    let call = async |length| {
        let id = json!({"id": "x".repeat(length)});
        let answer = desk.call("viewer", "get_note", id).await;
        answer.body["result"].clone()
    };
    assert_eq!(call(900).await["isError"], false);
    let over = call(1100).await;
    assert_eq!(over["isError"], true);
    assert_eq!(over["structuredContent"]["code"], "result_too_large");
    let detail = over["structuredContent"]["detail"].as_str().unwrap();
    assert!(detail.contains("1024 bytes"), "{detail}");
}

/// Those at the root are not: `limits::address` of the suite asks `/health`.
#[tokio::test]
async fn public_operations_are_limited_by_address() {
    let desk = desk(1).await;
    let ask = async || {
        let mut request = Request::get("/api/v1/open").body(Body::empty()).unwrap();
        let peer = SocketAddr::from(([127, 0, 0, 1], 4711));
        let address = ClientAddress::of(peer, request.headers(), 0);
        request.extensions_mut().insert(address);
        desk.operations.clone().oneshot(request).await.unwrap()
    };
    let first = ask().await;
    assert_eq!(first.status(), 200);
    assert!(
        first.headers()["ratelimit"]
            .to_str()
            .unwrap()
            .starts_with("\"address\";r=")
    );
    let mut refused = ask().await;
    // A second may have passed, and brought a token.
    for _ in 0..100 {
        if refused.status() == 429 {
            break;
        }
        refused = ask().await;
    }
    assert_eq!(refused.status(), 429);
    assert!(refused.headers().contains_key("retry-after"));
}
