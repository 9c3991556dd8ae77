//! Reading gives what the operation answers, and a URI leads nowhere else.

use portcullis::testing::TestApi;
use serde_json::{Value, json};

use crate::api::Role;
use crate::message::send;
use crate::notes::{PICTURE, service};

#[tokio::test]
async fn reading_gives_what_the_operation_answers() {
    let writer = service().await.as_role(Role::Writer);
    let note = writer.resource("notes://notes/n1").await;
    assert_eq!(
        (note.media_type().as_str(), note.text().as_str()),
        ("text/markdown", "# n1")
    );
    let spaced = writer.resource("notes://notes/n%203%C3%A4").await;
    assert_eq!(spaced.text(), "# n 3ä");
    let picture = writer.resource("notes://pictures/n1").await;
    assert_eq!(picture.media_type(), "image/png");
    assert_eq!(picture.bytes(), PICTURE);
    let rules = writer.resource("notes://rules").await;
    assert_eq!(rules.media_type(), "application/json");
    assert_eq!(rules.text(), "[\"be kind\"]");
}

#[tokio::test]
async fn a_tool_passes_each_piece_of_content_on_as_what_it_is() {
    let reader = service().await.as_role(Role::Reader);
    let answer = reader.tool("show_note", json!({"id": "n1"})).await;
    let message: Value = answer.response().json();
    let result = &message["result"];
    assert_eq!(
        result["content"],
        json!([
            {"type": "text", "text": "A note:"},
            {"type": "image", "data": "iVBOR/8=", "mimeType": "image/png"},
            {
                "type": "resource",
                "resource": {"uri": "notes://notes/n1", "mimeType": "text/markdown", "text": "# n1"},
            },
            {"type": "resource_link", "uri": "notes://notes/n1", "name": "n1"},
        ])
    );
    assert_eq!(result["structuredContent"], Value::Null, "{message}");
    let rest: Value = reader.get("/api/v1/notes/n1").await.json();
    assert_eq!(rest["content"], result["content"]);
}

#[tokio::test]
async fn the_content_names_the_uri_that_was_asked_for() {
    let writer = service().await.as_role(Role::Writer);
    let message: Value = writer.resource("notes://notes/n1").await.response().json();
    assert_eq!(message["result"]["contents"][0]["uri"], "notes://notes/n1");
}

#[tokio::test]
async fn what_the_operation_does_not_find_is_no_resource() {
    let api = service().await;
    let writer = api.as_role(Role::Writer);
    assert_eq!(writer.resource("notes://notes/d2").await.text(), "# d2");
    let reader = api.as_role(Role::Reader);
    for uri in ["notes://notes/d2", "notes://notes/nothing"] {
        reader.resource(uri).await.assert_unknown();
    }
}

#[tokio::test]
async fn another_problem_is_an_error_that_says_what_rest_says() {
    let reader = service().await.as_role(Role::Reader);
    for (id, code, expected, status) in [
        ("locked", -32602, "note_locked", 409),
        ("broken", -32603, "internal_server_error", 500),
    ] {
        let uri = format!("notes://notes/{id}");
        let message: Value = reader.resource(&uri).await.response().json();
        let error = &message["error"];
        assert_eq!(error["code"], code, "{message}");
        assert_eq!(error["data"]["code"], expected, "{message}");
        assert_eq!(error["data"]["status"], status, "{message}");
        assert_eq!(error["message"], error["data"]["title"], "{message}");
        let rest = reader.get(&format!("/api/v1/notes/{id}/text")).await;
        let mut rest: Value = rest.json();
        // Each request has its own.
        rest["correlation_id"] = error["data"]["correlation_id"].clone();
        assert_eq!(error["data"], rest);
        assert!(!message.to_string().contains("secret cause"), "{message}");
    }
}

#[tokio::test]
async fn a_uri_leads_to_its_operation_and_to_no_other() {
    let writer = service().await.as_role(Role::Writer);
    for uri in [
        "",
        "notes:",
        "notes://",
        "notes://notes",
        "notes://notes/",
        "notes://notes/n1/",
        "notes://notes/n1/text",
        "notes://notes/n1?x",
        "notes://notes/n1#x",
        "notes://notes/..",
        "notes://notes/%2e%2e",
        "notes://notes/..%2f..%2fsecret",
        "notes://notes/n1%2f..%2f..%2fsecret%3f",
        "notes://notes/n1%00",
        "notes://notes/n1%0d%0ax:y",
        "notes://notes/../secret",
        "notes://notes/./n1",
        "Notes://notes/n1",
        "notes://NOTES/n1",
        "notes://notes/%6e%",
        "https://example.com/api/v1/secret",
        "file:///etc/passwd",
        "/api/v1/secret",
        "notes://notes/{id}",
    ] {
        writer.resource(uri).await.assert_unknown();
    }
    // The same value in another spelling is the same resource.
    let spelled = writer.resource("notes://notes/%6e1").await;
    assert_eq!(spelled.text(), "# n1");
}

#[tokio::test]
async fn a_result_that_is_too_large_is_no_result() {
    let api = TestApi::new(crate::notes::api())
        .set("mcp.result_limit", "1KiB")
        .await;
    let writer = api.as_role(Role::Writer);
    assert_eq!(writer.resource("notes://notes/n1").await.text(), "# n1");
    let message: Value = writer
        .resource("notes://notes/long")
        .await
        .response()
        .json();
    assert_eq!(message["error"]["code"], -32603, "{message}");
    assert_eq!(message["error"]["data"]["code"], "result_too_large");
    assert!(!message.to_string().contains("xx"), "{message}");
}

#[tokio::test]
async fn parameters_that_do_not_fit_are_said_so() {
    let writer = service().await.as_role(Role::Writer);
    for (method, params) in [
        ("resources/read", json!({})),
        ("resources/read", json!({"uri": 7})),
        ("resources/templates/list", json!({"cursor": "x"})),
        ("prompts/get", json!({"name": ["hello"]})),
        ("prompts/list", json!({"cursor": "x"})),
    ] {
        let answer: Value = send(&writer, method, params).await.json();
        assert_eq!(answer["error"]["code"], -32602, "{method}: {answer}");
    }
}
