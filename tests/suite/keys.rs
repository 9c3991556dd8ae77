//! Signing keys: a start with the identity provider down, healing, rotation, and floods of unknown keys.

mod documents;

use crate::harness::{Service, Tenant, eventually, foreign_key, tenant_key};

const GUARDED: &str = "/api/v1/me";

#[tokio::test]
async fn the_process_starts_without_the_identity_provider_and_heals_by_itself() {
    let tenant = Tenant::start_unavailable().await;
    let program = Service::program_for(&tenant).set("APP_AUTH__KEYS__COOLDOWN", "1s");
    let service = Service::start_program(program).await;
    let user = tenant.user(&["Viewer"]);

    let health = service.get("/health").await.expect(200).json();
    assert_eq!(health["keys"], "missing", "{health}");
    assert_eq!(health["status"], "ok", "{health}");
    service.manage("/livez").await.expect(200);
    service.manage("/readyz").await.expect(503);
    let refused = service.get_as(&user, GUARDED).await;
    assert_eq!(refused.problem(503)["code"], "keys_unavailable");
    let retry_after = refused
        .header("retry-after")
        .and_then(|value| value.parse::<u64>().ok());
    assert!(retry_after.is_some_and(|seconds| seconds > 0), "{refused}");

    tenant.list_keys(&[tenant_key()]);
    service.wait_until_ready().await;
    service.get_as(&user, GUARDED).await.expect(200);
    let health = service.get("/health").await.expect(200).json();
    assert_eq!(health["keys"], "fresh", "{health}");
}

#[tokio::test]
async fn the_first_call_after_a_start_is_answered() {
    let tenant = Tenant::start().await;
    let user = tenant.user(&["Viewer"]);
    for _ in 0..5 {
        let service = Service::start_program(Service::program_for(&tenant)).await;
        service.get_as(&user, GUARDED).await.expect(200);
    }
}

/// Nothing that depends on the token but 401 is said before a signature has been verified.
#[tokio::test]
async fn without_keys_a_bad_token_is_still_only_a_bad_token() {
    let tenant = Tenant::start_unavailable().await;
    let service = Service::start_program(Service::program_for(&tenant)).await;
    let expired = tenant.user(&["Viewer"]).expired();
    service.get_as(&expired, GUARDED).await.problem(401);
    service.get(GUARDED).await.problem(401);
}

#[tokio::test]
async fn a_new_key_is_fetched_when_a_token_names_it() {
    let tenant = Tenant::start().await;
    let program = Service::program_for(&tenant).set("APP_AUTH__KEYS__COOLDOWN", "100ms");
    let service = Service::start_ready(program).await;
    let rotated = tenant.user(&["Viewer"]).signed_by(foreign_key());
    service.get_as(&rotated, GUARDED).await.problem(401);
    tenant.list_keys(&[tenant_key(), foreign_key()]);
    eventually("the new key", async || {
        let answer = service.get_as(&rotated, GUARDED).await;
        (answer.status == 200).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_key_that_is_no_longer_listed_is_dropped() {
    let tenant = Tenant::start().await;
    let program = Service::program_for(&tenant).set("APP_AUTH__KEYS__COOLDOWN", "100ms");
    let service = Service::start_ready(program).await;
    let user = tenant.user(&["Viewer"]);
    service.get_as(&user, GUARDED).await.expect(200);
    tenant.list_keys(&[foreign_key()]);
    let other = tenant.user(&["Viewer"]).signed_by(foreign_key());
    eventually("the refreshed key set", async || {
        let answer = service.get_as(&other, GUARDED).await;
        (answer.status == 200).then_some(())
    })
    .await;
    service.get_as(&user, GUARDED).await.problem(401);
}

#[tokio::test]
async fn unknown_keys_cause_one_fetch_per_cooldown() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let before = tenant.key_requests();
    for index in 0..50 {
        let token = tenant
            .user(&["Viewer"])
            .header("kid", format!("unknown-{index}"));
        service.get_as(&token, GUARDED).await.problem(401);
    }
    let fetches = tenant.key_requests() - before;
    assert!(fetches <= 1, "{fetches} fetches");
}

#[tokio::test]
async fn a_token_that_cannot_be_ours_never_causes_a_fetch() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let before = tenant.key_requests();
    let unknown = tenant.user(&["Viewer"]).header("kid", "unknown");
    for token in [
        unknown.clone().claim("iss", "https://login.contoso.com"),
        unknown.clone().claim("aud", "somebody-else"),
        unknown.expired(),
    ] {
        service.get_as(&token, GUARDED).await.problem(401);
    }
    assert_eq!(tenant.key_requests(), before);
}
