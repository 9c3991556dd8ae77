//! Signing keys: a start with the identity provider down, healing, rotation, and floods of unknown keys.

mod documents;

use std::time::{Duration, Instant};

use serde_json::json;

use crate::harness::{Mcp, Service, Tenant, eventually, foreign_key, tenant_key};

const GUARDED: &str = "/api/v1/me";
const NOT_THE_TOKEN: &str =
    "the identity provider's signing keys could not be fetched; your token has not been judged";

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

#[tokio::test]
async fn an_identity_provider_that_hangs_holds_the_first_calls_for_the_timeout_of_a_fetch_and_no_longer()
 {
    const TIMEOUT: Duration = Duration::from_secs(1);
    let tenant = Tenant::start_hanging().await;
    let program = Service::program_for(&tenant)
        .set("APP_AUTH__KEYS__TIMEOUT", "1s")
        .set("APP_SERVER__REQUEST_TIMEOUT", "1m");
    let service = Service::start_program(program).await;
    let user = tenant.user(&["Viewer"]);
    let mcp = Mcp::of(&service, Some(&user));
    let started = Instant::now();
    let (over_rest, over_mcp) = tokio::join!(
        service.get_as(&user, GUARDED),
        mcp.post("tools/list", json!({})),
    );
    let took = started.elapsed();
    for refused in [over_rest, over_mcp] {
        let problem = refused.problem(503);
        assert_eq!(problem["code"], "keys_unavailable", "{refused}");
        assert_eq!(problem["detail"], NOT_THE_TOKEN, "{refused}");
        assert_eq!(refused.header("retry-after"), Some("5"), "{refused}");
    }
    assert!(took < 5 * TIMEOUT, "{took:?}");
    let event = service
        .log()
        .wait_for("signing keys could not be refreshed")
        .await;
    let error = event["error"].as_str().unwrap_or_default();
    assert!(
        error.contains("within 1s, which one fetch may take (auth.keys.timeout)"),
        "{error}"
    );
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
