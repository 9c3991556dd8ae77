//! An operation that asks for an authentication context, tried in `dev`: challenge, sign-in with the challenge's claims,
//! and the operation opens. Service, validator and issuer are the real ones, over HTTP.

use std::net::SocketAddr;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header::WWW_AUTHENTICATE;
use portcullis_api_spec::Op;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::*;
use crate::gate::{Challenge, Gate};
use crate::guard::Guarded;
use crate::identity::Authenticator;
use crate::reply::NoContent;
use crate::server::{Shutdown, Waiting, build_operations};
use crate::telemetry::Telemetry;

/// The pair of RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

static STEP_UP: EndpointDef = get(
    "/items",
    Access::Restricted(Requirements {
        roles: &[VIEWER],
        scopes: &[USE],
        applications: &[],
        context: Some("c1"),
    }),
);

async fn read() -> NoContent {
    NoContent
}

/// A running service, its issuer, and what a browser needs to sign in.
struct World {
    items: String,
    issuer: DevIssuer,
    client: reqwest::Client,
    /// Fetches keys as long as it is there.
    _background: Box<dyn std::any::Any>,
}

impl World {
    async fn start() -> Self {
        let public_url = Url::parse("http://127.0.0.1:8080").unwrap();
        let bind = SocketAddr::new(LOOPBACK, 0);
        let settings =
            accounts::build_settings(bind, &facts(), &config_with(&[], &[]), &public_url);
        let issuer = DevIssuer::bind(settings).await.unwrap();
        tokio::spawn(issuer.clone().serve(std::future::pending()));

        let mut sources = sources_with(&[], &[]);
        point_to_issuer(&mut sources, issuer.address());
        let config = Config::load(&sources).unwrap().config;
        let authenticator = Authenticator::build(&config, VOCABULARY).unwrap();
        let background = authenticator.start();
        let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
        while !authenticator.is_ready() {
            assert!(std::time::Instant::now() < deadline, "keys were not loaded");
            tokio::task::yield_now().await;
        }
        let gate = Arc::new(Gate {
            telemetry: Telemetry::build(&authenticator, config.telemetry.failure_spike, None),
            authenticator,
            challenge: Challenge::new(&public_url, "api://desk", &config.authentication),
            environment: config.environment,
            endpoints: Vec::new(),
            shutdown: Shutdown::new(),
            recorder: None,
            rate_limits: None,
            waiting: Waiting::build(&config.rate_limit),
        });
        let guarded = Guarded::new(
            &STEP_UP,
            &Op::default(),
            |admitted| admitted.run_0(read),
            (),
        );
        let router = build_operations(vec![guarded], &gate, &config.server);
        let listener = TcpListener::bind(bind).await.unwrap();
        let items = format!("http://{}/api/v1/items", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        Self {
            items,
            issuer,
            client,
            _background: Box::new(background),
        }
    }
}

impl World {
    /// Signs in as a browser does, and redeems the code as the documentation page does.
    async fn sign_in(&self, claims: &Value) -> String {
        let settings = self.issuer.settings();
        let page = &settings.public_clients[0];
        let client_id = page.client_id.to_string();
        let claims = claims.to_string();
        let scope = format!("{}/use", settings.app_id_uris[0]);
        let base = format!("{}{}", self.issuer.authority(), settings.tenant_id);
        let asked = [
            ("client_id", client_id.as_str()),
            ("response_type", "code"),
            ("redirect_uri", &page.redirect_uris[0]),
            ("scope", &scope),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
            ("claims", &claims),
            ("account", "Viewer"),
        ];
        let authorize = format!("{base}/oauth2/v2.0/authorize");
        let authorize = Url::parse_with_params(&authorize, asked).unwrap();
        let redirect = self.client.get(authorize).send().await.unwrap();
        let location = redirect.headers()["location"].to_str().unwrap();
        let location = Url::parse(location).unwrap();
        let code = location.query_pairs().find(|(name, _)| name == "code");
        let form = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", "authorization_code")
            .append_pair("client_id", &client_id)
            .append_pair("code", &code.unwrap().1)
            .append_pair("redirect_uri", &page.redirect_uris[0])
            .append_pair("code_verifier", VERIFIER)
            .append_pair("claims", &claims)
            .finish();
        let answer = self
            .client
            .post(format!("{base}/oauth2/v2.0/token"))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form)
            .send()
            .await
            .unwrap();
        let answer: Value = answer.json().await.unwrap();
        answer["access_token"].as_str().unwrap().to_owned()
    }

    async fn ask(&self, token: &str) -> reqwest::Response {
        let request = self.client.get(&self.items).bearer_auth(token);
        request.send().await.unwrap()
    }
}

/// The claims request of a challenge.
fn claims_of(response: &reqwest::Response) -> Value {
    let challenge = response.headers()[WWW_AUTHENTICATE].to_str().unwrap();
    assert!(
        challenge.contains("error=\"insufficient_claims\""),
        "{challenge}"
    );
    let (_, rest) = challenge.split_once("claims=\"").unwrap();
    let (claims, _) = rest.split_once('"').unwrap();
    serde_json::from_slice(&STANDARD.decode(claims).unwrap()).unwrap()
}

#[tokio::test]
async fn in_dev_a_claims_challenge_is_met_by_signing_in_with_it() {
    let world = World::start().await;
    let capable = json!({"access_token": {"xms_cc": {"values": ["cp1"]}}});
    let first = world.sign_in(&capable).await;
    let challenged = world.ask(&first).await;
    assert_eq!(challenged.status(), 401);

    let mut claims = claims_of(&challenged);
    claims["access_token"]["xms_cc"] = capable["access_token"]["xms_cc"].clone();
    let second = world.sign_in(&claims).await;
    assert_eq!(world.ask(&second).await.status(), 204);
    assert_eq!(world.ask(&first).await.status(), 401);
}

#[tokio::test]
async fn in_dev_a_client_without_the_capability_gets_a_plain_403() {
    let world = World::start().await;
    let token = world.sign_in(&json!({})).await;
    let refused = world.ask(&token).await;
    assert_eq!(refused.status(), 403);
    assert!(!refused.headers().contains_key(WWW_AUTHENTICATE));
}
