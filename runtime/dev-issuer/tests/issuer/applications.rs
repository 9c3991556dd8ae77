//! Client credentials.

use portcullis_dev_issuer::object_id_of;
use serde_json::{Value, json};

use crate::tenant::{self, API_ID, INGEST_ID, INGEST_SECRET, PAGE_ID, with};

fn client_credentials() -> Vec<(&'static str, String)> {
    vec![
        ("grant_type", "client_credentials".to_owned()),
        ("client_id", INGEST_ID.to_string()),
        ("client_secret", INGEST_SECRET.to_owned()),
        ("scope", format!("api://{API_ID}/.default")),
    ]
}

fn assert_is_token_of_ingest(claims: &Value) {
    assert_eq!(claims["oid"], json!(object_id_of("Ingest")));
    assert_eq!(claims["oid"], claims["sub"]);
    assert_eq!(claims["azp"], json!(INGEST_ID));
    assert_eq!(claims["azpacr"], "1");
    assert_eq!(claims["idtyp"], "app");
    assert_eq!(claims["roles"], json!(["Ingest"]));
    for of_users in ["scp", "name", "preferred_username"] {
        assert_eq!(claims.get(of_users), None);
    }
}

#[tokio::test]
async fn a_secret_becomes_an_applications_token() {
    let tenant = tenant::start().await;
    let (status, body) = tenant.post_token(&client_credentials()).await;
    assert_eq!(status, 200, "{body}");
    assert_eq!(body.get("scope"), None);
    assert_is_token_of_ingest(
        &tenant
            .verify(body["access_token"].as_str().unwrap())
            .await
            .unwrap(),
    );
}

#[tokio::test]
async fn the_secret_may_stand_in_http_basic() {
    let tenant = tenant::start().await;
    let encoded: String = url::form_urlencoded::byte_serialize(INGEST_SECRET.as_bytes()).collect();
    let response = tenant
        .client
        .post(tenant.url("/oauth2/v2.0/token"))
        .basic_auth(INGEST_ID, Some(encoded))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(format!(
            "grant_type=client_credentials&scope=api://{API_ID}/.default"
        ))
        .send()
        .await
        .unwrap();
    let body: Value = response.json().await.unwrap();
    assert_is_token_of_ingest(
        &tenant
            .verify(body["access_token"].as_str().unwrap())
            .await
            .unwrap(),
    );
}

#[tokio::test]
async fn wrong_client_credentials_are_refused() {
    let tenant = tenant::start().await;
    let user_scope = tenant::scope();
    let cases = [
        (
            "client_secret",
            "p&ss:w0rd",
            401,
            "invalid_client",
            7_000_215,
        ),
        ("client_secret", "", 401, "invalid_client", 7_000_218),
        ("client_id", "no-guid", 400, "unauthorized_client", 700_016),
        (
            "client_id",
            &PAGE_ID.to_string(),
            400,
            "unauthorized_client",
            700_016,
        ),
        ("scope", &user_scope, 400, "invalid_scope", 1_002_012),
        (
            "scope",
            "api://elsewhere/.default",
            400,
            "invalid_resource",
            500_011,
        ),
        ("scope", "", 400, "invalid_request", 900_144),
        (
            "grant_type",
            "password",
            400,
            "unsupported_grant_type",
            70_003,
        ),
        ("grant_type", "", 400, "invalid_request", 900_144),
    ];
    for (name, wrong, status, error, number) in cases {
        let answer = tenant
            .post_token(&with(client_credentials(), name, wrong))
            .await;
        assert_eq!(
            (answer.0, &answer.1["error"]),
            (status, &json!(error)),
            "{name}={wrong}"
        );
        assert_eq!(answer.1["error_codes"], json!([number]), "{name}={wrong}");
        let description = answer.1["error_description"].as_str().unwrap();
        assert!(
            description.starts_with(&format!("AADSTS{number}: ")),
            "{description}"
        );
        assert!(!description.contains(INGEST_SECRET), "{description}");
    }
}

#[tokio::test]
async fn a_body_that_is_no_form_is_refused() {
    let tenant = tenant::start().await;
    let request = tenant.client.post(tenant.url("/oauth2/v2.0/token"));
    let response = request
        .json(&json!({ "grant_type": "client_credentials" }))
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 400);
    assert_eq!(
        response.json::<Value>().await.unwrap()["error"],
        "invalid_request"
    );
}
