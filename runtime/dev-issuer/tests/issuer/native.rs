//! Clients that are in no tenant: they register, sign users in through a loopback address, and stay signed in.

use std::time::Duration;

use portcullis_dev_issuer::IssuerSettings;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::tenant::{
    self, API_ID, NATIVE_ID, PAGE_ID, Tenant, answer_of, authorize_parameters, location_of, scope,
    settings, token_parameters, with,
};

const CALLBACK: &str = "http://localhost:49152/callback?x=1";

async fn register(tenant: &Tenant, metadata: &Value) -> (u16, Value) {
    let request = tenant.client.post(tenant.url("/oauth2/v2.0/register"));
    let response = request.json(metadata).send().await.unwrap();
    assert_eq!(response.headers()["cache-control"], "no-store");
    (response.status().as_u16(), response.json().await.unwrap())
}

fn native_parameters() -> Vec<(&'static str, String)> {
    let parameters = with(authorize_parameters(), "client_id", &NATIVE_ID.to_string());
    with(parameters, "redirect_uri", CALLBACK)
}

/// The answer of the token endpoint after a sign-in as the Analyst, with one parameter of the sign-in changed.
async fn sign_in(tenant: &Tenant, name: &str, value: &str) -> Value {
    let parameters = with(native_parameters(), name, value);
    let response = tenant
        .authorize(&with(parameters, "account", "Analyst"))
        .await;
    let form = token_parameters(&answer_of(&response)["code"]);
    let form = with(form, "client_id", &NATIVE_ID.to_string());
    let (status, body) = tenant
        .post_token(&with(form, "redirect_uri", CALLBACK))
        .await;
    assert_eq!(status, 200, "{body}");
    body
}

fn refresh_parameters(refresh_token: &Value) -> Vec<(&'static str, String)> {
    vec![
        ("grant_type", "refresh_token".to_owned()),
        ("client_id", NATIVE_ID.to_string()),
        ("refresh_token", refresh_token.as_str().unwrap().to_owned()),
    ]
}

#[tokio::test]
async fn who_registers_gets_the_native_client_and_the_addresses_that_are_of_this_machine() {
    let tenant = tenant::start().await;
    let metadata = json!({
        "client_name": "An editor",
        "redirect_uris": ["https://editor.test/redirect", "http://127.0.0.1/", CALLBACK],
        "grant_types": ["authorization_code", "refresh_token"],
        "token_endpoint_auth_method": "client_secret_post",
        "application_type": "native",
    });
    let (status, client) = register(&tenant, &metadata).await;
    assert_eq!(status, 201, "{client}");
    assert_eq!(client["client_id"], json!(NATIVE_ID));
    assert_eq!(client["client_name"], "An editor");
    assert_eq!(client["token_endpoint_auth_method"], "none");
    assert_eq!(
        client["redirect_uris"],
        json!(["http://127.0.0.1/", CALLBACK])
    );
    assert_eq!(client.get("client_secret"), None);
}

#[tokio::test]
async fn a_client_whose_codes_would_leave_this_machine_is_not_registered() {
    let tenant = tenant::start().await;
    for (metadata, error) in [
        (
            json!({ "redirect_uris": ["https://elsewhere.test/"] }),
            "invalid_redirect_uri",
        ),
        (json!({ "redirect_uris": [] }), "invalid_redirect_uri"),
        (json!({}), "invalid_redirect_uri"),
        (
            json!({ "redirect_uris": [CALLBACK], "grant_types": ["client_credentials"] }),
            "invalid_client_metadata",
        ),
        (
            json!({ "redirect_uris": CALLBACK }),
            "invalid_client_metadata",
        ),
        (
            json!({ "redirect_uris": ["x".repeat(70_000)] }),
            "invalid_client_metadata",
        ),
    ] {
        let (status, body) = register(&tenant, &metadata).await;
        assert_eq!((status, &body["error"]), (400, &json!(error)));
    }
}

#[tokio::test]
async fn without_a_native_client_there_is_no_registration() {
    let tenant = tenant::start_with(IssuerSettings {
        native_client: None,
        ..settings()
    })
    .await;
    let (status, _) = register(&tenant, &json!({ "redirect_uris": [CALLBACK] })).await;
    assert_eq!(status, 404);
    let metadata = tenant
        .get_json("/v2.0/.well-known/openid-configuration")
        .await;
    assert_eq!(metadata.get("registration_endpoint"), None);
    assert_eq!(tenant.authorize(&native_parameters()).await.status(), 400);
}

