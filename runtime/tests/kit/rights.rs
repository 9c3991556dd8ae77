//! What a caller of the kit holds is what the application sees.

use portcullis::testing::TestApi;

use super::good_api;
use crate::api::{Role, Scope};

#[tokio::test]
async fn roles_and_scopes_are_held_one_by_one() {
    let api = TestApi::new(good_api()).await;
    let note = serde_json::json!({ "text": "x" });
    let put = async |caller: &portcullis::testing::TestCaller| {
        caller.put("/api/v1/notes/1").json(&note).await
    };
    let reader = api.as_role(Role::Reader);
    put(&reader).await.assert_problem(403, "forbidden");
    let writer = reader.clone().and_role(Role::Writer);
    assert_eq!(writer.object_id(), reader.object_id());
    put(&writer).await.assert_status(204);
    let narrow = writer.clone().with_scopes([Scope::UseNotes]);
    put(&narrow).await.assert_problem(403, "insufficient_scope");
    let none = writer.without_scopes();
    none.get("/api/v1/notes/1")
        .await
        .assert_problem(403, "insufficient_scope");
    let nobody = api.as_user().get("/api/v1/notes/1").await;
    nobody.assert_problem(403, "forbidden");
    let feed = api.as_application(Role::Feed);
    feed.post("/api/v1/deliveries").await.assert_status(204);
    feed.get("/api/v1/notes/1")
        .await
        .assert_problem(403, "forbidden");
    assert_eq!(api.anonymous().object_id(), None);
}

#[tokio::test]
async fn a_claim_can_be_bent_and_two_callers_are_two_identities() {
    let api = TestApi::new(good_api()).set("auth.guests", "deny").await;
    let reader = api.as_role(Role::Reader);
    assert_ne!(reader.object_id(), api.as_role(Role::Reader).object_id());
    reader.get("/api/v1/me").await.assert_status(200);
    let guest = reader.claim("acct", 1);
    guest
        .get("/api/v1/me")
        .await
        .assert_problem(401, "invalid_token");
}

#[tokio::test]
async fn tokens_fit_a_configuration_out_of_the_ordinary() {
    let api = TestApi::new(good_api())
        .variable("AZURE_TENANT_ID", "9d0c4b7e-1f52-4a38-8e61-7b3a5c2d9f04")
        .set("auth.authority", "https://login.microsoftonline.us")
        .set("auth.accept_v1_tokens", "true")
        .set("auth.keys.app_specific", "true")
        .set(
            "auth.allowed_clients",
            "5a4d7e90-2f13-4c68-b7a1-9e0d3c8f6b25",
        )
        .set(
            "auth.roles",
            r#"{"N.R"="Reader","N.W"="Writer","N.F"="Feed"}"#,
        )
        .set("server.public_url", "https://notes.example.com")
        .await;
    api.assert_matrix().await;
    api.assert_refuses_forgeries().await;
}
