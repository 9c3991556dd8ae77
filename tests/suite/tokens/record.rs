//! What the log keeps of a failure (duty 23): the cause in Entra's words, the correlation id, and nothing of the token.

use reqwest::Method;
use serde_json::Value;
use uuid::Uuid;

use super::GUARDED;
use crate::harness::{Answer, Service, TENANT_ID, Tenant, foreign_key};

/// The client id of the managed identity.
const MANAGED_IDENTITY_ID: &str = "b8c3d9e1-6f24-4a75-9d08-1e5f7c2a4b96";

#[tokio::test]
async fn the_log_names_the_cause_and_the_client_is_not_told() {
    let tenant = Tenant::start().await;
    let program = Service::program_for(&tenant).set("AZURE_CLIENT_ID", MANAGED_IDENTITY_ID);
    let service = Service::start_ready(program).await;
    let user = tenant.user(&["Viewer"]);
    let with_audience = |audience: &str| user.clone().claim("aud", audience);
    let version_1 = user
        .clone()
        .claim("iss", format!("https://sts.windows.net/{TENANT_ID}/"))
        .claim("ver", "1.0");
    for (reason, token) in [
        ("token_expired", user.clone().expired()),
        ("audience_not_accepted", with_audience("somebody-else")),
        (
            "audience_is_managed_identity",
            with_audience(MANAGED_IDENTITY_ID),
        ),
        (
            "token_for_microsoft_graph",
            with_audience("00000003-0000-0000-c000-000000000000"),
        ),
        ("token_version_1", version_1),
        (
            "id_token_not_access_token",
            user.clone().without("scp").claim("nonce", "n"),
        ),
        (
            "application_without_role",
            tenant.application(&[]).without("roles"),
        ),
        ("signing_key_unknown", user.clone().signed_by(foreign_key())),
        ("algorithm_not_allowed", user.clone().header("alg", "none")),
        ("critical_header", user.clone().header("crit", true)),
    ] {
        let id = format!("trace-{}", Uuid::new_v4());
        let request = service.request(Method::GET, GUARDED).bearer_auth(&token);
        let answer = Answer::of(request.header("x-correlation-id", &id)).await;
        answer.problem(401);
        assert!(!answer.text().contains(reason), "{answer}");
        let is_it = |event: &Value| event["reason"] == reason && event.to_string().contains(&id);
        service.log().wait_for_event(reason, is_it).await;
    }
}

#[tokio::test]
async fn the_log_keeps_no_token_and_no_person() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let person = tenant
        .user(&["Viewer"])
        .claim("name", "Somebody Special")
        .claim("preferred_username", "somebody@contoso.com");
    service.get_as(&person, GUARDED).await.expect(200);
    let denied = Answer::of(
        service
            .request(Method::DELETE, "/api/v1/reports/1")
            .bearer_auth(&person),
    );
    denied.await.problem(403);
    let expired = person.clone().expired();
    service.get_as(&expired, GUARDED).await.problem(401);
    service
        .log()
        .wait_for_event("of the failure", |event| event["reason"] == "token_expired")
        .await;
    let log = service.log().text();
    for private in ["Somebody Special", "somebody@contoso.com", "eyJ"] {
        assert!(!log.contains(private), "{private} in:\n{log}");
    }
    // Who was refused after his signature had been verified is named by identifiers.
    let object_id = person.get("oid").as_str().unwrap_or_default();
    assert!(log.contains(object_id), "{log}");
}

#[tokio::test]
async fn a_kid_cannot_forge_a_log_line() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let kid = "x\n{\"message\":\"forged\"}\r\u{1b}[2J";
    let token = tenant.user(&["Viewer"]).header("kid", kid);
    service.get_as(&token, GUARDED).await.problem(401);
    service
        .log()
        .wait_for_event("of the failure", |event| {
            event["message"] == "authentication failed"
        })
        .await;
    let forged = service
        .log()
        .events()
        .into_iter()
        .find(|event| event["message"] == "forged");
    assert_eq!(forged, None);
}
