//! Something that stands in front of the service: it passes requests on, and answers some of them itself.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_LENGTH, HOST, HeaderMap, TRANSFER_ENCODING};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use tokio::net::TcpListener;

/// Most of a body that is passed on.
const BODY_LIMIT_BYTES: usize = 4 * 1024 * 1024;

/// What it is asked.
pub(crate) struct Asked {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
}

/// A front whose address is known before it serves, so that the service can be told of it.
pub(crate) struct Front {
    pub(crate) url: String,
    listener: TcpListener,
}

/// What a front has seen.
#[derive(Clone, Default)]
pub(crate) struct Seen {
    requests: Arc<Mutex<Vec<Asked>>>,
}

type Instead = Arc<dyn Fn(&Asked) -> Option<Response> + Send + Sync>;

#[derive(Clone)]
struct Serving {
    service_url: Option<String>,
    instead: Instead,
    seen: Seen,
    client: reqwest::Client,
}

impl Asked {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

impl Seen {
    /// `GET /health` of every request so far.
    pub(crate) fn requests(&self) -> Vec<String> {
        let requests = self.requests.lock().expect("no holder panics");
        let name = |asked: &Asked| format!("{} {}", asked.method, asked.path);
        requests.iter().map(name).collect()
    }

    /// Says whether any request held this text in a header.
    pub(crate) fn has_met(&self, text: &str) -> bool {
        let requests = self.requests.lock().expect("no holder panics");
        requests.iter().any(|asked| {
            let mut values = asked.headers.values();
            values.any(|value| String::from_utf8_lossy(value.as_bytes()).contains(text))
        })
    }
}

impl Front {
    pub(crate) async fn bind() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.expect("loopback has a free port");
        let address = listener.local_addr();
        let address = address.expect("a bound listener has an address");
        Self {
            url: format!("http://{address}"),
            listener,
        }
    }

    /// Serves in front of a service: what `instead` answers does not reach it.
    pub(crate) fn pass_to(
        self,
        service_url: &str,
        instead: impl Fn(&Asked) -> Option<Response> + Send + Sync + 'static,
    ) -> Seen {
        self.serve(Some(service_url.to_owned()), Arc::new(instead))
    }

    /// Serves alone: every request gets this answer.
    pub(crate) fn answer(
        self,
        answer: impl Fn(&Asked) -> Response + Send + Sync + 'static,
    ) -> Seen {
        self.serve(None, Arc::new(move |asked: &Asked| Some(answer(asked))))
    }

    fn serve(self, service_url: Option<String>, instead: Instead) -> Seen {
        let seen = Seen::default();
        let client = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none());
        let serving = Serving {
            service_url,
            instead,
            seen: seen.clone(),
            client: client.build().expect("a plain client can be built"),
        };
        let router = Router::new().fallback(pass_on).with_state(serving);
        tokio::spawn(async move { axum::serve(self.listener, router).await });
        seen
    }
}

async fn pass_on(State(serving): State<Serving>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let asked = Asked {
        method: parts.method.clone(),
        path: parts.uri.path().to_owned(),
        headers: parts.headers.clone(),
    };
    let instead = (serving.instead)(&asked);
    let requests = &serving.seen.requests;
    requests.lock().expect("no holder panics").push(asked);
    if let Some(answer) = instead {
        return answer;
    }
    let service_url = serving
        .service_url
        .expect("a front alone answers everything");
    let mut headers = parts.headers;
    for name in [HOST, CONTENT_LENGTH, TRANSFER_ENCODING] {
        headers.remove(name);
    }
    let body = to_bytes(body, BODY_LIMIT_BYTES).await;
    let answer = serving
        .client
        .request(parts.method, format!("{service_url}{}", parts.uri.path()))
        .headers(headers)
        .body(body.expect("bodies of tests are small"))
        .send()
        .await;
    match answer {
        Ok(answer) => {
            let (status, mut headers) = (answer.status(), answer.headers().clone());
            headers.remove(CONTENT_LENGTH);
            headers.remove(TRANSFER_ENCODING);
            let body = answer.bytes().await.unwrap_or_default();
            (status, headers, Body::from(body)).into_response()
        }
        Err(_) => StatusCode::BAD_GATEWAY.into_response(),
    }
}
