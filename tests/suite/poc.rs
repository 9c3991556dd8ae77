//! POC mode: no authentication, declared, in dev and test only, and visible everywhere.

use serde_json::json;

use crate::harness::{Answer, Program, Service, Tenant};

async fn start() -> Service {
    // No tenant, no registration: a POC needs neither.
    let program = Program::isolated()
        .set("APP_ENV", "test")
        .set("AUTH_REQUIRED", "false");
    Service::start_program(program).await
}

#[tokio::test]
async fn every_response_says_that_authentication_is_bypassed() {
    let service = start().await;
    for path in [
        "/health",
        "/api/v1/me",
        "/api/v1/reports",
        "/nothing",
        "/openapi.json",
        "/docs/",
    ] {
        let answer = service.get(path).await;
        assert_eq!(
            answer.header("x-auth-mode"),
            Some("bypassed"),
            "{path}: {answer}"
        );
    }
    let health = service.get("/health").await.expect(200).json();
    assert_eq!(health["authentication"], "bypassed");
    assert!(service.log().text().to_lowercase().contains("bypassed"));
}

#[tokio::test]
async fn with_authentication_on_nothing_claims_a_bypass() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let answer = service.get("/health").await.expect(200);
    assert_eq!(answer.header("x-auth-mode"), None);
    assert_eq!(answer.json()["authentication"], "required");
    assert_eq!(answer.json()["environment"], "test");
}

#[tokio::test]
async fn the_synthetic_caller_holds_everything_declared() {
    let service = start().await;
    let me = service.get("/api/v1/me").await.expect(200).json();
    assert_eq!(me["kind"], "user");
    let roles = me["roles"].as_array().unwrap();
    for role in ["Admin", "Analyst", "PM", "Viewer"] {
        assert!(roles.contains(&json!(role)), "{me}");
    }
    assert_eq!(me["scopes"], json!(["user_impersonation"]));
}

#[tokio::test]
async fn a_token_that_is_present_is_ignored() {
    let service = start().await;
    for value in ["Bearer nonsense", "Bearer", "Basic x"] {
        let request = service.request(reqwest::Method::GET, "/api/v1/reports");
        Answer::of(request.header("authorization", value))
            .await
            .expect(200);
    }
}

#[tokio::test]
async fn the_caller_can_be_narrowed_and_never_widened() {
    let service = start().await;
    let get = |path, roles: &str| {
        let request = service.request(reqwest::Method::GET, path);
        Answer::of(request.header("x-poc-roles", roles))
    };
    let me = get("/api/v1/me", "Viewer").await.expect(200).json();
    assert_eq!(me["roles"], json!(["Viewer"]));
    get("/api/v1/reports", "Viewer").await.expect(200);
    let delete = service.request(reqwest::Method::DELETE, "/api/v1/reports/1");
    Answer::of(delete.header("x-poc-roles", "Viewer"))
        .await
        .problem(403);
    for unknown in ["Owner", "viewer", "Viewer,Owner"] {
        let answer = get("/api/v1/me", unknown).await;
        let problem = answer.problem(400);
        assert_eq!(problem["code"], "invalid_request", "{unknown}");
        let detail = problem["detail"].as_str().unwrap_or_default();
        assert!(
            detail.starts_with("x-poc-roles takes declared roles"),
            "{answer}"
        );
    }
}

#[tokio::test]
async fn configured_roles_bound_what_a_header_can_ask_for() {
    let program = Program::isolated()
        .set("APP_ENV", "test")
        .set("AUTH_REQUIRED", "false")
        .set("APP_AUTH__POC__ROLES", "Viewer");
    let service = Service::start_program(program).await;
    let me = service.get("/api/v1/me").await.expect(200).json();
    assert_eq!(me["roles"], json!(["Viewer"]));
    let request = service.request(reqwest::Method::GET, "/api/v1/me");
    let answer = Answer::of(request.header("x-poc-roles", "Admin")).await;
    let gained = answer.status == 200 && answer.json()["roles"] != json!([]);
    assert!(!gained, "{answer}");
}

#[tokio::test]
async fn a_poc_is_ready_without_keys() {
    let service = start().await;
    service.wait_until_ready().await;
}
