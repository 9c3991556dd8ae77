//! One running tenant and a client for it.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::Duration;

use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use portcullis_dev_issuer::{Account, ApplicationAccount, DevIssuer, IssuerSettings, PublicClient};
use reqwest::{Response, redirect};
use serde_json::Value;
use url::Url;
use uuid::Uuid;

pub(crate) const TENANT_ID: Uuid = Uuid::from_u128(0x7e4a_47e0_0000_4000_8000_0000_0000_0001);
pub(crate) const API_ID: Uuid = Uuid::from_u128(0x7e4a_47e0_0000_4000_8000_0000_0000_0002);
pub(crate) const PAGE_ID: Uuid = Uuid::from_u128(0x7e4a_47e0_0000_4000_8000_0000_0000_0003);
pub(crate) const INGEST_ID: Uuid = Uuid::from_u128(0x7e4a_47e0_0000_4000_8000_0000_0000_0004);
pub(crate) const NATIVE_ID: Uuid = Uuid::from_u128(0x7e4a_47e0_0000_4000_8000_0000_0000_0009);
pub(crate) const REDIRECT_URI: &str = "http://127.0.0.1:8080/docs/oauth2-redirect.html";
pub(crate) const INGEST_SECRET: &str = "p&ss:w0rd %";
/// The pair of RFC 7636, appendix B.
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(crate) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

pub(crate) struct Tenant {
    pub(crate) issuer: DevIssuer,
    pub(crate) client: reqwest::Client,
}

pub(crate) fn settings() -> IssuerSettings {
    let bind = SocketAddr::from(([127, 0, 0, 1], 0));
    IssuerSettings {
        scopes: vec!["user_impersonation".to_owned(), "Reports.Read".to_owned()],
        accounts: ["Admin", "Analyst", "PM", "Viewer"]
            .map(Account::with_role)
            .into(),
        applications: vec![ApplicationAccount {
            name: "Ingest".to_owned(),
            client_id: INGEST_ID,
            secret: INGEST_SECRET.to_owned(),
            roles: vec!["Ingest".to_owned()],
        }],
        public_clients: vec![PublicClient {
            client_id: PAGE_ID,
            redirect_uris: vec![REDIRECT_URI.to_owned()],
        }],
        native_client: Some(NATIVE_ID),
        ..IssuerSettings::new(bind, TENANT_ID, API_ID)
    }
}

pub(crate) async fn start() -> Tenant {
    start_with(settings()).await
}

pub(crate) async fn start_with(settings: IssuerSettings) -> Tenant {
    let issuer = DevIssuer::bind(settings).await.unwrap();
    tokio::spawn(issuer.clone().serve(std::future::pending()));
    let client = reqwest::Client::builder()
        .redirect(redirect::Policy::none())
        .timeout(Duration::from_secs(10))
        .build()
        .unwrap();
    Tenant { issuer, client }
}

pub(crate) fn scope() -> String {
    format!("api://{API_ID}/user_impersonation")
}

/// A good authorization request; tests spoil one parameter at a time.
pub(crate) fn authorize_parameters() -> Vec<(&'static str, String)> {
    vec![
        ("client_id", PAGE_ID.to_string()),
        ("response_type", "code".to_owned()),
        ("redirect_uri", REDIRECT_URI.to_owned()),
        ("scope", format!("openid offline_access {}", scope())),
        ("state", "a b&c".to_owned()),
        ("code_challenge", CHALLENGE.to_owned()),
        ("code_challenge_method", "S256".to_owned()),
    ]
}

/// Replaces one parameter; an empty value takes it away.
pub(crate) fn with<'a>(
    mut parameters: Vec<(&'a str, String)>,
    name: &'a str,
    value: &str,
) -> Vec<(&'a str, String)> {
    parameters.retain(|(candidate, _)| *candidate != name);
    if !value.is_empty() {
        parameters.push((name, value.to_owned()));
    }
    parameters
}

impl Tenant {
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}/{TENANT_ID}{path}", self.issuer.address())
    }

    pub(crate) async fn get_json(&self, path: &str) -> Value {
        self.client
            .get(self.url(path))
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap()
    }

    pub(crate) async fn authorize(&self, parameters: &[(&str, String)]) -> Response {
        let url = Url::parse_with_params(&self.url("/oauth2/v2.0/authorize"), parameters).unwrap();
        self.client.get(url).send().await.unwrap()
    }

    pub(crate) async fn code_for(&self, account: &str) -> String {
        let response = self
            .authorize(&with(authorize_parameters(), "account", account))
            .await;
        answer_of(&response)["code"].clone()
    }

    pub(crate) async fn post_token(&self, form: &[(&str, String)]) -> (u16, Value) {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(form)
            .finish();
        let response = self
            .client
            .post(self.url("/oauth2/v2.0/token"))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body)
            .send()
            .await
            .unwrap();
        assert_eq!(response.headers()["cache-control"], "no-store");
        (response.status().as_u16(), response.json().await.unwrap())
    }

    /// Verifies a token with an independent library and the published key, and returns its claims.
    pub(crate) async fn verify(&self, token: &str) -> Result<Value, jsonwebtoken::errors::Error> {
        let keys = self.get_json("/discovery/v2.0/keys").await;
        let key = &keys["keys"][0];
        let decoding_key = DecodingKey::from_rsa_components(
            key["n"].as_str().unwrap(),
            key["e"].as_str().unwrap(),
        )?;
        let mut validation = Validation::new(Algorithm::RS256);
        validation.set_audience(&[API_ID]);
        validation.set_issuer(&[self.issuer.issuer()]);
        validation.validate_nbf = true;
        Ok(jsonwebtoken::decode::<Value>(token, &decoding_key, &validation)?.claims)
    }
}

pub(crate) fn location_of(response: &Response) -> Url {
    assert_eq!(response.status(), 302);
    Url::parse(response.headers()["location"].to_str().unwrap()).unwrap()
}

/// What a redirect carries to the client.
pub(crate) fn answer_of(response: &Response) -> HashMap<String, String> {
    location_of(response).query_pairs().into_owned().collect()
}

/// A good token request for a code.
pub(crate) fn token_parameters(code: &str) -> Vec<(&'static str, String)> {
    vec![
        ("grant_type", "authorization_code".to_owned()),
        ("client_id", PAGE_ID.to_string()),
        ("code", code.to_owned()),
        ("redirect_uri", REDIRECT_URI.to_owned()),
        ("code_verifier", VERIFIER.to_owned()),
    ]
}
