//! The authorization code flow with PKCE.

use std::time::Duration;

use portcullis_dev_issuer::{IssuerSettings, object_id_of};
use serde_json::json;
use url::Url;

use crate::tenant::{
    self, API_ID, INGEST_ID, PAGE_ID, REDIRECT_URI, TENANT_ID, VERIFIER, answer_of,
    authorize_parameters, location_of, scope, settings, token_parameters, with,
};

#[tokio::test]
async fn a_code_and_its_verifier_become_a_users_token() {
    let tenant = tenant::start().await;
    let response = tenant
        .authorize(&with(authorize_parameters(), "account", "Analyst"))
        .await;
    let location = location_of(&response);
    assert!(location.as_str().starts_with(REDIRECT_URI), "{location}");
    let answer = answer_of(&response);
    assert_eq!(answer["state"], "a b&c");

    let (status, body) = tenant.post_token(&token_parameters(&answer["code"])).await;
    assert_eq!(status, 200, "{body}");
    assert_eq!(body["token_type"], "Bearer");
    assert_eq!(body["expires_in"], 3600);
    assert_eq!(body["scope"], scope());

    let claims = tenant
        .verify(body["access_token"].as_str().unwrap())
        .await
        .unwrap();
    assert_eq!(claims["tid"], json!(TENANT_ID));
    assert_eq!(claims["azp"], json!(PAGE_ID));
    assert_eq!(claims["azpacr"], "0");
    assert_eq!(claims["oid"], json!(object_id_of("Analyst")));
    assert_ne!(claims["sub"], claims["oid"]);
    assert_eq!(claims["roles"], json!(["Analyst"]));
    assert_eq!(claims["scp"], "user_impersonation");
    assert_eq!(claims["ver"], "2.0");
    assert_eq!(claims["name"], "Analyst");
    assert_eq!(claims.get("idtyp"), None);
    assert_eq!(
        claims["exp"].as_u64().unwrap() - claims["iat"].as_u64().unwrap(),
        3600
    );
}

#[tokio::test]
async fn a_code_works_once_whatever_the_first_request_got_wrong() {
    let tenant = tenant::start().await;
    let cases = [
        ("code_verifier", "x".repeat(43), 501_481),
        ("client_id", INGEST_ID.to_string(), 700_005),
        ("redirect_uri", "http://127.0.0.1:8080/".to_owned(), 500_112),
        (
            "scope",
            format!("{} api://{API_ID}/Reports.Read", scope()),
            65_001,
        ),
    ];
    for (name, wrong, number) in cases {
        let good = token_parameters(&tenant.code_for("Viewer").await);
        let (status, body) = tenant.post_token(&with(good.clone(), name, &wrong)).await;
        assert_eq!(
            (status, &body["error"]),
            (400, &json!("invalid_grant")),
            "{name}"
        );
        assert_eq!(body["error_codes"], json!([number]), "{name}");
        let (status, body) = tenant.post_token(&good).await;
        assert_eq!(
            (status, &body["error_codes"]),
            (400, &json!([54005])),
            "{name}"
        );
    }
    let (status, body) = tenant.post_token(&token_parameters("never-issued")).await;
    assert_eq!((status, &body["error"]), (400, &json!("invalid_grant")));
}

#[tokio::test]
async fn a_late_code_is_refused() {
    let code_lifetime = Duration::ZERO;
    let tenant = tenant::start_with(IssuerSettings {
        code_lifetime,
        ..settings()
    })
    .await;
    let (status, body) = tenant
        .post_token(&token_parameters(&tenant.code_for("Viewer").await))
        .await;
    assert_eq!((status, &body["error_codes"]), (400, &json!([70008])));
}

#[tokio::test]
async fn nobody_is_redirected_to_an_address_that_is_not_registered() {
    let tenant = tenant::start().await;
    let cases = [
        (
            "redirect_uri",
            "http://127.0.0.1:8080/docs/oauth2-redirect.html/".to_owned(),
            "AADSTS50011",
        ),
        (
            "redirect_uri",
            "https://elsewhere.test/<script>".to_owned(),
            "AADSTS50011",
        ),
        ("redirect_uri", String::new(), "AADSTS900144"),
        ("client_id", API_ID.to_string(), "AADSTS700016"),
        (
            "client_id",
            "\"><script>alert(1)</script>".to_owned(),
            "AADSTS700016",
        ),
    ];
    for (name, wrong, number) in cases {
        let parameters = with(
            with(authorize_parameters(), "account", "Admin"),
            name,
            &wrong,
        );
        let response = tenant.authorize(&parameters).await;
        assert_eq!(response.status(), 400, "{name}={wrong}");
        assert_eq!(response.headers().get("location"), None, "{name}={wrong}");
        let page = response.text().await.unwrap();
        assert!(page.contains(number), "{page}");
        assert!(!page.contains("<script"), "{page}");
    }
}

