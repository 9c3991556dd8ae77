use std::sync::Arc;
use std::sync::atomic::Ordering;

use portcullis_api_spec::LONGEST_PATH_AND_QUERY_BYTES;
use serde_json::{Value, json};

use super::desk::{Answer, Desk, read};
use super::settings::config;
use crate::telemetry::Captured;
use crate::until::until;

fn texts(answer: &Answer) -> Vec<&str> {
    let blocks = answer.body["result"]["content"].as_array().unwrap();
    blocks
        .iter()
        .map(|block| block["text"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn a_result_is_the_rest_answer_repeated_as_text() {
    let desk = Desk::start().await;
    let over_rest = read(desk.get("viewer", "/api/v1/notes/a")).await;
    let answer = desk.call("viewer", "get_note", json!({"id": "a"})).await;
    let result = &answer.body["result"];
    assert_eq!(result["structuredContent"], over_rest.body);
    assert_eq!(result["isError"], false);
    assert_eq!(
        serde_json::from_str::<Value>(texts(&answer)[0]).unwrap(),
        over_rest.body
    );
}

#[tokio::test]
async fn headers_that_belong_to_the_answer_are_told() {
    let desk = Desk::start().await;
    let answer = desk.call("viewer", "get_note", json!({"id": "a"})).await;
    assert_eq!(texts(&answer)[1], "etag: \"3\"");
}

#[tokio::test]
async fn a_list_is_wrapped_as_its_schema_says() {
    let desk = Desk::start().await;
    let answer = desk.call("viewer", "list_notes", json!({"limit": 1})).await;
    assert_eq!(
        answer.body["result"]["structuredContent"],
        json!({"result": ["note 0"]})
    );
    let list = desk.send("viewer", "tools/list", json!({})).await;
    let tools = list.body["result"]["tools"].as_array().unwrap();
    let tool = tools
        .iter()
        .find(|tool| tool["name"] == "list_notes")
        .unwrap();
    assert_eq!(
        tool["outputSchema"]["properties"]["result"]["type"],
        "array"
    );
}

#[tokio::test]
async fn an_answer_without_a_body_has_no_structured_content() {
    let desk = Desk::start().await;
    let answer = desk
        .call("analyst", "delete_note", json!({"id": "a"}))
        .await;
    assert_eq!(answer.body["result"]["structuredContent"], Value::Null);
    assert_eq!(answer.body["result"]["isError"], false);
    assert_eq!(texts(&answer)[0], "204 No Content");
}

#[tokio::test]
async fn body_header_and_path_arguments_reach_the_handler() {
    let desk = Desk::start().await;
    let note = json!({"id": "a", "text": "new", "stars": 5, "If-Match": "\"3\""});
    let answer = desk.call("analyst", "put_note", note).await;
    assert_eq!(
        answer.body["result"]["structuredContent"],
        json!({"text": "new", "stars": 5}),
        "{answer:?}"
    );
}

#[tokio::test]
async fn a_problem_comes_back_as_an_error_result() {
    let desk = Desk::start().await;
    let note = json!({"id": "a", "text": "new", "If-Match": "\"2\""});
    let answer = desk.call("analyst", "put_note", note).await;
    let result = &answer.body["result"];
    assert_eq!(answer.status, 200);
    assert_eq!(result["isError"], true);
    assert_eq!(result["structuredContent"]["code"], "precondition_failed");
    assert_eq!(result["structuredContent"]["status"], 412);
}

#[tokio::test]
async fn the_version_of_a_tool_is_what_the_header_is() {
    let desk = Desk::start().await;
    for (if_match, code) in [
        ("\"3\"", None),
        ("\"2\", \"3\"", None),
        ("W/\"3\"", Some("precondition_failed")),
        ("3", Some("invalid_arguments")),
        ("*", Some("invalid_arguments")),
    ] {
        let note = json!({"id": "a", "text": "new", "stars": 5, "If-Match": if_match});
        let answer = desk.call("analyst", "put_note", note).await;
        let said = answer.body["result"]["structuredContent"]["code"].as_str();
        assert_eq!(said, code, "{if_match}: {answer:?}");
    }
}

#[tokio::test]
async fn wrong_arguments_come_back_with_every_fault() {
    let desk = Desk::start().await;
    let answer = desk
        .call(
            "analyst",
            "put_note",
            json!({"id": 7, "txet": "x", "stars": "five"}),
        )
        .await;
    let result = &answer.body["result"];
    assert_eq!(result["isError"], true);
    assert_eq!(result["structuredContent"]["code"], "invalid_arguments");
    let errors = result["structuredContent"]["errors"].as_array().unwrap();
    let pointers: Vec<&str> = errors
        .iter()
        .map(|error| error["pointer"].as_str().unwrap())
        .collect();
    assert_eq!(pointers, ["/If-Match", "/text", "/id", "/txet", "/stars"]);
}

#[tokio::test]
async fn a_bound_of_the_schema_is_checked_before_the_call() {
    let desk = Desk::start().await;
    let answer = desk
        .call("viewer", "list_notes", json!({"limit": 11}))
        .await;
    assert_eq!(
        answer.body["result"]["structuredContent"]["code"],
        "invalid_arguments"
    );
}

#[tokio::test]
async fn a_path_argument_cannot_reach_another_route() {
    let desk = Desk::start().await;
    for id in ["../secret", "..%2Fsecret", "a/../../secret", "a?limit=1"] {
        let answer = desk.call("viewer", "get_note", json!({"id": id})).await;
        assert_eq!(
            answer.body["result"]["structuredContent"]["text"], id,
            "{id}"
        );
    }
    let answer = desk.call("viewer", "get_note", json!({"id": ".."})).await;
    assert_eq!(
        answer.body["result"]["structuredContent"]["code"],
        "invalid_arguments"
    );
}

#[tokio::test]
async fn arguments_longer_than_a_request_are_refused_and_are_no_fault_of_ours() {
    let mut config = config();
    config.server.body_limit_bytes = 1024 * 1024;
    let desk = Desk::start_with(config).await;
    let route_bytes = "/api/v1/notes/".len();
    let longest = "x".repeat(LONGEST_PATH_AND_QUERY_BYTES - route_bytes);
    let answer = desk
        .call("viewer", "get_note", json!({"id": longest}))
        .await;
    assert_eq!(answer.body["result"]["isError"], false);
    // Each letter takes six bytes of a path.
    for id in [format!("{longest}x"), "\u{fc}".repeat(22_000)] {
        let answer = desk.call("viewer", "get_note", json!({"id": id})).await;
        let problem = &answer.body["result"]["structuredContent"];
        assert_eq!(problem["code"], "invalid_arguments", "{problem}");
        let detail = problem["errors"][0]["detail"].as_str().unwrap();
        assert!(detail.contains("at most 65534"), "{problem}");
    }
}

#[tokio::test]
async fn no_credential_is_passed_on_and_the_trace_is() {
    let desk = Desk::start().await;
    let body =
        json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "who_am_i"}});
    let request = desk
        .post("viewer")
        .header("authorization", "Bearer secret")
        .header("cookie", "session=1")
        .body(body.to_string());
    let answer = read(request).await;
    let content = &answer.body["result"]["structuredContent"];
    assert_eq!(content["headers"], json!(["accept", "traceparent"]));
    assert_eq!(content["object_id"], "00000000-0000-0000-0000-000000000002");
    let answer = desk
        .send_modern("viewer", "tools/call", json!({"name": "who_am_i"}))
        .await;
    let traceparent = &answer.body["result"]["structuredContent"]["traceparent"];
    assert!(
        traceparent.as_str().unwrap().starts_with("00-0af7651916cd"),
        "{answer:?}"
    );
}

#[tokio::test]
async fn a_client_that_goes_away_ends_the_call() {
    let desk = Arc::new(Desk::start().await);
    // Without a progress token a plain call, with one a call of the transport.
    for (meta, calls) in [(json!({}), 1), (json!({"progressToken": 1}), 2)] {
        let captured = Captured::start();
        let client = Arc::clone(&desk);
        let params = json!({"name": "wait", "arguments": {}, "_meta": meta});
        let call = tokio::spawn(async move { client.send("viewer", "tools/call", params).await });
        until("the calls begin", || {
            desk.waiting.begun.load(Ordering::SeqCst) == calls
        })
        .await;
        call.abort();
        until("the calls end", || {
            desk.waiting.ended.load(Ordering::SeqCst) == calls
        })
        .await;
        let cancelled =
            |event: &&Value| event["message"] == "tool call" && event["outcome"] == "cancelled";
        assert_eq!(captured.events().iter().filter(cancelled).count(), 1);
    }
}
