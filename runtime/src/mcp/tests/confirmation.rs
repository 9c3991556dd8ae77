//! A destructive call on the wire: the question, the answer, and what the record says. What counts as an answer is
//! tabled beside the code (`mcp/confirmation/tests.rs`).

use serde_json::{Value, json};

use super::desk::{Answer, Desk, read};
use crate::telemetry::Captured;

/// One call of a client of 2026-07-28 that can do this.
async fn call(desk: &Desk, caller: &str, capabilities: Value, mut params: Value) -> Answer {
    params["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"},
        "io.modelcontextprotocol/clientCapabilities": capabilities,
    });
    let request = desk
        .post(caller)
        .header("mcp-protocol-version", "2026-07-28")
        .header("mcp-method", "tools/call")
        .header("mcp-name", params["name"].as_str().unwrap_or_default());
    let body = json!({"jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": params});
    read(request.body(body.to_string())).await
}

fn forms() -> Value {
    json!({"elicitation": {"form": {}}})
}

fn delete(id: &str) -> Value {
    json!({"name": "delete_note", "arguments": {"id": id}})
}

fn answered(question: &Answer, answer: Value) -> Value {
    let mut params = delete("a");
    params["inputResponses"] = json!({"confirm": answer});
    params["requestState"] = question.body["result"]["requestState"].clone();
    params
}

/// What the record of the one call in between says: how it was confirmed, and how it ended.
fn record(captured: Captured) -> [String; 3] {
    let events = captured.events();
    let mut records = events
        .iter()
        .filter(|event| event["message"] == "tool call");
    let record = records.next().expect("each call leaves a record");
    assert!(records.next().is_none(), "{events:?}");
    ["decision", "confirmation", "outcome"].map(|field| record[field].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn the_question_is_a_form_in_the_terms_of_the_protocol() {
    let desk = Desk::start().await;
    let captured = Captured::start();
    let question = call(&desk, "analyst", forms(), delete("a")).await;
    assert_eq!(record(captured), ["allowed", "asked", "asked"]);
    assert_eq!(question.status, 200, "{question:?}");
    let result = &question.body["result"];
    assert_eq!(result["resultType"], "input_required");
    assert_eq!(
        result["inputRequests"],
        json!({"confirm": {
            "method": "elicitation/create",
            "params": {
                "mode": "form",
                "message": "Do it: id = \"a\". This is the tool delete_note, and what it does may not be undone.",
                "requestedSchema": {
                    "type": "object",
                    "properties": {"ok": {"type": "boolean", "title": "Yes, do it", "default": false}},
                    "required": ["ok"],
                },
            },
        }})
    );
    let state = result["requestState"].as_str().unwrap();
    assert_eq!(state.len(), 54, "{state}");
    assert_eq!(
        result["_meta"]["io.modelcontextprotocol/serverInfo"]["version"],
        "1.2.3"
    );
    assert_eq!(result.get("content"), None, "nothing has been done");
}

#[tokio::test]
async fn a_yes_runs_the_call_and_a_no_says_that_nothing_was_done() {
    let desk = Desk::start().await;
    let question = call(&desk, "analyst", forms(), delete("a")).await;
    let captured = Captured::start();
    let yes = answered(
        &question,
        json!({"action": "accept", "content": {"ok": true}}),
    );
    let done = call(&desk, "analyst", forms(), yes).await;
    assert_eq!(record(captured), ["allowed", "confirmed", "success"]);
    assert_eq!(done.body["result"]["resultType"], "complete", "{done:?}");
    assert_eq!(
        done.body["result"]["content"],
        json!([{"type": "text", "text": "204 No Content"}])
    );
    for no in [
        json!({"action": "decline"}),
        json!({"action": "cancel"}),
        json!({"action": "accept", "content": {"ok": false}}),
    ] {
        let captured = Captured::start();
        let undone = call(&desk, "analyst", forms(), answered(&question, no)).await;
        assert_eq!(record(captured), ["allowed", "declined", "declined"]);
        let result = &undone.body["result"];
        assert_eq!(result["isError"], true, "{undone:?}");
        assert_eq!(result["structuredContent"]["code"], "not_confirmed");
        assert!(
            result["content"][0]["text"]
                .as_str()
                .unwrap()
                .contains("nothing was done")
        );
    }
}

#[tokio::test]
async fn a_state_of_another_call_is_an_error_of_the_protocol() {
    let desk = Desk::start().await;
    let question = call(&desk, "analyst", forms(), delete("b")).await;
    let yes = answered(
        &question,
        json!({"action": "accept", "content": {"ok": true}}),
    );
    let captured = Captured::start();
    let refused = call(&desk, "analyst", forms(), yes).await;
    assert_eq!(record(captured), ["allowed", "rejected", "error"]);
    assert_eq!(refused.body["error"]["code"], -32602, "{refused:?}");
    assert_eq!(refused.body.get("result"), None);
}

#[tokio::test]
async fn a_client_that_cannot_ask_runs_the_call_and_is_told_that_nobody_was_asked() {
    let desk = Desk::start().await;
    let params = delete("a");
    let answers = [
        call(&desk, "analyst", json!({}), params.clone()).await,
        call(
            &desk,
            "analyst",
            json!({"elicitation": {"url": {}}}),
            params.clone(),
        )
        .await,
        desk.call("analyst", "delete_note", params["arguments"].clone())
            .await,
    ];
    for answer in answers {
        let content = &answer.body["result"]["content"];
        assert_eq!(content[0]["text"], "204 No Content", "{answer:?}");
        let told = content[1]["text"].as_str().unwrap_or_default();
        assert!(
            told.starts_with("Nobody was asked to confirm this call"),
            "{answer:?}"
        );
    }
    let captured = Captured::start();
    desk.call("analyst", "delete_note", params["arguments"].clone())
        .await;
    assert_eq!(record(captured), ["allowed", "not_asked", "success"]);
}

/// Who may not call is refused as ever, whatever answers they bring.
#[tokio::test]
async fn who_may_not_call_is_never_asked() {
    let desk = Desk::start().await;
    let question = call(&desk, "analyst", forms(), delete("a")).await;
    let yes = answered(
        &question,
        json!({"action": "accept", "content": {"ok": true}}),
    );
    for caller in ["viewer", "viewer without scope", "application"] {
        for params in [delete("a"), yes.clone()] {
            let answer = call(&desk, caller, forms(), params).await;
            assert_eq!(
                answer.body["error"]["message"], "Unknown tool",
                "{answer:?}"
            );
        }
    }
    let captured = Captured::start();
    let wrong = json!({"name": "delete_note", "arguments": {"id": "a", "x": 1}});
    let answer = call(&desk, "analyst", forms(), wrong).await;
    assert_eq!(
        answer.body["result"]["structuredContent"]["code"],
        "invalid_arguments"
    );
    assert_eq!(record(captured), ["allowed", "not_needed", "error"]);
}