#[tokio::test]
async fn other_mistakes_go_back_to_the_client_with_its_state() {
    let tenant = tenant::start().await;
    let cases = [
        ("response_type", "token", "unsupported_response_type"),
        ("response_mode", "form_post", "invalid_request"),
        ("code_challenge", "", "invalid_request"),
        ("code_challenge", "not-a-digest", "invalid_request"),
        ("code_challenge_method", "", "invalid_request"),
        ("code_challenge_method", "plain", "invalid_request"),
        ("scope", "openid profile", "invalid_scope"),
        ("scope", "user_impersonation", "invalid_scope"),
        (
            "scope",
            &format!("api://{API_ID}/Reports.Write"),
            "invalid_scope",
        ),
        (
            "scope",
            "api://elsewhere/user_impersonation",
            "invalid_resource",
        ),
        ("resource", "https://elsewhere.test", "invalid_target"),
        ("account", "Nobody", "access_denied"),
        ("prompt", "none", "login_required"),
    ];
    for (name, wrong, error) in cases {
        let answer = answer_of(
            &tenant
                .authorize(&with(authorize_parameters(), name, wrong))
                .await,
        );
        assert_eq!(answer["error"], error, "{name}={wrong}");
        assert!(
            answer["error_description"].starts_with("AADSTS"),
            "{name}={wrong}"
        );
        assert_eq!(answer["state"], "a b&c", "{name}={wrong}");
        assert_eq!(answer.get("code"), None, "{name}={wrong}");
    }
}

#[tokio::test]
async fn a_parameter_that_stands_twice_is_refused() {
    let tenant = tenant::start().await;
    let mut parameters = authorize_parameters();
    parameters.push(("redirect_uri", REDIRECT_URI.to_owned()));
    assert_eq!(tenant.authorize(&parameters).await.status(), 400);
    let mut form = token_parameters(&tenant.code_for("Viewer").await);
    form.push(("code_verifier", VERIFIER.to_owned()));
    assert_eq!(tenant.post_token(&form).await.0, 400);
}

#[tokio::test]
async fn scopes_may_be_qualified_by_the_client_id_or_asked_for_as_default() {
    let tenant = tenant::start().await;
    for (requested, expected) in [
        (format!("{API_ID}/Reports.Read"), "Reports.Read"),
        (
            format!("api://{API_ID}/.default"),
            "user_impersonation Reports.Read",
        ),
    ] {
        let parameters = with(
            with(authorize_parameters(), "scope", &requested),
            "account",
            "PM",
        );
        let code = answer_of(&tenant.authorize(&parameters).await)["code"].clone();
        let (_, body) = tenant.post_token(&token_parameters(&code)).await;
        let claims = tenant
            .verify(body["access_token"].as_str().unwrap())
            .await
            .unwrap();
        assert_eq!(claims["scp"], expected);
    }
}

#[tokio::test]
async fn the_code_stands_in_the_fragment_when_asked_for() {
    let tenant = tenant::start().await;
    let parameters = with(
        with(authorize_parameters(), "response_mode", "fragment"),
        "account",
        "PM",
    );
    let location = location_of(&tenant.authorize(&parameters).await);
    assert_eq!(location.query(), None);
    assert!(location.fragment().unwrap().contains("code="));
}

#[tokio::test]
async fn a_redirect_uri_can_be_allowed_once_the_port_is_known() {
    let tenant = tenant::start().await;
    let late = "http://localhost:49152/callback?x=1";
    let parameters = with(
        with(authorize_parameters(), "redirect_uri", late),
        "account",
        "PM",
    );
    assert_eq!(tenant.authorize(&parameters).await.status(), 400);
    tenant.issuer.allow_redirect_uri(PAGE_ID, late).unwrap();
    let location: Url = location_of(&tenant.authorize(&parameters).await);
    assert!(
        location
            .as_str()
            .starts_with("http://localhost:49152/callback?x=1&code="),
        "{location}"
    );
    assert!(tenant.issuer.allow_redirect_uri(API_ID, late).is_err());
    assert!(
        tenant
            .issuer
            .allow_redirect_uri(PAGE_ID, "javascript:alert(1)")
            .is_err()
    );
}

const STEP_UP: &str =
    r#"{"access_token":{"acrs":{"essential":true,"value":"c1"},"xms_cc":{"values":["cp1"]}}}"#;

/// A client hands the claims of a challenge on as they are, with its own capability beside them.
#[tokio::test]
async fn a_sign_in_meets_the_context_that_its_claims_request_asks_for() {
    let tenant = tenant::start().await;
    let asked = with(authorize_parameters(), "claims", STEP_UP);
    let response = tenant.authorize(&with(asked, "account", "Viewer")).await;
    let good = token_parameters(&answer_of(&response)["code"]);
    let (status, body) = tenant.post_token(&with(good, "claims", STEP_UP)).await;
    assert_eq!(status, 200, "{body}");
    let token = body["access_token"].as_str().unwrap();
    let claims = tenant.verify(token).await.unwrap();
    assert_eq!(claims["acrs"], json!(["c1"]));
    assert_eq!(claims["xms_cc"], json!(["cp1"]));
}

#[tokio::test]
async fn a_context_is_met_by_signing_in_and_not_by_redeeming_a_code() {
    let tenant = tenant::start().await;
    let parameters = token_parameters(&tenant.code_for("Viewer").await);
    let (status, body) = tenant
        .post_token(&with(parameters, "claims", STEP_UP))
        .await;
    assert_eq!(
        (status, &body["error"]),
        (400, &json!("interaction_required"))
    );
    let plain = token_parameters(&tenant.code_for("Viewer").await);
    let (_, body) = tenant.post_token(&plain).await;
    let token = body["access_token"].as_str().unwrap();
    let claims = tenant.verify(token).await.unwrap();
    assert_eq!((claims.get("acrs"), claims.get("xms_cc")), (None, None));
}

#[tokio::test]
async fn a_claims_request_that_cannot_be_read_goes_back_to_the_client() {
    let tenant = tenant::start().await;
    let asked = with(authorize_parameters(), "claims", "c1");
    let response = tenant.authorize(&with(asked, "account", "Viewer")).await;
    assert_eq!(answer_of(&response)["error"], "invalid_request");
}
