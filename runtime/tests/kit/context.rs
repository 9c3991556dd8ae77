//! An endpoint that asks for an authentication context: who gets in, and what the others are told.

use portcullis::testing::{TestApi, TestCaller};
use serde_json::{Value, json};

use super::good_api;
use crate::api::Role;

async fn writer() -> TestCaller {
    TestApi::new(good_api()).await.as_role(Role::Writer)
}

/// The client has declared that it can answer a claims challenge.
fn capable(caller: &TestCaller) -> TestCaller {
    caller.clone().claim("xms_cc", json!(["cp1"]))
}

/// What the challenge asks the client to obtain.
fn claims_of(challenge: &str) -> Value {
    use base64::Engine;
    let (_, rest) = challenge.split_once("claims=\"").expect(challenge);
    let (claims, _) = rest.split_once('"').expect(challenge);
    let json = base64::engine::general_purpose::STANDARD.decode(claims);
    serde_json::from_slice(&json.expect(challenge)).expect(challenge)
}

#[tokio::test]
async fn a_user_who_met_the_context_gets_in_and_an_application_needs_none() {
    let api = TestApi::new(good_api()).await;
    let path = "/api/v1/notes/1";
    let writer = api.as_role(Role::Writer);
    let met = [
        writer.clone().with_context("c1"),
        writer.clone().with_context("c2").with_context("c1"),
        writer.clone().claim("acrs", "c1"),
        api.as_application(Role::Feed),
    ];
    for caller in met {
        caller.delete(path).await.assert_status(204);
    }
    let not_met = [
        writer.clone(),
        writer.clone().with_context("c2"),
        writer
            .clone()
            .claim("acrs", json!(["C1", "c1 ", " c1", "c11", 1, null])),
        writer.clone().claim("acrs", json!({"c1": true})),
        writer
            .clone()
            .claim("acr", "c1")
            .claim("amr", json!(["mfa", "c1"])),
    ];
    for caller in not_met {
        caller.delete(path).await.assert_problem(403, "forbidden");
    }
}

#[tokio::test]
async fn a_capable_client_is_told_which_claim_to_obtain_and_others_get_a_plain_403() {
    let writer = writer().await;
    let answer = capable(&writer).delete("/api/v1/notes/1").await;
    answer.assert_problem(401, "insufficient_claims");
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let challenge = answer.header("www-authenticate").unwrap();
    assert!(
        challenge.starts_with(
            "Bearer realm=\"\", authorization_uri=\"https://login.microsoftonline.com/"
        )
    );
    assert!(
        challenge.contains("error=\"insufficient_claims\""),
        "{challenge}"
    );
    let expected = json!({"access_token": {"acrs": {"essential": true, "value": "c1"}}});
    assert_eq!(claims_of(challenge), expected);

    let incapable = [
        writer.clone(),
        writer.clone().claim("xms_cc", json!(["protapp"])),
        writer.clone().claim("xms_cc", json!({"cp1": true})),
    ];
    for caller in incapable {
        let answer = caller.delete("/api/v1/notes/1").await;
        answer.assert_problem(403, "forbidden");
        assert_eq!(answer.header("www-authenticate"), None);
    }
}

#[tokio::test]
async fn who_lacks_the_role_is_not_sent_to_sign_in_again() {
    let api = TestApi::new(good_api()).await;
    let reader = capable(&api.as_role(Role::Reader));
    let answer = reader.delete("/api/v1/notes/1").await;
    answer.assert_problem(403, "forbidden");
    let narrow = capable(&api.as_role(Role::Writer)).without_scopes();
    let answer = narrow.delete("/api/v1/notes/1").await;
    answer.assert_problem(403, "insufficient_scope");
}

#[tokio::test]
async fn a_tool_call_is_answered_as_the_request_is() {
    let writer = writer().await;
    let arguments = json!({"id": 1});
    let capable = capable(&writer);
    let answer = capable.tool("delete_note", arguments.clone()).await;
    answer.response().assert_problem(401, "insufficient_claims");
    let answer = writer.tool("delete_note", arguments.clone()).await;
    answer.response().assert_problem(403, "forbidden");
    assert!(writer.tools().await.contains(&"delete_note".to_owned()));
    let answer = writer
        .with_context("c1")
        .tool("delete_note", arguments)
        .await;
    answer.response().clone().assert_status(200);
}

#[tokio::test]
async fn the_document_says_which_context_is_asked_for() {
    let api = TestApi::new(good_api()).await;
    let document: Value = api.anonymous().get("/openapi.json").await.json();
    let operation = &document["paths"]["/api/v1/notes/{id}"]["delete"];
    assert_eq!(operation["x-context"], "c1");
    let description = operation["description"].as_str().unwrap();
    assert!(
        description.contains("the authentication context `c1`"),
        "{description}"
    );
    assert!(
        operation["responses"]["401"]
            .to_string()
            .contains("insufficient_claims")
    );
    let other = &document["paths"]["/api/v1/notes/{id}"]["get"];
    assert!(other.get("x-context").is_none());
}
