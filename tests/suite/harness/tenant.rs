//! An Entra tenant reduced to what a resource server asks of it: a discovery document and signing keys.
//!
//! Written from Microsoft's documentation, not from the product's own dev issuer, so that the two cannot share a mistake.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Map, Value, json};
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
    key_document: Mutex<KeyDocument>,
    /// Members of the discovery document that are not as they should be.
    discovery_edits: Map<String, Value>,
    key_requests: AtomicUsize,
}

/// What the tenant answers when it is asked for its keys.
pub(crate) enum KeyDocument {
    /// These keys, as Entra lists them.
    Listing(Vec<&'static SigningKey>),
    /// These entries, whatever they are.
    Entries(Vec<Value>),
    /// This text.
    Text(String),
    /// Look there instead.
    Redirect(String),
    /// The whole identity provider is down.
    Unavailable,
    /// The whole identity provider takes connections and never answers.
    Hanging,
}

impl Tenant {
    /// Starts a tenant that lists its key.
    pub(crate) async fn start() -> Self {
        Self::start_with(KeyDocument::Listing(vec![tenant_key()]), Map::new()).await
    }

    /// Starts a tenant that answers 503 to everything.
    pub(crate) async fn start_unavailable() -> Self {
        Self::start_with(KeyDocument::Unavailable, Map::new()).await
    }

    /// Starts a tenant that never answers anything.
    pub(crate) async fn start_hanging() -> Self {
        Self::start_with(KeyDocument::Hanging, Map::new()).await
    }

    /// Starts a tenant whose discovery document has another value in one member.
    pub(crate) async fn start_with_discovery(member: &str, value: &str) -> Self {
        let edits = Map::from_iter([(member.to_owned(), value.into())]);
        Self::start_with(KeyDocument::Listing(vec![tenant_key()]), edits).await
    }

    async fn start_with(key_document: KeyDocument, discovery_edits: Map<String, Value>) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.expect("loopback has a free port");
        let address = listener.local_addr();
        let address = address.expect("a bound listener has an address");
        let authority = format!("http://{address}");
        let served = Arc::new(Served {
            authority: authority.clone(),
            key_document: Mutex::new(key_document),
            discovery_edits,
            key_requests: AtomicUsize::new(0),
        });
        let router = Router::new()
            .route(
                &format!("/{TENANT_ID}/v2.0/.well-known/openid-configuration"),
                get(answer_discovery),
            )
            .route(
                &format!("/{TENANT_ID}/discovery/v2.0/keys"),
                get(answer_keys),
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
        self.publish(KeyDocument::Listing(keys.to_vec()));
    }

    /// From now on this is the key document.
    pub(crate) fn publish(&self, key_document: KeyDocument) {
        *self.served.key_document.lock().expect("no holder panics") = key_document;
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

async fn answer_discovery(State(served): State<Arc<Served>>) -> Response {
    let (is_down, hangs) = {
        let key_document = served.key_document.lock().expect("no holder panics");
        let is_down = matches!(*key_document, KeyDocument::Unavailable);
        (is_down, matches!(*key_document, KeyDocument::Hanging))
    };
    if is_down {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    if hangs {
        return std::future::pending().await;
    }
    let base = format!("{}/{TENANT_ID}", served.authority);
    let mut document = json!({
        "issuer": served.issuer(),
        "jwks_uri": format!("{base}/discovery/v2.0/keys"),
        "authorization_endpoint": format!("{base}/oauth2/v2.0/authorize"),
        "token_endpoint": format!("{base}/oauth2/v2.0/token"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
    });
    for (member, value) in &served.discovery_edits {
        document[member] = value.clone();
    }
    Json(document).into_response()
}

async fn answer_keys(State(served): State<Arc<Served>>) -> Response {
    served.key_requests.fetch_add(1, Ordering::SeqCst);
    let key_document = served.key_document.lock().expect("no holder panics");
    match &*key_document {
        // Who hangs has not said where its keys are.
        KeyDocument::Unavailable | KeyDocument::Hanging => {
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
        KeyDocument::Text(text) => text.clone().into_response(),
        KeyDocument::Redirect(location) => Redirect::temporary(location).into_response(),
        KeyDocument::Entries(entries) => Json(json!({ "keys": entries })).into_response(),
        KeyDocument::Listing(keys) => {
            let issuer = served.issuer();
            let keys = keys.iter().map(|key| key.render_jwk(&issuer));
            Json(json!({ "keys": keys.collect::<Vec<Value>>() })).into_response()
        }
    }
}
