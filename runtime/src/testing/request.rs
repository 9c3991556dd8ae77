//! One request, sent through the whole router of the application, outer layers included.

use std::future::{Future, IntoFuture};
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::ConnectInfo;
use axum::response::Response;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, header};
use serde::Serialize;
use tower::ServiceExt;

use super::events::TestEvents;
use super::response::TestResponse;
use super::test_api::Service;

/// Where requests seem to come from (RFC 5737: an address of nobody).
const PEER: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)), 40_000);

/// A request that is not yet sent: add what it carries, then `.await` it.
#[must_use = "`.await` it to send it"]
pub struct TestRequest {
    router: Router,
    method: Method,
    path: String,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl TestRequest {
    pub(super) fn new(service: &Arc<Service>, method: Method, path: &str) -> Self {
        let request = Self {
            router: service.router.clone(),
            method,
            path: path.to_owned(),
            headers: HeaderMap::new(),
            body: Vec::new(),
        };
        request.header("host", service.public_url.authority())
    }

    /// Sends to the application as it is in POC mode.
    pub(super) fn bypassing(mut self, service: &Service) -> Self {
        self.router = service.poc_router.clone();
        self
    }

    /// Adds a header; one that is there already stays.
    ///
    /// # Panics
    /// When it is no header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value))
        else {
            panic!("{name}: {value:?} is no header");
        };
        self.headers.append(name, value);
        self
    }

    /// Sends this as JSON.
    ///
    /// # Panics
    /// When the value cannot be JSON.
    pub fn json(self, value: &impl Serialize) -> Self {
        match serde_json::to_vec(value) {
            Ok(body) => self.body("application/json", body),
            Err(error) => panic!("the body is not JSON: {error}"),
        }
    }

    /// Sends these bytes under this media type.
    pub fn body(mut self, media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.headers.remove(header::CONTENT_TYPE);
        self.body = body.into();
        self.header("content-type", media_type)
    }

    /// Sends it and gives the answer before its end: what an event stream sends can be read as it comes.
    pub async fn events(self) -> TestEvents {
        let (what, response) = self.begin().await;
        let (parts, body) = response.into_parts();
        TestEvents::new(TestResponse::new(what, parts, Bytes::new()), body)
    }

    /// Sends it and reads the answer to its end, but for an event stream, which may have none.
    async fn send(self) -> TestResponse {
        let answer = self.events().await;
        match answer.response().is_event_stream() {
            true => answer.response().clone(),
            false => answer.into_response().await,
        }
    }

    async fn begin(self) -> (String, Response) {
        let what = format!("{} {}", self.method, self.path);
        let mut builder = Request::builder()
            .method(self.method)
            .uri(&self.path)
            .extension(ConnectInfo(PEER));
        if let Some(headers) = builder.headers_mut() {
            *headers = self.headers;
        }
        let request = match builder.body(Body::from(self.body)) {
            Ok(request) => request,
            Err(error) => panic!("{what} is no request: {error}"),
        };
        match self.router.oneshot(request).await {
            Ok(response) => (what, response),
            Err(never) => match never {},
        }
    }
}

impl IntoFuture for TestRequest {
    type Output = TestResponse;
    type IntoFuture = Pin<Box<dyn Future<Output = TestResponse> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}
