//! What a browser sees: the page, its policy, and who may read answers across origins.

use portcullis_dev_issuer::{Account, IssuerSettings};

use crate::tenant::{self, authorize_parameters, settings, with};

#[tokio::test]
async fn the_page_offers_each_account_by_its_name() {
    let tenant = tenant::start().await;
    let response = tenant.authorize(&authorize_parameters()).await;
    assert_eq!(response.status(), 200);
    let page = response.text().await.unwrap();
    for name in ["Admin", "Analyst", "PM", "Viewer"] {
        assert_eq!(page.matches(&format!(">{name}</a>")).count(), 1, "{page}");
    }
    assert!(!page.contains("Ingest"), "applications do not sign in here");

    let link = page
        .split("href=\"?")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .replace("&amp;", "&");
    let url = format!("{}?{link}", tenant.url("/oauth2/v2.0/authorize"));
    let answer = tenant::answer_of(&tenant.client.get(url).send().await.unwrap());
    assert!(answer.contains_key("code"));
    assert_eq!(answer["state"], "a b&c");
}

#[tokio::test]
async fn text_from_outside_is_escaped() {
    let name = "<img src=x onerror=\"alert('1')\">&";
    let tenant = tenant::start_with(IssuerSettings {
        accounts: vec![Account::with_role(name)],
        ..settings()
    })
    .await;
    let parameters = with(
        authorize_parameters(),
        "state",
        "\"><script>alert(1)</script>",
    );
    let page = tenant.authorize(&parameters).await.text().await.unwrap();
    assert!(
        page.contains(">&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;</a>"),
        "{page}"
    );
    assert!(
        !page.contains("<script") && !page.contains("<img"),
        "{page}"
    );
}

#[tokio::test]
async fn the_page_loads_nothing_and_runs_nothing() {
    let tenant = tenant::start().await;
    let response = tenant.authorize(&authorize_parameters()).await;
    let headers = response.headers().clone();
    let policy = headers["content-security-policy"].to_str().unwrap();
    assert!(
        policy.starts_with("default-src 'none'; style-src 'sha256-"),
        "{policy}"
    );
    assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
    assert!(
        !policy.contains("script-src") && !policy.contains("unsafe"),
        "{policy}"
    );
    assert_eq!(headers["x-content-type-options"], "nosniff");
    assert_eq!(headers["cache-control"], "no-store");
    assert_eq!(headers["referrer-policy"], "no-referrer");
    let page = response.text().await.unwrap();
    assert!(
        !page.contains("<script") && !page.contains("src="),
        "{page}"
    );
}

#[tokio::test]
async fn only_pages_of_this_machine_may_read_tokens() {
    let tenant = tenant::start().await;
    for (path, method, origin, expected) in [
        (
            "/oauth2/v2.0/token",
            "POST",
            "http://localhost:5173",
            Some("http://localhost:5173"),
        ),
        ("/oauth2/v2.0/token", "POST", "https://elsewhere.test", None),
        (
            "/discovery/v2.0/keys",
            "GET",
            "https://elsewhere.test",
            Some("*"),
        ),
        (
            "/v2.0/.well-known/openid-configuration",
            "GET",
            "http://localhost:5173",
            Some("*"),
        ),
    ] {
        let preflight = tenant
            .client
            .request(reqwest::Method::OPTIONS, tenant.url(path))
            .header("origin", origin)
            .header("access-control-request-method", method)
            .header(
                "access-control-request-headers",
                "authorization,content-type,x-requested-with",
            )
            .send()
            .await
            .unwrap();
        let allowed = preflight.headers().get("access-control-allow-origin");
        assert_eq!(
            allowed.map(|origin| origin.to_str().unwrap()),
            expected,
            "{path} from {origin}"
        );
    }
}

#[tokio::test]
async fn refusals_of_the_token_endpoint_can_be_read_by_the_page() {
    let tenant = tenant::start().await;
    let request = tenant.client.post(tenant.url("/oauth2/v2.0/token"));
    let response = request
        .header("origin", "http://127.0.0.1:8080")
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 400);
    assert_eq!(
        response.headers()["access-control-allow-origin"],
        "http://127.0.0.1:8080"
    );
}
