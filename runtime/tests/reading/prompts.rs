//! A prompt is what its operation answers, and its arguments are the operation's parameters.

use serde_json::{Value, json};

use crate::api::Role;
use crate::message::send;
use crate::notes::service;

#[tokio::test]
async fn a_prompt_is_what_its_operation_answers() {
    let writer = service().await.as_role(Role::Writer);
    let arguments = json!({"id": "n 3ä", "tone": "dry & short", "remarks": "2"});
    let answer = writer.prompt("review_note", arguments).await;
    assert_eq!(
        answer.messages(),
        [
            json!({
                "role": "user",
                "content": {"type": "text", "text": "Make 2 remarks in a dry & short tone."},
            }),
            json!({
                "role": "user",
                "content": {
                    "type": "resource",
                    "resource": {
                        "uri": "notes://notes/n 3ä",
                        "mimeType": "text/markdown",
                        "text": "# n 3ä",
                    },
                },
            }),
            json!({
                "role": "assistant",
                "content": {"type": "text", "text": "Here they are:"},
            }),
        ]
    );
    let message: Value = answer.response().json();
    assert_eq!(message["result"]["description"], "Reviews a note.");
    let rest = writer.get("/api/v1/notes/n1/review?tone=dry").await;
    let rest: Value = rest.assert_status(200).json();
    assert_eq!(
        rest["messages"][0]["content"]["text"],
        "Make 3 remarks in a dry tone."
    );
}

#[tokio::test]
async fn prompts_are_listed_with_their_arguments() {
    let api = service().await;
    let writer = api.as_role(Role::Writer);
    let answer: Value = send(&writer, "prompts/list", json!({})).await.json();
    assert_eq!(
        answer["result"]["prompts"],
        json!([
            {"name": "hello", "title": "Say hello", "description": "Say hello."},
            {
                "name": "review_note",
                "title": "Review a note",
                "description": "Review a note.\n\nWith remarks.",
                "arguments": [
                    {"name": "id", "required": true},
                    {"name": "remarks", "description": "How many remarks, 1 to 9.", "required": false},
                    {"name": "tone", "description": "In which tone.", "required": true},
                    {"name": "language", "description": "In which language.", "required": false},
                    {"name": "brief", "description": "Whether one sentence is enough.", "required": false},
                ],
            },
        ])
    );
    assert_eq!(api.as_role(Role::Reader).prompts().await, ["hello"]);
}

#[tokio::test]
async fn every_fault_of_the_arguments_comes_back_at_once() {
    let writer = service().await.as_role(Role::Writer);
    let arguments = json!({"remarks": 2, "volume": "loud"});
    let answer = writer.prompt("review_note", arguments).await;
    let problem = answer.assert_problem("invalid_arguments");
    let errors = problem["errors"].as_array().unwrap();
    let pointers: Vec<_> = errors
        .iter()
        .map(|it| it["pointer"].as_str().unwrap())
        .collect();
    assert_eq!(pointers, ["/volume", "/id", "/remarks", "/tone"]);
}

#[tokio::test]
async fn arguments_longer_than_a_request_are_refused_as_arguments() {
    let writer = service().await.as_role(Role::Writer);
    // Each letter takes six bytes of a query.
    let arguments = json!({"id": "n1", "tone": "\u{fc}".repeat(22_000)});
    let answer = writer.prompt("review_note", arguments).await;
    let problem = answer.assert_problem("invalid_arguments");
    let detail = problem["errors"][0]["detail"].as_str().unwrap();
    assert!(detail.contains("at most 65534"), "{problem}");
}

#[tokio::test]
async fn the_operation_checks_what_an_argument_says() {
    let writer = service().await.as_role(Role::Writer);
    for remarks in ["-1", "300", "two"] {
        let arguments = json!({"id": "n1", "tone": "dry", "remarks": remarks});
        let answer = writer.prompt("review_note", arguments).await;
        let message: Value = answer.response().json();
        assert_eq!(message["error"]["code"], -32602, "{message}");
        assert_eq!(message["error"]["data"]["status"], 422, "{message}");
    }
    let arguments = json!({"id": "nothing", "tone": "dry"});
    let answer = writer.prompt("review_note", arguments).await;
    answer.assert_problem("note_not_found");
}

#[tokio::test]
async fn an_unknown_prompt_is_said_so() {
    let writer = service().await.as_role(Role::Writer);
    writer.prompt("nothing", json!({})).await.assert_unknown();
    writer.prompt("", json!({})).await.assert_unknown();
}
