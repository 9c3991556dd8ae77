//! Answers that do not come from the API: who gave them is named, and none of them sees the token.

use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use tokio::net::TcpListener;

use super::{Smoke, text};
use crate::harness::{Asked, Front, Program, Service, Tenant};

const SIGN_IN: &str =
    "https://login.microsoftonline.com/common/oauth2/v2.0/authorize?client_id=x&redirect_uri=y";

/// Somebody who answers in place of the API.
type Stranger = fn(&Asked) -> Response;

/// Platform authentication that sends everybody to a sign-in page.
fn redirect_to_sign_in(_: &Asked) -> Response {
    (StatusCode::FOUND, [("location", SIGN_IN)]).into_response()
}

/// Platform authentication that refuses.
fn refuse_by_platform(_: &Asked) -> Response {
    let headers = [
        (
            "x-ms-middleware-request-id",
            "00000000-0000-0000-0000-000000000000",
        ),
        (
            "www-authenticate",
            "Bearer realm=\"x.azurecontainerapps.io\" authorization_uri=\"https://login.windows.net/t/oauth2/authorize\"",
        ),
    ];
    (
        StatusCode::UNAUTHORIZED,
        headers,
        Html("<html>You do not have permission to view this directory or page.</html>"),
    )
        .into_response()
}

fn bad_gateway(_: &Asked) -> Response {
    let page = "<html><head><title>502 Bad Gateway</title></head><body><hr><center>nginx/1.27.3</center></body></html>";
    (StatusCode::BAD_GATEWAY, [("server", "nginx")], Html(page)).into_response()
}

fn no_upstream(_: &Asked) -> Response {
    (
        StatusCode::SERVICE_UNAVAILABLE,
        [("server", "envoy")],
        "no healthy upstream",
    )
        .into_response()
}

fn other_api(_: &Asked) -> Response {
    axum::Json(serde_json::json!({"status": "ok", "environment": "prod", "authentication": "required", "keys": "fresh"})).into_response()
}

fn other_api_with_ids(_: &Asked) -> Response {
    (
        [("x-correlation-id", "1")],
        axum::Json(serde_json::json!({"status": "UP"})),
    )
        .into_response()
}

#[tokio::test]
async fn whoever_answers_in_place_of_the_api_is_named_and_sees_no_token() {
    let tenant = Tenant::start().await;
    let token = text(&tenant.user(&["Viewer"]));
    let table: [(&str, Stranger, &[&str]); 6] = [
        (
            "sign-in page",
            redirect_to_sign_in,
            &[
                "Easy Auth",
                "az containerapp auth update",
                "--enabled false",
            ],
        ),
        (
            "refusal",
            refuse_by_platform,
            &["Easy Auth", "az containerapp auth update"],
        ),
        ("nginx", bad_gateway, &["502", "nginx", "server.bind"]),
        ("envoy", no_upstream, &["503", "Envoy", "replica"]),
        (
            "another API",
            other_api,
            &["without x-correlation-id", "compare the address"],
        ),
        (
            "another API with correlation ids",
            other_api_with_ids,
            &["built on Portcullis"],
        ),
    ];
    for (name, answer, words) in table {
        let front = Front::bind().await;
        let url = front.url.clone();
        let seen = front.answer(answer);
        let smoke = Smoke::with_token(&url, &token, &[]).await.expect(1);
        smoke.says("health", "failed", words);
        assert!(!seen.has_met(&token), "{name}: {:?}", seen.requests());
    }
}

/// Platform authentication can leave a path out, and `/health` is the one that people leave out.
#[tokio::test]
async fn platform_authentication_that_leaves_health_out_is_found() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let token = text(&tenant.user(&["Viewer"]));
    let front = Front::bind().await;
    let url = front.url.clone();
    let seen = front.pass_to(&service.url, |asked| {
        (asked.path != "/health").then(|| redirect_to_sign_in(asked))
    });
    let smoke = Smoke::with_token(&url, &token, &[]).await.expect(1);
    smoke.says("health", "ok", &[]);
    smoke.says("no token", "failed", &["Easy Auth"]);
    assert!(!seen.has_met(&token), "{:?}", seen.requests());
}

#[tokio::test]
async fn nothing_that_answers_is_told_at_once() {
    let tenant = Tenant::start().await;
    let token = text(&tenant.user(&["Viewer"]));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    // The port is taken, connections are accepted by the machine, and nobody reads them.
    let smoke = Smoke::with_token(&url, &token, &["--timeout", "1"])
        .await
        .expect(1);
    smoke.says(
        "health",
        "failed",
        &["no answer", "within 1 s", "--timeout"],
    );
    smoke.says("operations", "skipped", &["nothing answers"]);
    drop(listener);
    let smoke = Smoke::with_token(&url, &token, &[]).await.expect(1);
    smoke.says(
        "health",
        "failed",
        &["nothing answers at", "nothing listens there"],
    );
}

#[tokio::test]
async fn redirects_are_not_followed_with_or_without_the_token() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let token = text(&tenant.user(&["Viewer"]));
    let elsewhere = Front::bind().await;
    let elsewhere_url = elsewhere.url.clone();
    let seen_elsewhere = elsewhere.answer(|_| StatusCode::OK.into_response());
    let front = Front::bind().await;
    let url = front.url.clone();
    let location = format!("{elsewhere_url}/api/v1/me");
    front.pass_to(&service.url, move |asked| {
        let is_with_token = asked
            .header("authorization")
            .is_some_and(|value| value.len() > 600);
        is_with_token.then(|| {
            let headers = [("location", location.as_str()), ("x-correlation-id", "1")];
            (StatusCode::TEMPORARY_REDIRECT, headers).into_response()
        })
    });
    let smoke = Smoke::with_token(&url, &token, &[]).await.expect(1);
    smoke.says("who am I", "failed", &["307"]);
    assert_eq!(seen_elsewhere.requests(), Vec::<String>::new());
}

#[tokio::test]
async fn no_token_goes_over_http_to_another_machine() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let token = text(&tenant.user(&["Viewer"]));
    let front = Front::bind().await;
    let proxy = front.url.clone();
    let seen = front.pass_to(&service.url, |_| None);
    let program = Program::bare()
        .set("HTTP_PROXY", &proxy)
        .set("http_proxy", &proxy);
    let smoke = Smoke::run(
        &program,
        "http://api.contoso.example",
        &token,
        &["--token", "-"],
    )
    .await
    .expect(1);
    smoke.says(
        "token",
        "failed",
        &["over http", "https://api.contoso.example"],
    );
    smoke.says("health", "warning", &["environment test", "APP_ENV"]);
    smoke.says(
        "metadata",
        "failed",
        &["`resource` is http://127.0.0.1", "server.public_url"],
    );
    assert!(!seen.has_met(&token), "{:?}", seen.requests());
}
