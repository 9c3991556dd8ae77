//! The guard: stands around every handler and lets a request through, or answers it.
//!
//! It belongs to the handler, not to a path pattern, and runs before the body is polled and before path or query
//! are parsed. Invariant: a protected handler runs only after `decide` said so about a verified caller.

mod not_modified;
mod preconditions;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use portcullis_api_spec::{EndpointDef, Op};

use self::preconditions::Preconditions;
use crate::gate::{self, StreamEnd};
use crate::identity::Authentication;
use crate::paging;

/// What comes of running a handler.
pub type Answer = Pin<Box<dyn Future<Output = Response> + Send>>;

/// A request that the guard of its endpoint has let through.
///
/// Proof that the guard ran: nothing else makes one, and without one no endpoint runs.
pub struct Admitted<S> {
    request: Request,
    state: S,
}

impl<S> Admitted<S> {
    /// The request, and the state of the application.
    pub(crate) fn into_parts(self) -> (Request, S) {
        (self.request, self.state)
    }
}

/// An endpoint's function with its state, behind its access rule.
///
/// Its type says nothing about either, so that what the router makes of a handler is generated once, and not again for
/// every endpoint: that was most of what rustc generated for it.
#[derive(Clone)]
pub(crate) struct Guarded {
    endpoint: &'static EndpointDef,
    preconditions: Preconditions,
    run: Arc<dyn Fn(Request) -> Answer + Send + Sync>,
}

impl Guarded {
    /// Puts the guard around a function, whose arguments and reply describe themselves in `op`.
    pub(crate) fn new<S>(
        endpoint: &'static EndpointDef,
        op: &Op,
        run: fn(Admitted<S>) -> Answer,
        state: S,
    ) -> Self
    where
        S: Clone + Send + Sync + 'static,
    {
        Self {
            endpoint,
            preconditions: Preconditions::of(endpoint, op),
            run: Arc::new(move |request| {
                let state = state.clone();
                run(Admitted { request, state })
            }),
        }
    }

    pub(crate) fn endpoint(&self) -> &'static EndpointDef {
        self.endpoint
    }

    /// Answers a request: lets it through to the function, or refuses it.
    pub(crate) async fn answer(&self, mut request: Request) -> Response {
        if let Err(refusal) = gate::admit(&self.endpoint.access, request.extensions()) {
            return refusal.into_response();
        }
        let if_none_match = match self.preconditions.check(request.headers()) {
            Ok(if_none_match) => if_none_match,
            Err(problem) => return self.uncached(problem.into_response()),
        };
        if self.endpoint.access.is_public() {
            // A tool call brings a caller along. Over REST nobody looks at a credential here, and both are one operation.
            request.extensions_mut().remove::<Authentication>();
        }
        let stream_end = StreamEnd::of(request.extensions());
        let uri = request.uri().clone();
        let response = (self.run)(request).await;
        let response = stream_end.bound(response);
        let response = with_annotated_status(response, self.endpoint.status);
        let response = paging::with_next_link(response, &uri);
        let response = match if_none_match {
            Some(if_none_match) => if_none_match.settle(response),
            None => response,
        };
        self.uncached(response)
    }

    /// Keeps an answer that is not for everybody out of every cache, unless it says itself how it may be kept (RFC 9111 section
    /// 5.2.2.5).
    ///
    /// A browser's cache serves whoever uses the browser. It asks again with `If-None-Match` for what another caller was shown,
    /// `Vary` or not (section 4.1), and tags count versions of what is stored, not callers: where two of them are shown
    /// different things of one version, a 304 would show one what is the other's.
    fn uncached(&self, mut response: Response) -> Response {
        if !self.endpoint.access.is_public() {
            let cache_control = response.headers_mut().entry(header::CACHE_CONTROL);
            cache_control.or_insert(HeaderValue::from_static("no-store"));
        }
        response
    }
}

/// The operation that a request made in this process is for, by its id.
///
/// A router prefers `/reports/export` to `/reports/{id}`. Over REST the path is the caller's own choice; a tool call or a URI
/// names an operation, and no value in it may choose another, whose rule, limits and record are not those of what was named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct MeantFor(pub(crate) &'static str);

impl MeantFor {
    /// Says whether a request may run this operation, as far as it says which one it is for.
    pub(crate) fn allows(request: &Request, endpoint: &EndpointDef) -> bool {
        let meant_for = request.extensions().get::<Self>();
        meant_for.is_none_or(|Self(id)| *id == endpoint.operation_id)
    }
}

/// `status = 201` stands for the reply type's own success status.
fn with_annotated_status(mut response: Response, status: Option<u16>) -> Response {
    let annotated = status.and_then(|status| StatusCode::from_u16(status).ok());
    if let Some(status) = annotated
        && response.status().is_success()
    {
        *response.status_mut() = status;
    }
    response
}

#[cfg(test)]
mod tests;
