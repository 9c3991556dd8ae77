//! An Entra tenant reduced to what a resource server asks of it: a discovery document and signing keys.
//!
//! Written from Microsoft's documentation, not from the product's own dev issuer, so that the two cannot share a mistake.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{SigningKey, Token, tenant_key, unix_now};

/// The tenant of every test.
pub(crate) const TENANT_ID: &str = "7d9e1c52-3b64-4f0a-9a57-2c8e61b4d7f3";

/// The API's app registration.
pub(crate) const CLIENT_ID: &str = "c1f0a6d4-58b2-4e97-8d13-6a9b2e7c4f50";

/// The client that asks for tokens.
const CALLING_CLIENT_ID: &str = "3e6b8f17-91c4-4d2a-b5e8-0f7a4c9d2b61";

/// The one scope of the reference application.
const SCOPE: &str = "user_impersonation";

/// A running tenant.
pub(crate) struct Tenant {
    authority: String,
    served: Arc<Served>,
}

struct Served {
    authority: String,
    keys: Mutex<Keys>,
    key_requests: AtomicUsize,
}

enum Keys {
    /// A key document with these.
    Listed(Vec<&'static SigningKey>),
    /// The identity provider is down.
    Unavailable,
}

impl Tenant {
    /// Starts a tenant that lists its key.
    pub(crate) async fn start() -> Self {
        Self::start_with(Keys::Listed(vec![tenant_key()])).await
    }

    /// Starts a tenant that answers 503 to everything.
    pub(crate) async fn start_unavailable() -> Self {
        Self::start_with(Keys::Unavailable).await
    }

    async fn start_with(keys: Keys) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.expect("loopback has a free port");
        let address = listener
            .local_addr()
            .expect("a bound listener has an address");
        let authority = format!("http://{address}");
        let served = Arc::new(Served {
            authority: authority.clone(),
            keys: Mutex::new(keys),
            key_requests: AtomicUsize::new(0),
        });
        let router = Router::new()
            .route(
                &format!("/{TENANT_ID}/v2.0/.well-known/openid-configuration"),
                get(discovery),
            )
            .route(
                &format!("/{TENANT_ID}/discovery/v2.0/keys"),
                get(keys_document),
            )
            .with_state(Arc::clone(&served));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { authority, served }
    }

    pub(crate) fn authority(&self) -> &str {
        &self.authority
    }

    pub(crate) fn issuer(&self) -> String {
        self.served.issuer()
    }

    /// From now on the key document lists these.
    pub(crate) fn list_keys(&self, keys: &[&'static SigningKey]) {
        *self.served.keys.lock().expect("no holder panics") = Keys::Listed(keys.to_vec());
    }

    /// How often the key document was asked for.
    pub(crate) fn key_requests(&self) -> usize {
        self.served.key_requests.load(Ordering::SeqCst)
    }

    /// A user with these app roles and the scope; a new person each time.
    pub(crate) fn user(&self, roles: &[&str]) -> Token {
        let token = self.token(roles).claim("scp", SCOPE);
        token.claim("sub", "pairwise-subject-of-this-user")
    }

    /// An application with these app roles; a new one each time.
    pub(crate) fn application(&self, roles: &[&str]) -> Token {
        let token = self.token(roles);
        let object_id = token.get("oid").clone();
        token.claim("sub", object_id).claim("idtyp", "app")
    }

    fn token(&self, roles: &[&str]) -> Token {
        let now = unix_now();
        let token = Token::new(json!({
            "aud": CLIENT_ID,
            "iss": self.issuer(),
            "iat": now - 60,
            "nbf": now - 60,
            "exp": now + 3600,
            "azp": CALLING_CLIENT_ID,
            "azpacr": "1",
            "oid": Uuid::new_v4().to_string(),
            "tid": TENANT_ID,
            "uti": Uuid::new_v4().simple().to_string(),
            "ver": "2.0",
        }));
        match roles {
            // Entra leaves the claim out when nothing is assigned.
            [] => token,
            roles => token.claim("roles", json!(roles)),
        }
    }
}

impl Served {
    fn issuer(&self) -> String {
        format!("{}/{TENANT_ID}/v2.0", self.authority)
    }
}

async fn discovery(State(served): State<Arc<Served>>) -> Response {
    if matches!(
        *served.keys.lock().expect("no holder panics"),
        Keys::Unavailable
    ) {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let base = format!("{}/{TENANT_ID}", served.authority);
    Json(json!({
        "issuer": served.issuer(),
        "jwks_uri": format!("{base}/discovery/v2.0/keys"),
        "authorization_endpoint": format!("{base}/oauth2/v2.0/authorize"),
        "token_endpoint": format!("{base}/oauth2/v2.0/token"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
    }))
    .into_response()
}

async fn keys_document(State(served): State<Arc<Served>>) -> Response {
    served.key_requests.fetch_add(1, Ordering::SeqCst);
    match &*served.keys.lock().expect("no holder panics") {
        Keys::Unavailable => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        Keys::Listed(keys) => {
            let issuer = served.issuer();
            let keys = keys.iter().map(|key| key.render_jwk(&issuer));
            Json(json!({ "keys": keys.collect::<Vec<Value>>() })).into_response()
        }
    }
}
