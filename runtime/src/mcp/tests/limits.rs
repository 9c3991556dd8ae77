//! What a message costs, and what a caller is told who has nothing left.

use std::num::NonZeroU32;
use std::time::Instant;

use serde_json::{Value, json};

use super::desk::{Answer, Desk, read};
use super::settings::config;

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
    for (body, id) in [
        (list.as_str(), json!(7)),
        (r#"{"jsonrpc":"2.0","id":"x","method":"ping"}"#, json!("x")),
        (
            r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#,
            Value::Null,
        ),
        ("nonsense", Value::Null),
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
