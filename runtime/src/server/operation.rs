//! One operation as a router calls it: all that stands around its guard, in order, in one handler.
//!
//! `body limit -> line -> panics -> time -> authentication -> rate -> record -> guard`, over REST and for a tool call alike.
//! Layers of a router would say the same, but each of them copies what stands below it for every request, and puts its future
//! on the heap (decision 0044).

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{DefaultBodyLimit, Request};
use axum::handler::Handler;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, MethodRouter};
use http::StatusCode;
use portcullis_api_spec::{Method, Mount};

use super::access_log::OperationLine;
use super::limits::{TimeLimit, bound_time, catch_panic};
use super::rate_limit::{RateLimits, limit_caller, limit_public};
use super::recorder::record_call;
use crate::Problem;
use crate::config::ServerConfig;
use crate::gate::{self, Gate};
use crate::guard::{Guarded, MeantFor};

/// An endpoint behind its guard, and what stands around both.
#[derive(Clone)]
pub(crate) struct Operation(Arc<Parts>);

struct Parts {
    guarded: Guarded,
    gate: Arc<Gate>,
    request_timeout: Duration,
    body_limit: DefaultBodyLimit,
}

impl Operation {
    pub(crate) fn new(guarded: Guarded, gate: &Arc<Gate>, config: &ServerConfig) -> Self {
        Self(Arc::new(Parts {
            guarded,
            gate: Arc::clone(gate),
            request_timeout: config.request_timeout,
            body_limit: DefaultBodyLimit::max(config.body_limit_bytes),
        }))
    }

    /// The operation at its method.
    pub(crate) fn mount(self) -> MethodRouter {
        let filter = match self.0.guarded.endpoint().method {
            Method::Get => MethodFilter::GET,
            Method::Post => MethodFilter::POST,
            Method::Put => MethodFilter::PUT,
            Method::Patch => MethodFilter::PATCH,
            Method::Delete => MethodFilter::DELETE,
        };
        MethodRouter::new().on(filter, self)
    }
}

impl Handler<(), ()> for Operation {
    type Future = Pin<Box<dyn Future<Output = Response> + Send>>;

    fn call(self, mut request: Request, (): ()) -> Self::Future {
        Box::pin(async move {
            let parts = &*self.0;
            parts.body_limit.apply(&mut request);
            let line = OperationLine::begin(&request);
            let limit = TimeLimit::of(&request, parts.request_timeout);
            // A tool call enters here, behind the boundary of the whole service.
            let response = catch_panic(bound_time(limit, parts.answer(request))).await;
            line.end(response)
        })
    }
}

impl Parts {
    /// A public endpoint never looks at a credential, so that a client whose token has expired, or an identity provider that
    /// hangs, cannot close it; it is limited by address.
    async fn answer(&self, mut request: Request) -> Response {
        if !MeantFor::allows(&request, self.guarded.endpoint()) {
            return Problem::of_status(StatusCode::NOT_FOUND).into_response();
        }
        if self.guarded.endpoint().access.is_public() {
            request.extensions_mut().insert(Arc::clone(&self.gate));
            return limit_public(self.public_limits(), request, |it| self.guarded.answer(it)).await;
        }
        if let Err(refusal) = gate::authenticate(&self.gate, &mut request).await {
            return refusal;
        }
        let limits = self.gate.rate_limits.as_deref();
        limit_caller(limits, request, |it| self.answer_recorded(it)).await
    }

    /// None at the root, where what load balancers and monitors ask stands: all of them may call from one address, and
    /// whoever shares it could close `/health`, and with it every instance.
    fn public_limits(&self) -> Option<&RateLimits> {
        match self.guarded.endpoint().mount {
            Mount::Api => self.gate.rate_limits.as_deref(),
            Mount::Root => None,
        }
    }

    /// Calls that may change something are recorded.
    async fn answer_recorded(&self, request: Request) -> Response {
        let endpoint = self.guarded.endpoint();
        match endpoint.method {
            Method::Get => self.guarded.answer(request).await,
            Method::Post | Method::Put | Method::Patch | Method::Delete => {
                // Seldom asked for, and larger than the rest.
                Box::pin(record_call(endpoint, &self.gate, request, |it| {
                    self.guarded.answer(it)
                }))
                .await
            }
        }
    }
}
