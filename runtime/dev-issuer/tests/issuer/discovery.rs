//! The metadata and the keys.

use serde_json::json;

use crate::tenant::{self, TENANT_ID};

#[tokio::test]
async fn metadata_name_the_routes_of_the_bound_address() {
    let tenant = tenant::start().await;
    let v2 = tenant
        .get_json("/v2.0/.well-known/openid-configuration")
        .await;
    assert_eq!(v2["issuer"], tenant.url("/v2.0"));
    assert_eq!(
        v2["authorization_endpoint"],
        tenant.url("/oauth2/v2.0/authorize")
    );
    assert_eq!(v2["token_endpoint"], tenant.url("/oauth2/v2.0/token"));
    assert_eq!(v2["jwks_uri"], tenant.url("/discovery/v2.0/keys"));
    assert_eq!(v2["cloud_instance_name"], "microsoftonline.com");
    let v1 = tenant.get_json("/.well-known/openid-configuration").await;
    assert_eq!(v1["issuer"], tenant.url("/"));
    assert_eq!(
        tenant.issuer.authority().as_str(),
        format!("http://{}/", tenant.issuer.address())
    );
}

#[tokio::test]
async fn clients_of_oauth_find_the_same_metadata_wherever_they_look() {
    let tenant = tenant::start().await;
    let found = tenant
        .get_json("/v2.0/.well-known/openid-configuration")
        .await;
    let registration = tenant.url("/oauth2/v2.0/register");
    assert_eq!(found["registration_endpoint"], registration);
    assert_eq!(found["code_challenge_methods_supported"], json!(["S256"]));
    let authority = tenant.issuer.authority();
    for place in [
        format!("{authority}.well-known/oauth-authorization-server/{TENANT_ID}/v2.0"),
        format!("{authority}.well-known/openid-configuration/{TENANT_ID}/v2.0"),
        tenant.url("/v2.0/.well-known/oauth-authorization-server"),
    ] {
        let response = tenant.client.get(&place).send().await.unwrap();
        let document: serde_json::Value = response.json().await.unwrap();
        assert_eq!(document, found, "{place}");
    }
}

#[tokio::test]
async fn keys_are_public_rsa_signing_keys_of_this_issuer() {
    let tenant = tenant::start().await;
    let keys = tenant.get_json("/discovery/v2.0/keys").await;
    let key = &keys["keys"][0];
    assert_eq!(keys["keys"].as_array().unwrap().len(), 1);
    assert_eq!(
        (&key["kty"], &key["use"], &key["e"]),
        (&json!("RSA"), &json!("sig"), &json!("AQAB"))
    );
    assert_eq!(key["issuer"], tenant.issuer.issuer());
    assert_eq!(key["n"].as_str().unwrap().len(), 342, "2048 bits");
    assert_eq!(key["kid"], key["x5t"]);
    for private in ["d", "p", "q", "dp", "dq", "qi"] {
        assert_eq!(key.get(private), None);
    }
}

#[tokio::test]
async fn another_tenant_is_not_found() {
    let tenant = tenant::start().await;
    let url = tenant
        .url("/discovery/v2.0/keys")
        .replace(&TENANT_ID.to_string(), "common");
    let response = tenant.client.get(url).send().await.unwrap();
    assert_eq!(response.status(), 404);
    let body: serde_json::Value = response.json().await.unwrap();
    assert_eq!(body["error_codes"], json!([90002]));
}

#[tokio::test]
async fn a_host_that_is_not_this_machine_is_refused() {
    let tenant = tenant::start().await;
    let request = tenant.client.get(tenant.url("/discovery/v2.0/keys"));
    let response = request.header("host", "rebound.test").send().await.unwrap();
    assert_eq!(response.status(), 421);
}
