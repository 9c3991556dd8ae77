//! CORS for the configured origins only, and outside everything that can refuse: a browser reads 401, 403 and 429 too.

use reqwest::Method;

use crate::harness::{Answer, Service, Tenant};

const ALLOWED: &str = "https://desk.contoso.com";
const OTHER: &str = "https://desk.contoso.com.evil.example";

async fn start(tenant: &Tenant) -> Service {
    let program = Service::program_for(tenant).set("APP_CORS__ALLOWED_ORIGINS", ALLOWED);
    Service::start_ready(program).await
}

async fn preflight(service: &Service, origin: &str) -> Answer {
    let request = service
        .request(Method::OPTIONS, "/api/v1/reports")
        .header("origin", origin)
        .header("access-control-request-method", "POST")
        .header(
            "access-control-request-headers",
            "authorization,content-type",
        );
    Answer::of(request).await
}

#[tokio::test]
async fn a_preflight_of_an_allowed_origin_needs_no_credential() {
    let tenant = Tenant::start().await;
    let answer = preflight(&start(&tenant).await, ALLOWED).await;
    assert!((200..300).contains(&answer.status), "{answer}");
    assert_eq!(answer.header("access-control-allow-origin"), Some(ALLOWED));
    let headers = answer
        .header("access-control-allow-headers")
        .unwrap_or_default();
    assert!(headers.to_lowercase().contains("authorization"), "{answer}");
    let methods = answer
        .header("access-control-allow-methods")
        .unwrap_or_default();
    assert!(methods.contains("POST"), "{answer}");
    assert_eq!(answer.header("access-control-allow-credentials"), None);
}

#[tokio::test]
async fn no_other_origin_is_allowed() {
    let tenant = Tenant::start().await;
    let service = start(&tenant).await;
    for origin in [
        OTHER,
        "http://desk.contoso.com",
        "https://desk.contoso.com:8443",
        "https://DESK.contoso.com",
        "https://contoso.com",
        "null",
        "*",
    ] {
        let answer = preflight(&service, origin).await;
        assert_eq!(
            answer.header("access-control-allow-origin"),
            None,
            "{origin}"
        );
        let request = service
            .request(Method::GET, "/health")
            .header("origin", origin);
        let answer = Answer::of(request).await;
        assert_eq!(
            answer.header("access-control-allow-origin"),
            None,
            "{origin}"
        );
    }
}

#[tokio::test]
async fn refusals_carry_cors_headers() {
    let tenant = Tenant::start().await;
    let service = start(&tenant).await;
    let viewer = tenant.user(&["Viewer"]);
    let get = |path| service.request(Method::GET, path).header("origin", ALLOWED);
    let delete = service
        .request(Method::DELETE, "/api/v1/reports/1")
        .header("origin", ALLOWED);
    for (request, status) in [
        (get("/api/v1/reports"), 401),
        (delete.bearer_auth(&viewer), 403),
        (get("/nothing"), 404),
        (
            service
                .request(Method::PATCH, "/api/v1/me")
                .header("origin", ALLOWED),
            405,
        ),
        (get("/api/v1/mcp"), 405),
    ] {
        let answer = Answer::of(request).await;
        answer.problem(status);
        assert_eq!(
            answer.header("access-control-allow-origin"),
            Some(ALLOWED),
            "{answer}"
        );
        let exposed = answer
            .header("access-control-expose-headers")
            .unwrap_or_default();
        for name in ["www-authenticate", "retry-after", "x-correlation-id"] {
            assert!(exposed.to_lowercase().contains(name), "{name} in {answer}");
        }
    }
}

#[tokio::test]
async fn answers_differ_by_origin_and_say_so() {
    let tenant = Tenant::start().await;
    let service = start(&tenant).await;
    let health = || service.request(Method::GET, "/health");
    for request in [health(), health().header("origin", ALLOWED)] {
        let answer = Answer::of(request).await.expect(200);
        let vary = answer.headers.get_all("vary").iter();
        let has_origin = vary
            .filter_map(|value| value.to_str().ok())
            .any(|value| value.to_lowercase().contains("origin"));
        assert!(has_origin, "{answer}");
    }
}

#[tokio::test]
async fn an_options_request_that_is_no_preflight_is_routed_like_any_other() {
    let tenant = Tenant::start().await;
    let service = start(&tenant).await;
    for (path, status) in [("/api/v1/reports", 405), ("/health", 405), ("/nope", 404)] {
        let answer = Answer::of(service.request(Method::OPTIONS, path)).await;
        assert_eq!(answer.status, status, "{path}: {answer}");
        assert_eq!(
            answer.header("content-type"),
            Some("application/problem+json"),
            "{answer}"
        );
    }
}
