//! Each call leaves one line, which says enough and no argument.

use std::num::NonZeroU32;

use serde_json::{Value, json};

use super::desk::Desk;
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

#[tokio::test]
async fn a_call_over_the_rate_leaves_its_record_and_nothing_else() {
    let mut config = config();
    config.rate_limit.enabled = true;
    config.rate_limit.per_second = NonZeroU32::MIN;
    config.rate_limit.burst = NonZeroU32::MIN;
    let desk = Desk::start_with(config).await;
    for (tool, expected) in [
        ("get_note", ["get_note", "allowed", "error"]),
        ("delete_note", ["delete_note", "denied", "error"]),
        ("no_such_tool", ["", "none", "error"]),
    ] {
        let mut limited = None;
        // The bucket gets a token a second, so that one of a few calls finds it empty.
        for _ in 0..20 {
            let captured = Captured::start();
            let before = denials(&desk);
            let answer = desk.call("viewer", tool, json!({"id": "a"})).await;
            let mut events = captured.events();
            if answer.status == 429 {
                // Nothing else is written or counted, whatever it names.
                assert_eq!(events.len(), 1, "{tool}: {events:?}");
                assert_eq!(denials(&desk), before, "{tool}");
                limited = events.pop();
                break;
            }
        }
        let record = limited.expect("twenty calls exceed a burst of one");
        let found = ["tool", "decision", "outcome"].map(|field| record[field].as_str().unwrap());
        assert_eq!(found, expected, "{record}");
        assert_eq!(record["oid"], "00000000-0000-0000-0000-000000000002");
    }
}
