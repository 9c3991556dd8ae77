//! RFC 9728: where a client learns which authorization server to ask, and for what.

use serde_json::json;

use crate::harness::{Mcp, Service, TENANT_ID, Tenant};

const AT_THE_ROOT: &str = "/.well-known/oauth-protected-resource";
const AT_THE_ENDPOINT: &str = "/.well-known/oauth-protected-resource/api/v1/mcp";

#[tokio::test]
async fn both_well_known_paths_tell_the_same() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let document = service.get(AT_THE_ENDPOINT).await.expect(200).json();
    assert_eq!(document["resource"], format!("{}/api/v1/mcp", service.url));
    let issuer = format!("{}/{TENANT_ID}/v2.0", tenant.authority());
    assert_eq!(document["authorization_servers"], json!([issuer]));
    assert_eq!(document["bearer_methods_supported"], json!(["header"]));
    let scopes = document["scopes_supported"].as_array().unwrap();
    assert!(!scopes.is_empty(), "{document}");
    for scope in scopes {
        let scope = scope.as_str().unwrap();
        assert!(
            scope.contains("://") && scope.ends_with("/user_impersonation"),
            "{scope}"
        );
    }
    assert_eq!(service.get(AT_THE_ROOT).await.expect(200).json(), document);
}

#[tokio::test]
async fn a_call_without_a_token_is_pointed_to_the_metadata() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    for method in ["initialize", "tools/list", "tools/call", "ping", "unknown"] {
        let answer = Mcp::of(&service, None).post(method, json!({})).await;
        answer.problem(401);
        let challenge = answer.header("www-authenticate").unwrap_or_default();
        let metadata = format!("resource_metadata=\"{}{AT_THE_ENDPOINT}\"", service.url);
        assert!(challenge.contains(&metadata), "{challenge}");
        assert!(challenge.contains("/user_impersonation\""), "{challenge}");
        assert!(!challenge.contains("error"), "{challenge}");
    }
    let expired = tenant.user(&["Viewer"]).expired();
    let answer = Mcp::of(&service, Some(&expired))
        .post("tools/list", json!({}))
        .await;
    assert_eq!(answer.problem(401)["code"], "invalid_token");
    let challenge = answer.header("www-authenticate").unwrap_or_default();
    assert!(challenge.contains("error=\"invalid_token\""), "{challenge}");
}

#[tokio::test]
async fn a_public_url_stands_in_the_metadata_and_no_header_changes_it() {
    let tenant = Tenant::start().await;
    let program =
        Service::program_for(&tenant).set("APP_SERVER__PUBLIC_URL", "https://api.contoso.com");
    let service = Service::start_program(program).await;
    let request = service.request(reqwest::Method::GET, AT_THE_ENDPOINT);
    let request = request
        .header("x-forwarded-host", "evil.example")
        .header("forwarded", "host=evil.example;proto=http");
    let document = crate::harness::Answer::of(request).await.expect(200).json();
    assert_eq!(document["resource"], "https://api.contoso.com/api/v1/mcp");
}
