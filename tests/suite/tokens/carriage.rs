//! How a credential is carried (duty 12): one header, one scheme, nothing else.

use reqwest::Method;

use super::GUARDED;
use crate::harness::{Answer, Service, Tenant};

#[tokio::test]
async fn a_request_without_a_credential_is_challenged_without_an_error() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    for authorization in [
        None,
        Some("Basic dXNlcjpwYXNz"),
        Some("Negotiate abc"),
        Some("Digest x=y"),
    ] {
        let mut request = service.request(Method::GET, GUARDED);
        if let Some(value) = authorization {
            request = request.header("authorization", value);
        }
        let answer = Answer::of(request).await;
        assert_eq!(answer.problem(401)["code"], "unauthenticated");
        let challenge = answer.header("www-authenticate").unwrap_or_default();
        assert!(challenge.starts_with("Bearer"), "{challenge}");
        assert!(!challenge.contains("error"), "{challenge}");
        assert!(challenge.contains("resource_metadata="), "{challenge}");
    }
}

#[tokio::test]
async fn the_scheme_is_read_in_any_case() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let token = tenant.user(&["Viewer"]);
    for scheme in ["Bearer", "bearer", "BEARER", "bEaReR"] {
        let request = service.request(Method::GET, GUARDED);
        let request = request.header("authorization", format!("{scheme} {token}"));
        Answer::of(request).await.expect(200);
    }
}

#[tokio::test]
async fn two_authorization_headers_are_a_malformed_request() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let good = format!("Bearer {}", tenant.user(&["Viewer"]));
    for second in [good.as_str(), "Bearer other", "Basic dXNlcjpwYXNz", ""] {
        let request = service.request(Method::GET, GUARDED);
        let request = request
            .header("authorization", &good)
            .header("authorization", second);
        let answer = Answer::of(request).await;
        assert_eq!(answer.problem(400)["code"], "invalid_request", "{second}");
    }
}

#[tokio::test]
async fn a_malformed_bearer_header_is_a_malformed_request() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let good = tenant.user(&["Viewer"]).to_string();
    for value in [
        "Bearer".to_owned(),
        "Bearer ".to_owned(),
        format!("Bearer {good} {good}"),
        format!("Bearer {good},Bearer {good}"),
        format!("Bearer {good}; x=y"),
        format!("Bearer \"{good}\""),
    ] {
        let request = service
            .request(Method::GET, GUARDED)
            .header("authorization", &value);
        let answer = Answer::of(request).await;
        assert_eq!(answer.problem(400)["code"], "invalid_request", "{value}");
    }
}

#[tokio::test]
async fn a_token_in_any_other_place_is_not_seen() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let token = tenant.user(&["Viewer"]).to_string();
    let in_query = format!("{GUARDED}?access_token={token}");
    let answer = service.get(&in_query).await;
    assert_eq!(answer.problem(401)["code"], "unauthenticated");
    let bearer = format!("Bearer {token}");
    for (name, value) in [
        ("cookie", format!("access_token={token}")),
        ("x-forwarded-authorization", bearer.clone()),
        ("proxy-authorization", bearer.clone()),
        ("x-authorization", bearer),
        ("x-ms-token-aad-access-token", token),
        (
            "x-ms-client-principal",
            "eyJyb2xlcyI6WyJBZG1pbiJdfQ==".to_owned(),
        ),
        ("x-ms-client-principal-id", "somebody".to_owned()),
        ("x-poc-roles", "Admin".to_owned()),
    ] {
        let answer = Answer::of(service.request(Method::GET, GUARDED).header(name, value)).await;
        assert_eq!(answer.problem(401)["code"], "unauthenticated", "{name}");
    }
}

#[tokio::test]
async fn a_header_cannot_change_method_or_path() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    for (name, value) in [
        ("x-http-method-override", "GET"),
        ("x-original-url", "/health"),
        ("x-rewrite-url", "/health"),
    ] {
        let request = service
            .request(Method::DELETE, "/api/v1/reports/1")
            .header(name, value);
        Answer::of(request).await.problem(401);
    }
}

/// A client whose token has expired must be able to read where to get a new one.
#[tokio::test]
async fn public_routes_do_not_look_at_a_credential() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    for path in [
        "/health",
        "/.well-known/oauth-protected-resource",
        "/.well-known/oauth-protected-resource/api/v1/mcp",
    ] {
        for value in ["Bearer nonsense", "Bearer", "Basic x"] {
            let request = service
                .request(Method::GET, path)
                .header("authorization", value);
            Answer::of(request).await.expect(200);
        }
    }
}
