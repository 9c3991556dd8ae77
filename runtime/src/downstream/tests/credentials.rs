//! Each way in which this API proves who it is, as the dev issuer checks it.

use std::path::PathBuf;
use std::sync::LazyLock;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use axum::Router;
use axum::extract::Request;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use http::StatusCode;
use portcullis_dev_issuer::ApiCredential;
use serde_json::{Value, json};
use uuid::Uuid;

use super::world::{self, Setup, World};
use crate::downstream::DownstreamSetupError;
use crate::downstream::credential::certificate::Certificate;

/// The registration's key, or the cluster's.
static KEY: LazyLock<KeyPair> = LazyLock::new(|| KeyPair::generate(KeySize::Rsa2048).unwrap());

/// Only its thumbprint is ever looked at, here as at the authority.
const CERTIFICATE: &[u8] = b"stands for a certificate in DER";
const CLUSTER: &str = "https://oidc.cluster.example/";
const ACCOUNT: &str = "system:serviceaccount:desk:api";
const MANAGED_IDENTITY: &str = "0d444444-4444-4444-8444-444444444444";

fn pem(label: &str, der: &[u8]) -> String {
    let body = STANDARD.encode(der);
    format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n")
}

/// The key in both forms that tools write.
fn keys_pem() -> [String; 2] {
    /// What stands before the `RSAPrivateKey` (RFC 8017) of a key of 2048 bits in PKCS #8, in bytes.
    const PKCS8_HEAD: usize = 26;
    let key: Pkcs8V1Der<'_> = KEY.as_der().unwrap();
    let key = key.as_ref();
    [
        pem("PRIVATE KEY", key),
        pem("RSA PRIVATE KEY", &key[PKCS8_HEAD..]),
    ]
}

fn federated() -> ApiCredential {
    ApiCredential::Federated {
        issuer: CLUSTER.to_owned(),
        subject: ACCOUNT.to_owned(),
        public_key: KEY.public_key().as_ref().to_vec(),
    }
}

/// A token of the cluster, or of the managed identity, that stands for the API.
fn standing_token() -> String {
    let encode = |part: Value| URL_SAFE_NO_PAD.encode(part.to_string());
    let claims = json!({
        "iss": CLUSTER, "sub": ACCOUNT, "aud": "api://AzureADTokenExchange", "exp": 4_102_444_800_u64,
    });
    let signed = format!("{}.{}", encode(json!({ "alg": "RS256" })), encode(claims));
    let mut signature = vec![0; KEY.public_modulus_len()];
    let random = SystemRandom::new();
    KEY.sign(
        &RSA_PKCS1_SHA256,
        &random,
        signed.as_bytes(),
        &mut signature,
    )
    .unwrap();
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// A file that goes away with the test.
struct TokenFile(PathBuf);

impl TokenFile {
    fn write(text: &str) -> Self {
        let path = std::env::temp_dir().join(Uuid::new_v4().to_string());
        std::fs::write(&path, text).unwrap();
        Self(path)
    }
}

impl Drop for TokenFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

async fn status_with(accepted: ApiCredential, variables: &[(&'static str, &str)]) -> (u16, String) {
    let world = World::start(Setup {
        accepted,
        credential: variables
            .iter()
            .map(|(name, value)| (*name, (*value).to_owned()))
            .collect(),
        ..Setup::default()
    })
    .await;
    let answer = world.call(&world.token_of("Ada")).await;
    (answer.status, answer.body)
}

#[tokio::test]
async fn a_certificate_proves_the_api() {
    let accepted = ApiCredential::Certificate {
        thumbprint: URL_SAFE_NO_PAD.encode(digest(&SHA256, CERTIFICATE)),
        public_key: KEY.public_key().as_ref().to_vec(),
    };
    for key in keys_pem() {
        // As `openssl pkcs12 -nodes` writes it.
        let certificate = format!(
            "Bag Attributes\n    friendlyName: desk\n{key}subject=CN = desk\n{}",
            pem("CERTIFICATE", CERTIFICATE)
        );
        let variables = [("APP_AUTH__CLIENT_CERTIFICATE", &*certificate)];
        let (status, body) = status_with(accepted.clone(), &variables).await;
        assert_eq!(status, 200, "{body}");
    }
}

#[tokio::test]
async fn a_federated_token_proves_the_api_and_is_read_anew_each_time() {
    let file = TokenFile::write("not yet");
    let world = World::start(Setup {
        accepted: federated(),
        credential: vec![("AZURE_FEDERATED_TOKEN_FILE", file.0.display().to_string())],
        ..Setup::default()
    })
    .await;
    let token = world.token_of("Ada");
    assert_eq!(world.call(&token).await.code(), "downstream_refused");
    std::fs::write(&file.0, standing_token() + "\n").unwrap();
    assert_eq!(world.call(&token).await.status, 200);
}

#[tokio::test]
async fn a_managed_identity_proves_the_api() {
    let answer = async |request: Request| {
        let query = request.uri().query().unwrap_or_default();
        let is_right = request.headers()["x-identity-header"] == "of the platform"
            && query.contains("resource=api%3A%2F%2FAzureADTokenExchange")
            && query.contains(&format!("client_id={MANAGED_IDENTITY}"));
        match is_right {
            true => Ok(
                json!({ "access_token": standing_token(), "expires_on": "4102444800" }).to_string(),
            ),
            false => Err(StatusCode::BAD_REQUEST),
        }
    };
    let endpoint = world::serve(Router::new().fallback(answer)).await;
    let mut variables = [
        ("AZURE_CLIENT_ID", MANAGED_IDENTITY),
        ("IDENTITY_ENDPOINT", endpoint.as_str()),
        ("IDENTITY_HEADER", "of the platform"),
        // A lasting secret is there too; the identity comes first.
        ("APP_AUTH__CLIENT_SECRET", "not the right one"),
    ];
    let (status, body) = status_with(federated(), &variables).await;
    assert_eq!(status, 200, "{body}");
    variables[2].1 = "of somebody else";
    let (status, body) = status_with(federated(), &variables).await;
    assert_eq!(status, 503, "{body}");
}

#[tokio::test]
async fn a_wrong_credential_is_a_mistake_of_the_service() {
    let accepted = ApiCredential::Secret("another".to_owned());
    let variables = [("APP_AUTH__CLIENT_SECRET", world::SECRET)];
    let (status, body) = status_with(accepted.clone(), &variables).await;
    assert_eq!(status, 502, "{body}");
    assert!(body.contains("downstream_refused"), "{body}");
    // In test a service may start without any; it says so when it is asked.
    assert_eq!(status_with(accepted, &[]).await.0, 503);
}

#[test]
fn a_certificate_that_cannot_sign_stops_the_start() {
    let certificate = pem("CERTIFICATE", CERTIFICATE);
    let wrong_key = certificate.clone() + &pem("PRIVATE KEY", b"no key");
    let table = [
        ("nothing", String::new(), "no certificate"),
        ("no key", certificate, "no RSA private key"),
        ("no such key", wrong_key, "no RSA private key"),
        ("a key alone", keys_pem().concat(), "no certificate"),
    ];
    for (name, text, expected) in table {
        let error: Option<DownstreamSetupError> = Certificate::parse(&text).err();
        let error = error.expect(name).to_string();
        assert!(error.contains(expected), "{name}: {error}");
    }
}
