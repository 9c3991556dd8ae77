//! Who may not know of it is told nothing, and who lacks a scope is told what to obtain.

use portcullis::testing::TestResponse;
use serde_json::{Value, json};

use crate::api::{Role, Scope};
use crate::message::send;
use crate::notes::service;

/// Everything that one can ask for, and something like it that does not exist.
fn asked() -> [(&'static str, Value, Value); 5] {
    [
        (
            "resources/read",
            json!({"uri": "notes://pictures/n1"}),
            json!({"uri": "notes://nothing/n1"}),
        ),
        (
            "resources/read",
            json!({"uri": "notes://secret"}),
            json!({"uri": "notes://nothing"}),
        ),
        (
            "prompts/get",
            json!({"name": "review_note", "arguments": {"id": "n1", "tone": "dry"}}),
            json!({"name": "nothing", "arguments": {"id": "n1", "tone": "dry"}}),
        ),
        (
            "completion/complete",
            blank(json!({"type": "ref/resource", "uri": "notes://pictures/{id}"})),
            blank(json!({"type": "ref/resource", "uri": "notes://nothing/{id}"})),
        ),
        (
            "completion/complete",
            blank(json!({"type": "ref/prompt", "name": "review_note"})),
            blank(json!({"type": "ref/prompt", "name": "nothing"})),
        ),
    ]
}

fn blank(reference: Value) -> Value {
    json!({"ref": reference, "argument": {"name": "id", "value": "n"}})
}

#[tokio::test]
async fn the_matrix_holds_on_every_surface() {
    service().await.assert_matrix().await;
}

#[tokio::test]
async fn what_a_caller_may_not_know_of_is_answered_as_what_does_not_exist() {
    let api = service().await;
    for caller in [
        api.as_user(),
        api.as_role(Role::Reader),
        api.as_role(Role::Reader).without_scopes(),
        api.as_application(Role::Feed),
    ] {
        for (method, there, nowhere) in asked() {
            let hidden = send(&caller, method, there.clone()).await;
            let unknown = send(&caller, method, nowhere.clone()).await;
            assert_eq!(hidden.status(), unknown.status(), "{there}");
            // What was asked for comes back; beside it nothing differs.
            let said = |response: &TestResponse, params: &Value| {
                let uri = params["uri"].as_str().unwrap_or("no uri");
                response.text().replace(uri, "URI")
            };
            assert_eq!(said(&hidden, &there), said(&unknown, &nowhere), "{there}");
            let headers = |response: &TestResponse| {
                ["content-type", "cache-control", "www-authenticate"]
                    .map(|name| response.header(name).map(str::to_owned))
            };
            assert_eq!(headers(&hidden), headers(&unknown), "{there}");
            assert!(!hidden.text().contains("review_note"), "{there}");
            assert!(!said(&hidden, &there).contains("notes://"), "{there}");
        }
    }
}

#[tokio::test]
async fn a_missing_scope_is_answered_403_with_every_scope_of_the_operation() {
    let api = service().await;
    let writer = api.as_role(Role::Writer);
    let (none, one) = (
        writer.clone().without_scopes(),
        writer.clone().with_scopes([Scope::UseNotes]),
    );
    let [picture, _, prompt, template, argument] = asked();
    for (caller, scopes, (method, params, _)) in [
        (&none, 1, picture),
        (&none, 1, template),
        (&one, 2, prompt),
        (&one, 2, argument),
    ] {
        let refused = send(caller, method, params).await;
        refused.assert_problem(403, "insufficient_scope");
        let challenge = refused.header("www-authenticate").unwrap();
        assert!(
            challenge.contains("error=\"insufficient_scope\""),
            "{challenge}"
        );
        assert!(challenge.contains("/use_notes"), "{challenge}");
        assert_eq!(
            challenge.contains("/review_notes"),
            scopes == 2,
            "{challenge}"
        );
    }
}

#[tokio::test]
async fn what_lacks_a_scope_only_stays_listed() {
    let writer = service().await.as_role(Role::Writer).without_scopes();
    let templates = ["notes://notes/{id}", "notes://pictures/{id}"];
    assert_eq!(writer.resource_templates().await, templates);
    assert_eq!(writer.prompts().await, ["hello", "review_note"]);
    // Whoever may not ask for the list sees what needs no list.
    assert_eq!(
        writer.resources().await,
        ["notes://rules", "notes://secret"]
    );
}

#[tokio::test]
async fn a_lying_mcp_name_changes_nothing() {
    let reader = service().await.as_role(Role::Writer).without_scopes();
    let params = json!({
        "uri": "notes://pictures/n1",
        "_meta": {
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"},
            "io.modelcontextprotocol/clientCapabilities": {},
        },
    });
    let message = json!({"jsonrpc": "2.0", "id": 1, "method": "resources/read", "params": params});
    let refused = reader
        .post("/api/v1/mcp")
        .header("accept", "application/json, text/event-stream")
        .header("mcp-protocol-version", "2026-07-28")
        .header("mcp-method", "resources/read")
        .header("mcp-name", "notes://rules")
        .json(&message)
        .await;
    refused.assert_problem(403, "insufficient_scope");
}

#[tokio::test]
async fn without_a_credential_nothing_is_read() {
    let anonymous = service().await.anonymous();
    for (method, there, nowhere) in asked() {
        for params in [there, nowhere] {
            send(&anonymous, method, params)
                .await
                .assert_problem(401, "unauthenticated");
        }
    }
    for method in ["resources/list", "resources/templates/list", "prompts/list"] {
        send(&anonymous, method, json!({}))
            .await
            .assert_problem(401, "unauthenticated");
    }
}
