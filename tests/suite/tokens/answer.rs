//! What a refusal shows (duties 8, 13 and 14): nothing that an unverified token says, and nothing that may be kept.

use reqwest::Method;
use serde_json::json;

use super::GUARDED;
use crate::harness::{Answer, Mcp, Service, Tenant, Token, foreign_key};

/// Names and values of the headers that a client may tell answers apart by.
fn headers_but_the_correlation_id(answer: &Answer) -> Vec<String> {
    let mut headers: Vec<String> = answer
        .headers
        .iter()
        .filter(|(name, _)| !matches!(name.as_str(), "x-correlation-id" | "date"))
        .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap_or("?")))
        .collect();
    headers.sort();
    headers
}

#[tokio::test]
async fn every_bad_token_is_answered_with_the_same_bytes_and_headers() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let user = tenant.user(&["Viewer"]);
    let cases: [(&str, Token); 8] = [
        ("expired", user.clone().expired()),
        ("another audience", user.clone().claim("aud", "another")),
        ("another tenant", user.clone().claim("tid", "another")),
        ("no rights", user.clone().without("scp").without("roles")),
        ("unknown key", user.clone().header("kid", "unknown")),
        ("another's signature", user.clone().signed_by(foreign_key())),
        ("no algorithm", user.clone().header("alg", "none")),
        ("huge", user.clone().claim("x", "x".repeat(20_000))),
    ];
    let mut first = None;
    for (name, token) in cases {
        let answer = service.get_as(&token, GUARDED).await;
        answer.problem(401);
        let shown = (
            answer.body_without_correlation_id(),
            headers_but_the_correlation_id(&answer),
        );
        let expected = first.get_or_insert_with(|| shown.clone());
        assert_eq!(&shown, expected, "{name}");
    }
}

/// An answer of 403, or of an unknown tool, would tell the sender of a forgery how its claims were judged.
#[tokio::test]
async fn only_401_answers_a_token_before_its_signature_is_verified() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let forged = |token: Token| token.signed_by(foreign_key());
    for (name, token) in [
        ("every role", forged(tenant.user(&["Admin"]))),
        ("no role", forged(tenant.user(&[]))),
        (
            "no scope",
            forged(tenant.user(&["Admin"]).claim("scp", "other")),
        ),
        ("an application", forged(tenant.application(&["Ingest"]))),
    ] {
        for (method, path) in [
            (Method::GET, "/api/v1/reports/not-an-id"),
            (Method::DELETE, "/api/v1/reports/1"),
            (Method::GET, "/api/v1/audit?page=nonsense"),
        ] {
            let request = service.request(method.clone(), path).bearer_auth(&token);
            let answer = Answer::of(request).await;
            assert_eq!(answer.status, 401, "{name}: {method} {path}: {answer}");
        }
        let mcp = Mcp::of(&service, Some(&token));
        for tool in ["delete_report", "no_such_tool"] {
            let answer = mcp.call(tool, json!({"id": "1"})).await;
            assert_eq!(answer.status, 401, "{name}: {tool}: {answer}");
        }
    }
}

#[tokio::test]
async fn no_cache_may_keep_a_refusal() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let viewer = tenant.user(&["Viewer"]);
    let get = || service.request(Method::GET, GUARDED);
    let delete = service.request(Method::DELETE, "/api/v1/reports/1");
    for (request, status) in [
        (get(), 401),
        (get().bearer_auth("nonsense"), 401),
        (get().header("authorization", "Bearer a b"), 400),
        (delete.bearer_auth(&viewer), 403),
    ] {
        let answer = Answer::of(request).await;
        answer.problem(status);
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{answer}");
    }
}
