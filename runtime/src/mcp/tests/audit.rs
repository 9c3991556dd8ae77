//! Each call leaves one line, which says enough and no argument.

use std::collections::BTreeSet;
use std::num::NonZeroU32;

use serde_json::{Value, json};

use super::desk::{Desk, read};
use super::settings::config;
use crate::telemetry::Captured;

fn records(captured: Captured) -> Vec<Value> {
    let events = captured.events().into_iter();
    events
        .filter(|event| event["message"] == "tool call")
        .collect()
}

#[tokio::test]
async fn each_call_leaves_one_record_with_its_decision_and_its_end() {
    let desk = Desk::start().await;
    let secret = json!({"id": "a-secret-name"});
    for (caller, tool, arguments, expected) in [
        (
            "viewer",
            "get_note",
            secret.clone(),
            ["get_note", "allowed", "success"],
        ),
        (
            "viewer",
            "get_note",
            json!({}),
            ["get_note", "allowed", "error"],
        ),
        (
            "viewer",
            "delete_note",
            secret.clone(),
            ["delete_note", "denied", "refused"],
        ),
        (
            "viewer without scope",
            "get_note",
            secret.clone(),
            ["get_note", "denied", "refused"],
        ),
        (
            "viewer",
            "a-secret-name",
            secret.clone(),
            ["", "none", "unknown"],
        ),
    ] {
        let captured = Captured::start();
        desk.call(caller, tool, arguments).await;
        let records = records(captured);
        assert_eq!(records.len(), 1, "{tool}: {records:?}");
        let record = &records[0];
        let found = ["tool", "decision", "outcome"].map(|field| record[field].as_str().unwrap());
        assert_eq!(found, expected, "{record}");
        assert_eq!(record["oid"], "00000000-0000-0000-0000-000000000002");
        assert!(record["duration_us"].is_u64(), "{record}");
        assert_eq!(record["arguments_hmac"].as_str().unwrap().len(), 64);
        assert!(!record.to_string().contains("secret"), "{record}");
    }
}

#[tokio::test]
async fn equal_arguments_are_seen_to_be_equal() {
    let desk = Desk::start().await;
    let captured = Captured::start();
    for id in ["a", "b", "a"] {
        desk.call("viewer", "get_note", json!({ "id": id })).await;
    }
    let records = records(captured);
    let hashes: Vec<_> = records
        .iter()
        .map(|record| &record["arguments_hmac"])
        .collect();
    assert_eq!(hashes[0], hashes[2]);
    assert_ne!(hashes[0], hashes[1]);
}

#[tokio::test]
async fn parameters_that_fit_no_call_leave_a_record_too() {
    let desk = Desk::start().await;
    let captured = Captured::start();
    desk.send("viewer", "tools/call", json!({"name": 5})).await;
    let records = records(captured);
    assert_eq!(records.len(), 1, "{records:?}");
    assert_eq!(records[0]["outcome"], "error");
}

/// The counts of decisions about callers.
fn denials(desk: &Desk) -> Vec<String> {
    let metrics = desk.telemetry.render();
    let lines = metrics.lines();
    let counts = lines.filter(|line| line.starts_with("portcullis_authorizations_total{"));
    // That a caller may connect is decided about every message.
    let denials = counts.filter(|line| !line.contains("outcome=\"allowed\""));
    denials.map(str::to_owned).collect()
}

/// A desk whose callers have one message a second.
async fn slow_desk() -> Desk {
    let mut config = config();
    config.rate_limit.enabled = true;
    config.rate_limit.per_second = NonZeroU32::MIN;
    config.rate_limit.burst = NonZeroU32::MIN;
    Desk::start_with(config).await
}

/// What is written about a message that is answered 429. Nobody is denied anything, whatever it asks for.
async fn written_over_the_rate(desk: &Desk, caller: &str, message: &Value) -> Vec<Value> {
    // The bucket gets a token a second, so that one of a few messages finds it empty.
    for _ in 0..20 {
        let captured = Captured::start();
        let before = denials(desk);
        let answer = read(desk.post(caller).body(message.to_string())).await;
        let events = captured.events();
        if answer.status == 429 {
            assert_eq!(denials(desk), before, "{message}");
            return events;
        }
    }
    panic!("twenty messages exceed a burst of one");
}

fn message(method: &str, params: Value) -> Value {
    json!({"jsonrpc": "2.0", "id": 7, "method": method, "params": params})
}

#[tokio::test]
async fn a_call_over_the_rate_leaves_its_record_and_nothing_else() {
    let desk = slow_desk().await;
    let arguments = json!({"id": "a"});
    let mut hmacs = BTreeSet::new();
    for (name, expected) in [
        (json!("get_note"), ["get_note", "allowed", "error"]),
        (json!("delete_note"), ["delete_note", "denied", "error"]),
        (json!("no_such_tool"), ["", "none", "error"]),
        // What fits no call is on record below the rate too.
        (json!(5), ["", "none", "error"]),
    ] {
        let call = message("tools/call", json!({"name": name, "arguments": arguments}));
        let events = written_over_the_rate(&desk, "viewer", &call).await;
        let [record] = events.as_slice() else {
            panic!("{name}: {events:?}");
        };
        let found = ["tool", "decision", "outcome"].map(|field| record[field].as_str().unwrap());
        assert_eq!(found, expected, "{record}");
        assert_eq!(record["oid"], "00000000-0000-0000-0000-000000000002");
        hmacs.insert(record["arguments_hmac"].as_str().unwrap().to_owned());
    }
    assert_eq!(hmacs.len(), 1, "all have the same arguments");
}

