use super::*;
use axum::body::Body;
use http::{HeaderMap, StatusCode, header};
use http_body_util::BodyExt;
use tower::ServiceExt;
use utoipa::openapi::{Info, Paths};

const PATHS: [&str; 11] = [
    "/openapi.json",
    "/openapi.yaml",
    "/docs",
    "/docs/initializer.js",
    "/docs/page.css",
    "/docs/swagger-ui.css",
    "/docs/swagger-ui-bundle.js",
    "/docs/oauth2-redirect.html",
    "/docs/oauth2-redirect.js",
    "/docs/favicon-16x16.png",
    "/docs/favicon-32x32.png",
];

fn public_routes() -> Router {
    let document = OpenApi::new(Info::new("Desk", "1.0.0"), Paths::new());
    routes(&document, &page::sample_facts())
}

fn confined(routes: Router) -> Router {
    let authority = Url::parse("https://login.example.com/tenant;'unsafe-eval'").unwrap();
    confine(routes, SecurityHeaders::new(&authority))
}

async fn get_from(router: &Router, path: &str) -> (StatusCode, HeaderMap, String) {
    let request = Request::get(path).body(Body::empty()).unwrap();
    let response = router.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    (parts.status, parts.headers, text)
}

#[tokio::test]
async fn every_file_that_the_page_loads_is_there() {
    let router = confined(public_routes());
    for path in PATHS {
        let (status, headers, body) = get_from(&router, path).await;
        assert_eq!(status, StatusCode::OK, "{path}");
        assert!(!body.is_empty(), "{path}");
        assert!(headers.contains_key(header::CONTENT_TYPE), "{path}");
    }
    let (_, _, page) = get_from(&router, "/docs").await;
    for link in page.split(['"']).filter(|it| it.starts_with("docs/")) {
        assert!(PATHS.contains(&format!("/{link}").as_str()), "{link}");
    }
}

#[tokio::test]
async fn every_answer_is_confined() {
    let router = confined(public_routes());
    for path in PATHS {
        let (_, headers, _) = get_from(&router, path).await;
        let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; script-src 'self';"));
        assert!(policy.contains("frame-ancestors 'none'"));
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert!(headers.contains_key("cross-origin-opener-policy"));
    }
}

#[tokio::test]
async fn the_page_talks_to_its_own_origin_and_the_authority_only() {
    let (_, headers, _) = get_from(&confined(public_routes()), "/docs").await;
    let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert!(policy.contains("connect-src 'self' https://login.example.com;"));
    assert!(!policy.contains("unsafe-eval"));
}

#[tokio::test]
async fn the_sign_in_window_keeps_its_opener() {
    let router = confined(public_routes());
    let policy = async |path| {
        let (_, headers, _) = get_from(&router, path).await;
        headers["cross-origin-opener-policy"].clone()
    };
    assert_eq!(policy("/docs").await, "same-origin-allow-popups");
    assert_eq!(policy("/docs/oauth2-redirect.html").await, "unsafe-none");
}

#[tokio::test]
async fn the_vendored_sign_in_page_has_no_inline_script() {
    let (_, _, page) = get_from(&public_routes(), "/docs/oauth2-redirect.html").await;
    assert!(page.contains("<script src=\"oauth2-redirect.js\"></script>"));
    assert_eq!(page.matches("<script").count(), 1);
}

#[tokio::test]
async fn documentation_for_signed_in_callers_is_refused_to_others_and_still_confined() {
    let router = confined(guard(public_routes()));
    for path in PATHS {
        let (status, headers, body) = get_from(&router, path).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{path}");
        assert!(headers.contains_key(header::WWW_AUTHENTICATE), "{path}");
        assert!(headers.contains_key(header::CONTENT_SECURITY_POLICY));
        assert!(!body.contains("Desk"), "{path}");
    }
}

#[tokio::test]
async fn the_document_is_served_as_json_and_as_yaml() {
    let router = public_routes();
    let (_, headers, json) = get_from(&router, "/openapi.json").await;
    assert_eq!(headers[header::CONTENT_TYPE], "application/json");
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["info"]["title"], "Desk");
    let (_, headers, yaml) = get_from(&router, "/openapi.yaml").await;
    assert_eq!(headers[header::CONTENT_TYPE], "application/yaml");
    assert!(yaml.contains("title: Desk"), "{yaml}");
}

#[tokio::test]
async fn a_trailing_slash_leads_to_the_page() {
    let (status, headers, _) = get_from(&public_routes(), "/docs/").await;
    assert_eq!(status, StatusCode::PERMANENT_REDIRECT);
    assert_eq!(headers[header::LOCATION], "../docs");
}
