//! POC mode: loud on this machine, a failure on any other address. No token is sent.

use super::{Smoke, text};
use crate::harness::{Front, Program, Service, Tenant};

async fn start() -> Service {
    let program = Program::isolated()
        .set("APP_ENV", "test")
        .set("AUTH_REQUIRED", "false")
        .set("APP_RATE_LIMIT__ENABLED", "false");
    Service::start_program(program).await
}

#[tokio::test]
async fn on_this_machine_it_is_a_loud_warning() {
    let tenant = Tenant::start().await;
    let front = Front::bind().await;
    let (url, service) = (front.url.clone(), start().await);
    let seen = front.pass_to(&service.url, |_| None);
    let token = text(&tenant.user(&["Viewer"]));
    let smoke = Smoke::with_token(&url, &token, &[]).await.expect(0);
    smoke.says(
        "health",
        "warning",
        &["NOBODY IS AUTHENTICATED", "AUTH_REQUIRED=true"],
    );
    smoke.says("no token", "skipped", &["authentication is off"]);
    smoke.says("GET /api/v1/me", "ok", &["x-auth-mode: bypassed"]);
    smoke.says("MCP, call", "ok", &[]);
    assert!(!seen.has_met("Bearer"), "{:?}", seen.requests());
}

/// The other address is reached through a proxy, which is also how a name can be tested that nobody has.
#[tokio::test]
async fn on_another_address_it_is_a_failure() {
    let front = Front::bind().await;
    let (proxy, service) = (front.url.clone(), start().await);
    let seen = front.pass_to(&service.url, |_| None);
    let program = Program::bare()
        .set("HTTP_PROXY", &proxy)
        .set("http_proxy", &proxy);
    let smoke = Smoke::run(&program, "http://poc.contoso.example", "", &[])
        .await
        .expect(1);
    smoke.says(
        "health",
        "failed",
        &["NOBODY IS AUTHENTICATED", "AUTH_REQUIRED=true"],
    );
    assert!(seen.requests().contains(&"GET /health".to_owned()));
}
