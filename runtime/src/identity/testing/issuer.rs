//! An issuer on port 0 that answers what a test tells it to, and counts.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Redirect, Response};
use http::{StatusCode, header};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::Notify;

use super::{CLIENT, NOW, OBJECT, TENANT, config};
use crate::config::Config;
use crate::identity::Authenticator;
use crate::identity::clock::Clock;

/// What the issuer answers on one of its documents.
#[derive(Clone)]
pub(crate) enum Answer {
    Json(Value),
    /// Status, content type, body.
    Raw(u16, &'static str, Vec<u8>),
    RedirectTo(String),
    /// Bytes without end and without a length.
    Endless,
    /// Nothing until [`TestIssuer::release`]; then what has been set by then, or 503.
    Hang,
}

struct Shared {
    documents: Mutex<Documents>,
    released: Notify,
}

struct Documents {
    discovery: Answer,
    v1_discovery: Answer,
    keys: Answer,
    /// Every request so far, path and query.
    requests: Vec<String>,
}

impl Documents {
    fn find(&self, path: &str) -> Answer {
        if path.ends_with("/v2.0/.well-known/openid-configuration") {
            self.discovery.clone()
        } else if path.ends_with("/.well-known/openid-configuration") {
            self.v1_discovery.clone()
        } else {
            self.keys.clone()
        }
    }
}

/// A running issuer. It stops with the test's runtime.
pub(crate) struct TestIssuer {
    pub(crate) base: String,
    shared: Arc<Shared>,
}

impl TestIssuer {
    /// Starts an issuer that publishes these keys.
    pub(crate) async fn start(keys: &[Value]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let documents = Documents {
            discovery: Answer::Json(json!({
                "issuer": format!("{base}/{TENANT}/v2.0"),
                "jwks_uri": format!("{base}/keys"),
            })),
            v1_discovery: Answer::Json(json!({ "issuer": format!("{base}/sts/{TENANT}/") })),
            keys: Answer::Json(json!({ "keys": keys })),
            requests: Vec::new(),
        };
        let shared = Arc::new(Shared {
            documents: Mutex::new(documents),
            released: Notify::new(),
        });
        let router = Router::new()
            .fallback(answer)
            .with_state(Arc::clone(&shared));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { base, shared }
    }

    /// The discovery document as it is answered now.
    pub(crate) fn discovery(&self) -> Answer {
        self.shared.documents.lock().unwrap().discovery.clone()
    }

    pub(crate) fn set_discovery(&self, answer: Answer) {
        self.shared.documents.lock().unwrap().discovery = answer;
    }

    pub(crate) fn set_v1_discovery(&self, answer: Answer) {
        self.shared.documents.lock().unwrap().v1_discovery = answer;
    }

    pub(crate) fn set_keys(&self, answer: Answer) {
        self.shared.documents.lock().unwrap().keys = answer;
    }

    pub(crate) fn publish(&self, keys: &[Value]) {
        self.set_keys(Answer::Json(json!({ "keys": keys })));
    }

    /// Lets every hanging answer go on.
    pub(crate) fn release(&self) {
        self.shared.released.notify_waiters();
    }

    /// Every request so far, path and query.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.shared.documents.lock().unwrap().requests.clone()
    }

    /// How often the key document was asked for.
    pub(crate) fn key_fetches(&self) -> usize {
        let requests = self.requests();
        requests
            .iter()
            .filter(|path| path.starts_with("/keys"))
            .count()
    }

    /// A configuration whose authority is this issuer.
    pub(crate) fn config(&self) -> Config {
        let mut config = config();
        config.authentication.authority = self.base.parse().unwrap();
        config.authentication.issuer = format!("{}/{TENANT}/v2.0", self.base);
        config
    }

    /// Claims of a user's good token.
    pub(crate) fn claims(&self) -> Value {
        json!({
            "iss": format!("{}/{TENANT}/v2.0", self.base),
            "aud": CLIENT.to_string(),
            "exp": NOW + 3600,
            "nbf": NOW - 10,
            "iat": NOW - 10,
            "tid": TENANT.to_string(),
            "oid": OBJECT,
            "sub": "pairwise",
            "ver": "2.0",
            "scp": "user_impersonation",
            "roles": ["Viewer"],
        })
    }

    /// An authenticator for this issuer that stands at [`NOW`], without keys yet.
    pub(crate) fn authenticator(&self, adjust: impl FnOnce(&mut Config)) -> Arc<Authenticator> {
        let mut config = self.config();
        adjust(&mut config);
        Authenticator::build_with_clock(&config, super::VOCABULARY, Clock::standing_at(NOW))
            .unwrap()
    }

    /// The same, with another clock and with the keys that are published now.
    pub(in crate::identity) async fn loaded_authenticator_at(
        &self,
        clock: Clock,
    ) -> Arc<Authenticator> {
        let authenticator =
            Authenticator::build_with_clock(&self.config(), super::VOCABULARY, clock).unwrap();
        authenticator.key_store().refresh().await;
        authenticator
    }

    /// The same, with the keys that are published now.
    pub(crate) async fn loaded_authenticator(&self) -> Arc<Authenticator> {
        let authenticator = self.authenticator(|_| {});
        authenticator.key_store().refresh().await;
        assert!(authenticator.is_ready());
        authenticator
    }

    /// Publishes other keys, and lets an authenticator read them.
    pub(crate) async fn rotate(&self, authenticator: &Authenticator, keys: &[Value]) {
        self.publish(keys);
        authenticator.key_store().refresh().await;
    }
}

async fn answer(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let released = shared.released.notified();
    let mut answer = {
        let mut documents = shared.documents.lock().unwrap();
        documents.requests.push(request.uri().to_string());
        documents.find(&path)
    };
    if matches!(answer, Answer::Hang) {
        released.await;
        answer = shared.documents.lock().unwrap().find(&path);
    }
    match answer {
        Answer::Json(value) => axum::Json(value).into_response(),
        Answer::Raw(status, content_type, body) => {
            let status = StatusCode::from_u16(status).unwrap();
            (status, [(header::CONTENT_TYPE, content_type)], body).into_response()
        }
        // The second hop must end somewhere: the redirected document is the good one.
        Answer::RedirectTo(url) if !path.starts_with("/moved") => {
            Redirect::temporary(&url).into_response()
        }
        Answer::RedirectTo(_) => {
            axum::Json(json!({ "keys": [super::KEY_A.jwk()] })).into_response()
        }
        Answer::Endless => {
            let piece = || Ok::<_, std::io::Error>(vec![b' '; 16 * 1024]);
            let pieces = futures::stream::repeat_with(piece);
            Body::from_stream(pieces).into_response()
        }
        Answer::Hang => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}
