//! A deployment that is wrong in one thing: the check of that thing says so.

use axum::Json;
use axum::http::StatusCode;
use axum::http::header::HeaderName;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::{Smoke, text};
use crate::harness::{Asked, Front, Seen, Service, Tenant};

/// The service behind a front that is its public address, and answers some requests itself.
async fn start(
    tenant: &Tenant,
    instead: impl Fn(&Asked) -> Option<Response> + Send + Sync + 'static,
) -> (Service, String, Seen) {
    let front = Front::bind().await;
    let url = front.url.clone();
    let program = Service::program_for(tenant).set("APP_SERVER__PUBLIC_URL", &url);
    let service = Service::start_ready(program).await;
    let seen = front.pass_to(&service.url, instead);
    (service, url, seen)
}

/// An answer that looks as the API's own do.
fn answer(
    asked: &Asked,
    status: StatusCode,
    headers: &[(&'static str, String)],
    body: Value,
) -> Response {
    let mut answer = (status, Json(body)).into_response();
    let correlation_id = asked
        .header("x-correlation-id")
        .unwrap_or_default()
        .to_owned();
    let headers = headers
        .iter()
        .cloned()
        .chain([("x-correlation-id", correlation_id)]);
    for (name, value) in headers {
        answer.headers_mut().insert(
            HeaderName::from_static(name),
            value.parse().expect("a header of a test is text"),
        );
    }
    answer
}

/// The worst that can happen: a guard that is not there.
#[tokio::test]
async fn an_operation_that_lets_a_missing_role_through_is_the_worst_failure() {
    let tenant = Tenant::start().await;
    let (_service, url, _) = start(&tenant, |asked| {
        (asked.path == "/api/v1/audit")
            .then(|| answer(asked, StatusCode::OK, &[], json!({"items": []})))
    })
    .await;
    let token = text(&tenant.user(&["Viewer"]));
    let origin = ["--origin", "https://not-allowed.example"];
    let smoke = Smoke::with_token(&url, &token, &origin).await.expect(1);
    assert_eq!(smoke.report["verdict"], "breach", "{smoke}");
    smoke.says(
        "GET /api/v1/audit",
        "breach",
        &["LETS IN", "Admin", "take the deployment off the network"],
    );
    assert!(
        smoke
            .finished
            .stderr
            .contains("lets in whom it must refuse"),
        "{smoke}"
    );
    // In the text it stands in front of every other failure.
    let finished = crate::harness::Program::bare()
        .run_with_input(
            &[
                "smoke", "--url", &url, "--token", "-", "--origin", origin[1],
            ],
            &token,
        )
        .await;
    let breach = finished.stdout.find("\nBREACH GET /api/v1/audit").unwrap();
    let failure = finished.stdout.find("\nFAILED CORS").unwrap();
    assert!(breach < failure, "{}", finished.stdout);
}

#[tokio::test]
async fn whoever_is_let_in_without_a_good_token_is_a_breach() {
    let tenant = Tenant::start().await;
    let me = || json!({"roles": ["Admin"], "scopes": ["user_impersonation"]});
    let (_service, url, _) = start(&tenant, move |asked| {
        (asked.path == "/api/v1/me").then(|| answer(asked, StatusCode::OK, &[], me()))
    })
    .await;
    let token = text(&tenant.user(&["Viewer"]).claim("roles", json!([])));
    let smoke = Smoke::with_token(&url, &token, &[]).await.expect(1);
    smoke.says("no token", "breach", &["AUTH_REQUIRED"]);
    smoke.says("bad token", "breach", &["not authenticated"]);
    smoke.says(
        "who am I",
        "breach",
        &["gives rights that the token does not"],
    );
    let (_service, url, _) = start(&tenant, |asked| {
        (asked.path == "/api/v1/mcp")
            .then(|| answer(asked, StatusCode::OK, &[], json!({"result": {"tools": []}})))
    })
    .await;
    let smoke = Smoke::with_token(&url, &token, &[]).await.expect(1);
    smoke.says("MCP, no token", "breach", &["tools are open to everybody"]);
}

#[tokio::test]
async fn refusals_of_another_form_are_told() {
    let tenant = Tenant::start().await;
    let token = text(&tenant.user(&["Viewer"]));
    let challenge = |error: &str| {
        format!(
            "Bearer {error}resource_metadata=\"http://127.0.0.1/.well-known/oauth-protected-resource\""
        )
    };
    let problem = |code: &str, detail: String| json!({"type": "urn:x", "title": "x", "status": 401, "code": code, "detail": detail});
    let refuse = move |asked: &Asked, challenge: String, body: Value| {
        let headers = [
            ("www-authenticate", challenge),
            ("content-type", "application/problem+json".to_owned()),
        ];
        answer(asked, StatusCode::UNAUTHORIZED, &headers, body)
    };
    // The reason in the answer: an attacker reads it.
    let (_service, url, _) = start(&tenant, move |asked| {
        let sent = asked
            .header("authorization")
            .filter(|_| asked.path == "/api/v1/me")?;
        let body = problem("invalid_token", format!("{} bytes", sent.len()));
        Some(refuse(asked, challenge("error=\"invalid_token\", "), body))
    })
    .await;
    let smoke = Smoke::with_token(&url, &token, &[]).await.expect(1);
    smoke.says("no token", "ok", &[]);
    smoke.says("bad token", "failed", &["tells apart why"]);
    // An error without a credential.
    let (_service, url, _) = start(&tenant, move |asked| {
        let is_bare = asked.path == "/api/v1/me" && asked.header("authorization").is_none();
        is_bare.then(|| {
            refuse(
                asked,
                challenge("error=\"invalid_token\", "),
                problem("unauthenticated", String::new()),
            )
        })
    })
    .await;
    let smoke = Smoke::with_token(&url, &token, &[]).await.expect(1);
    smoke.says("no token", "failed", &["names an error"]);
    // No way to the metadata.
    let (_service, url, _) = start(&tenant, move |asked| {
        let is_bare = asked.path == "/api/v1/me" && asked.header("authorization").is_none();
        is_bare.then(|| {
            refuse(
                asked,
                "Bearer".to_owned(),
                problem("unauthenticated", String::new()),
            )
        })
    })
    .await;
    let smoke = Smoke::with_token(&url, &token, &[]).await.expect(1);
    smoke.says("no token", "failed", &["resource_metadata"]);
}

#[tokio::test]
async fn an_ingress_that_adds_cors_is_told_to_stop() {
    let tenant = Tenant::start().await;
    let (_service, url, _) = start(&tenant, |asked| {
        let headers = [("access-control-allow-origin", "*".to_owned())];
        (asked.method == "OPTIONS").then(|| answer(asked, StatusCode::OK, &headers, json!(null)))
    })
    .await;
    let token = text(&tenant.user(&["Viewer"]));
    let smoke = Smoke::with_token(&url, &token, &[]).await.expect(1);
    smoke.says(
        "CORS, strangers",
        "failed",
        &["cors.allowed_origins", "switch its CORS off"],
    );
}

/// The attack: metadata that makes `az` hand out a token of Azure, and a server that reads it.
#[tokio::test]
async fn a_scope_of_another_api_in_the_metadata_is_not_asked_for() {
    let tenant = Tenant::start().await;
    let (_service, url, seen) = start(&tenant, |asked| {
        asked.path.starts_with("/.well-known/").then(|| {
            let resource = format!("http://{}/api/v1/mcp", asked.header("host").unwrap_or_default());
            let document = json!({
                "resource": resource,
                "authorization_servers": ["https://login.microsoftonline.com/7d9e1c52-3b64-4f0a-9a57-2c8e61b4d7f3/v2.0"],
                "scopes_supported": ["https://management.azure.com/user_impersonation"],
            });
            answer(asked, StatusCode::OK, &[], document)
        })
    })
    .await;
    let token = text(&tenant.user(&["Viewer"]));
    let program =
        crate::harness::Program::bare().with_script("az", &format!("#!/bin/sh\necho '{token}'\n"));
    let smoke = Smoke::run(&program, &url, &token, &[]).await.expect(1);
    smoke.says(
        "token",
        "failed",
        &[
            "https://management.azure.com/user_impersonation",
            "az is not asked",
        ],
    );
    assert!(!seen.has_met(&token), "{:?}", seen.requests());
}

#[tokio::test]
async fn a_token_of_another_api_and_an_expired_one_are_not_sent() {
    let tenant = Tenant::start().await;
    let (_service, url, seen) = start(&tenant, |_| None).await;
    let graph = text(
        &tenant
            .user(&["Viewer"])
            .claim("aud", "00000003-0000-0000-c000-000000000000"),
    );
    let expired = text(&tenant.user(&["Viewer"]).expired());
    let other = "11111111-1111-4111-8111-111111111111";
    let of_another = text(&tenant.user(&["Viewer"]).claim("aud", other));
    for (token, words) in [
        (graph, "Microsoft Graph"),
        (expired, "expired"),
        (of_another, other),
    ] {
        let smoke = Smoke::with_token(&url, &token, &[]).await.expect(1);
        smoke.says("token", "failed", &[words]);
        assert!(!seen.has_met(&token), "{words}");
    }
}

/// A server that repeats what it was sent, wherever it can.
#[tokio::test]
async fn a_server_that_repeats_the_token_does_not_get_it_into_the_output() {
    let tenant = Tenant::start().await;
    let token = text(&tenant.user(&["Viewer"]));
    for status in [200, 401, 403, 500] {
        let (_service, url, seen) = start(&tenant, move |asked| {
            let sent = asked.header("authorization")?.strip_prefix("Bearer ")?.to_owned();
            // The bad tokens are refused by the service.
            if sent.len() < 500 {
                return None;
            }
            let body = json!({"code": sent, "title": sent, "roles": [sent], "scopes": [sent], "error": {"code": 1, "message": sent}});
            let headers = [("location", sent.clone()), ("server", sent.clone()), ("content-type", format!("application/{sent}"))];
            let mut answer = answer(asked, StatusCode::from_u16(status).unwrap(), &headers, body);
            answer.headers_mut().insert("x-correlation-id", sent.parse().unwrap());
            Some(answer)
        })
        .await;
        Smoke::with_token(&url, &token, &[]).await.expect(1);
        assert!(seen.has_met(&token), "it was sent");
    }
}

#[tokio::test]
async fn a_correlation_id_that_is_replaced_on_the_way_is_a_warning() {
    let tenant = Tenant::start().await;
    let (_service, url, _) = start(&tenant, |asked| {
        (asked.path == "/health").then(|| {
            let body = json!({"status": "ok", "environment": "test", "authentication": "required", "keys": "fresh"});
            let mut answer = answer(asked, StatusCode::OK, &[], body);
            answer.headers_mut().insert("x-correlation-id", "another".parse().unwrap());
            answer
        })
    })
    .await;
    let token = text(&tenant.user(&["Viewer"]));
    let smoke = Smoke::with_token(&url, &token, &[]).await.expect(0);
    smoke.says(
        "health",
        "warning",
        &["did not come back", "x-correlation-id"],
    );
}