#[tokio::test]
async fn a_list_over_the_rate_leaves_the_record_that_it_leaves_below_it() {
    let desk = slow_desk().await;
    let list = message("resources/list", json!({"cursor": "get_report:"}));
    let events = written_over_the_rate(&desk, "viewer", &list).await;
    let [record] = events.as_slice() else {
        panic!("{events:?}");
    };
    assert_eq!(record["message"], "resource list");
    let found = ["resource", "decision", "outcome"].map(|field| record[field].as_str().unwrap());
    assert_eq!(found, ["desk://reports/{id}", "allowed", "error"]);
    assert_eq!(record["arguments_hmac"].as_str().unwrap().len(), 64);
    // These ask no operation, and have none below the rate either.
    for (caller, list) in [
        ("application", message("resources/list", json!({}))),
        ("viewer", message("resources/list", json!({"cursor": "x:"}))),
        ("viewer", message("resources/templates/list", json!({}))),
        ("viewer", message("tools/list", json!({}))),
        ("viewer", message("prompts/list", json!({}))),
        ("viewer", message("ping", json!({}))),
    ] {
        let events = written_over_the_rate(&desk, caller, &list).await;
        assert!(events.is_empty(), "{list}: {events:?}");
    }
}

fn completion(reference: &Value) -> Value {
    json!({"ref": reference, "argument": {"name": "id", "value": "a-secret-name"}})
}

/// References, and how the record of completing something of them begins.
fn completed() -> [(Value, [&'static str; 3]); 4] {
    let template = |uri: &str| json!({"type": "ref/resource", "uri": uri});
    [
        (
            template("desk://reports/{id}"),
            ["resource", "desk://reports/{id}", "allowed"],
        ),
        (
            template("desk://a-secret-name/{id}"),
            ["resource", "", "none"],
        ),
        (
            json!({"type": "ref/prompt", "name": "a-secret-name"}),
            ["prompt", "", "none"],
        ),
        (json!({"type": "ref/tool"}), ["prompt", "", "none"]),
    ]
}

#[tokio::test]
async fn a_completion_leaves_one_record_too() {
    let desk = Desk::start().await;
    for (reference, [field, name, decision]) in completed() {
        let captured = Captured::start();
        let params = completion(&reference);
        desk.send("viewer", "completion/complete", params).await;
        let events = captured.events().into_iter();
        let records: Vec<_> = events.filter(|it| it["message"] == "completion").collect();
        let [record] = records.as_slice() else {
            panic!("{reference}: {records:?}");
        };
        assert_eq!(record[field], name, "{record}");
        assert_eq!(record["decision"], decision, "{record}");
        assert_eq!(record["arguments_hmac"].as_str().unwrap().len(), 64);
        assert!(!record.to_string().contains("secret"), "{record}");
    }
}

#[tokio::test]
async fn a_completion_over_the_rate_leaves_its_record_and_nothing_else() {
    let desk = slow_desk().await;
    for (reference, [field, name, decision]) in completed() {
        let completion = message("completion/complete", completion(&reference));
        let events = written_over_the_rate(&desk, "viewer", &completion).await;
        let [record] = events.as_slice() else {
            panic!("{reference}: {events:?}");
        };
        assert_eq!(record["message"], "completion", "{record}");
        assert_eq!(record[field], name, "{record}");
        assert_eq!(record["decision"], decision, "{record}");
        assert_eq!(record["outcome"], "error", "{record}");
    }
}

#[tokio::test]
async fn a_message_over_the_rate_that_is_too_large_to_read_leaves_one_bounded_record() {
    let desk = slow_desk().await;
    for length in [9_000, 90_000] {
        let arguments = json!({"id": "a-secret-name".repeat(length)});
        let call = message(
            "tools/call",
            json!({"name": "get_note", "arguments": arguments}),
        );
        let events = written_over_the_rate(&desk, "viewer", &call).await;
        let [record] = events.as_slice() else {
            panic!("{events:?}");
        };
        assert_eq!(record["message"], "message not read");
        let found = ["decision", "outcome", "oid"].map(|field| record[field].as_str().unwrap());
        let oid = "00000000-0000-0000-0000-000000000002";
        assert_eq!(found, ["none", "error", oid], "{record}");
        assert!(record["duration_us"].is_u64(), "{record}");
        assert!(record["arguments_hmac"].is_null(), "{record}");
        assert!(record.to_string().len() < 1_000, "{record}");
        assert!(!record.to_string().contains("secret"), "{record}");
    }
}
