//! The on-behalf-of grant, with a secret; certificates and federation are exercised by the runtime, which makes them.

use portcullis_dev_issuer::{
    ApiCredential, DownstreamApi, DownstreamPolicy, IssuerSettings, object_id_of,
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::tenant::{self, API_ID, Tenant, settings, with};

const SECRET: &str = "of the API itself";
const BILLING_URI: &str = "api://billing";
const BILLING_ID: Uuid = Uuid::from_u128(0x7e4a_47e0_0000_4000_8000_0000_0000_0005);

fn api(number: u128, uri: &str, policy: DownstreamPolicy) -> DownstreamApi {
    DownstreamApi {
        client_id: Uuid::from_u128(BILLING_ID.as_u128() + number),
        app_id_uri: uri.to_owned(),
        scopes: vec!["Invoices.Read".to_owned(), "Invoices.Write".to_owned()],
        policy,
    }
}

async fn start() -> Tenant {
    tenant::start_with(IssuerSettings {
        api_credentials: vec![ApiCredential::Secret(SECRET.to_owned())],
        downstream_apis: vec![
            api(0, BILLING_URI, DownstreamPolicy::Consented),
            api(1, "api://unasked", DownstreamPolicy::ConsentMissing),
            api(2, "api://guarded", DownstreamPolicy::StepUp),
        ],
        ..settings()
    })
    .await
}

fn exchange_of(token: &str) -> Vec<(&'static str, String)> {
    vec![
        (
            "grant_type",
            "urn:ietf:params:oauth:grant-type:jwt-bearer".to_owned(),
        ),
        ("requested_token_use", "on_behalf_of".to_owned()),
        ("client_id", API_ID.to_string()),
        ("client_secret", SECRET.to_owned()),
        ("assertion", token.to_owned()),
        ("scope", format!("{BILLING_URI}/Invoices.Read")),
    ]
}

fn token_of(tenant: &Tenant, account: &str) -> String {
    let issuer = &tenant.issuer;
    let token = issuer.token_for(account, &["user_impersonation"]);
    token.expect("the tenant has the account and the scope")
}

/// The claims, unverified: the audience is another API's.
fn claims_of(token: &Value) -> Value {
    let token = token.as_str().expect("a token is text");
    let claims = jsonwebtoken::dangerous::insecure_decode_claims(token);
    claims.expect("the issuer writes JWTs")
}

#[tokio::test]
async fn a_users_token_becomes_one_of_the_other_api_for_the_same_user() {
    let tenant = start().await;
    let (status, body) = tenant
        .post_token(&exchange_of(&token_of(&tenant, "Analyst")))
        .await;
    assert_eq!(status, 200, "{body}");
    assert_eq!(body["scope"], format!("{BILLING_URI}/Invoices.Read"));
    let claims = claims_of(&body["access_token"]);
    assert_eq!(claims["aud"], json!(BILLING_ID));
    assert_eq!(claims["azp"], json!(API_ID));
    assert_eq!(claims["oid"], json!(object_id_of("Analyst")));
    assert_eq!(claims["scp"], "Invoices.Read");
    assert_eq!(claims.get("roles"), None, "roles are assigned per API");
    assert_eq!(tenant.issuer.exchange_count(), 1);
}

#[tokio::test]
async fn wrong_exchanges_are_refused_with_entras_numbers() {
    let tenant = start().await;
    let application = tenant.issuer.token_for_application("Ingest").unwrap();
    let foreign = tenant
        .issuer
        .sign_claims(json!({ "aud": "another", "exp": 4_102_444_800_u64, "scp": "x" }));
    let expired = tenant
        .issuer
        .sign_claims(json!({ "aud": API_ID, "exp": 1, "scp": "x" }));
    let altered = format!("{}AA", token_of(&tenant, "Viewer"));
    let cases = [
        ("client_secret", "guessed", 7_000_215),
        ("client_secret", "", 7_000_218),
        ("client_assertion", "beside a secret", 9_002_313),
        ("requested_token_use", "impersonation", 900_144),
        ("assertion", &altered, 50_013),
        ("assertion", &foreign, 500_131),
        ("assertion", &expired, 500_133),
        ("assertion", &application, 7_000_114),
        ("scope", "api://nowhere/Invoices.Read", 500_011),
        ("scope", "api://billing/Invoices.Delete", 650_053),
        ("scope", "api://unasked/Invoices.Read", 65_001),
        ("scope", "api://guarded/Invoices.Read", 50_076),
        (
            "scope",
            "api://billing/Invoices.Read api://unasked/Invoices.Read",
            28_000,
        ),
    ];
    for (name, wrong, number) in cases {
        let good = exchange_of(&token_of(&tenant, "Viewer"));
        let (status, body) = tenant.post_token(&with(good, name, wrong)).await;
        assert!(matches!(status, 400 | 401), "{name}: {body}");
        assert_eq!(body["error_codes"], json!([number]), "{name}: {body}");
    }
    assert_eq!(tenant.issuer.exchange_count(), 0);
}

#[tokio::test]
async fn a_step_up_says_what_to_ask_for() {
    let tenant = start().await;
    let good = exchange_of(&token_of(&tenant, "Viewer"));
    let (_, body) = tenant
        .post_token(&with(good, "scope", "api://guarded/.default"))
        .await;
    assert_eq!(body["error"], "interaction_required");
    let claims: Value = serde_json::from_str(body["claims"].as_str().unwrap()).unwrap();
    assert_eq!(claims["access_token"]["acrs"]["value"], "c1");
}

#[tokio::test]
async fn an_outage_lasts_as_long_as_asked() {
    let tenant = start().await;
    tenant.issuer.fail_token_requests(1);
    let exchange = exchange_of(&token_of(&tenant, "Viewer"));
    assert_eq!(tenant.post_token(&exchange).await.0, 503);
    assert_eq!(tenant.post_token(&exchange).await.0, 200);
}