#[tokio::test]
async fn codes_of_the_native_client_go_to_any_port_of_this_machine_and_nowhere_else() {
    let tenant = tenant::start().await;
    let to = |redirect_uri: &str| {
        let parameters = with(native_parameters(), "redirect_uri", redirect_uri);
        with(parameters, "account", "PM")
    };
    for callback in [CALLBACK, "http://127.0.0.1:8/", "http://[::1]:49153/cb"] {
        let location = location_of(&tenant.authorize(&to(callback)).await);
        assert!(location.as_str().starts_with(callback), "{location}");
    }
    for elsewhere in [
        "https://elsewhere.test/",
        "http://127.0.0.1@elsewhere.test/",
        "",
    ] {
        let response = tenant.authorize(&to(elsewhere)).await;
        assert_eq!(response.status(), 400, "{elsewhere}");
        assert_eq!(response.headers().get("location"), None, "{elsewhere}");
    }
}

#[tokio::test]
async fn offline_access_is_what_gives_a_refresh_token() {
    let tenant = tenant::start().await;
    let without = sign_in(&tenant, "scope", &scope()).await;
    assert_eq!(without.get("refresh_token"), None);

    let body = sign_in(&tenant, "state", "s").await;
    let (status, refreshed) = tenant
        .post_token(&refresh_parameters(&body["refresh_token"]))
        .await;
    assert_eq!(status, 200, "{refreshed}");
    assert_ne!(refreshed["refresh_token"], body["refresh_token"]);
    let claims = tenant
        .verify(refreshed["access_token"].as_str().unwrap())
        .await
        .unwrap();
    assert_eq!(claims["name"], "Analyst");
    assert_eq!(claims["azp"], json!(NATIVE_ID));
    assert_eq!(claims["scp"], "user_impersonation");
}

#[tokio::test]
async fn a_refresh_token_gives_its_own_client_what_was_granted_and_no_more() {
    let tenant = tenant::start().await;
    let body = sign_in(&tenant, "state", "s").await;
    let good = refresh_parameters(&body["refresh_token"]);
    let more = format!("{} api://{API_ID}/Reports.Read", scope());
    let other = Uuid::nil().to_string();
    for (name, wrong, number) in [
        ("client_id", PAGE_ID.to_string(), 70_000),
        ("client_id", other, 70_000),
        ("refresh_token", "never issued".to_owned(), 70_000),
        ("scope", more, 65_001),
    ] {
        let (status, body) = tenant.post_token(&with(good.clone(), name, &wrong)).await;
        let answer = (status, &body["error"], &body["error_codes"]);
        let expected = (400, &json!("invalid_grant"), &json!([number]));
        assert_eq!(answer, expected, "{name}={wrong}");
    }
    let (status, _) = tenant.post_token(&with(good, "scope", &scope())).await;
    assert_eq!(status, 200);
}

#[tokio::test]
async fn a_late_refresh_token_is_refused() {
    let tenant = tenant::start_with(IssuerSettings {
        refresh_token_lifetime: Duration::ZERO,
        ..settings()
    })
    .await;
    let body = sign_in(&tenant, "state", "s").await;
    let form = refresh_parameters(&body["refresh_token"]);
    let (status, body) = tenant.post_token(&form).await;
    assert_eq!((status, &body["error_codes"]), (400, &json!([700_082])));
}

#[tokio::test]
async fn the_resource_must_be_the_identifier_uri_that_the_scopes_are_made_from() {
    let tenant = tenant::start_with(IssuerSettings {
        app_id_uris: vec![
            format!("api://{API_ID}"),
            "http://127.0.0.1:8080/mcp".to_owned(),
        ],
        ..settings()
    })
    .await;
    let mcp = "http://127.0.0.1:8080/mcp";
    let of_mcp = format!("openid offline_access {mcp}/user_impersonation");
    for (resource, scopes, error) in [
        (mcp, &of_mcp, None),
        (mcp, &scope(), Some("invalid_target")),
        (&format!("api://{API_ID}"), &scope(), None),
        (
            "http://127.0.0.1:8080/mcp/",
            &of_mcp,
            Some("invalid_target"),
        ),
        ("http://127.0.0.1:8080", &of_mcp, Some("invalid_target")),
    ] {
        let parameters = with(native_parameters(), "resource", resource);
        let parameters = with(with(parameters, "scope", scopes), "account", "PM");
        let answer = answer_of(&tenant.authorize(&parameters).await);
        let found = answer.get("error").map(String::as_str);
        assert_eq!(found, error, "{resource} with {scopes}");
        assert_eq!(answer.contains_key("code"), error.is_none());
    }
}

#[tokio::test]
async fn scopes_come_back_as_they_were_asked_for() {
    let mcp = "http://127.0.0.1:8080/mcp";
    let tenant = tenant::start_with(IssuerSettings {
        app_id_uris: vec![format!("api://{API_ID}"), mcp.to_owned()],
        ..settings()
    })
    .await;
    let asked = format!("{mcp}/user_impersonation");
    let body = sign_in(&tenant, "scope", &format!("openid offline_access {asked}")).await;
    assert_eq!(body["scope"], asked);
    let form = refresh_parameters(&body["refresh_token"]);
    let (_, refreshed) = tenant.post_token(&form).await;
    assert_eq!(refreshed["scope"], asked);
}
