//! The guard: stands around every handler and lets a request through, or answers it.
//!
//! It belongs to the handler, not to a path pattern, and runs before the body is polled and before path or query
//! are parsed. Invariant: a protected handler runs only after `decide` said so about a verified caller.

use std::future::Future;
use std::pin::Pin;

use axum::extract::Request;
use axum::handler::Handler;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use portcullis_api_spec::EndpointDef;

use crate::gate::{self, StreamEnd};
use crate::paging;

/// A handler behind its access rule.
#[derive(Clone)]
pub(crate) struct Guarded<H> {
    endpoint: &'static EndpointDef,
    handler: H,
}

impl<H> Guarded<H> {
    pub(crate) fn new(endpoint: &'static EndpointDef, handler: H) -> Self {
        Self { endpoint, handler }
    }
}

impl<H, T, S> Handler<T, S> for Guarded<H>
where
    H: Handler<T, S>,
    S: Send + 'static,
{
    type Future = Pin<Box<dyn Future<Output = Response> + Send>>;

    fn call(self, request: Request, state: S) -> Self::Future {
        Box::pin(async move {
            if let Err(refusal) = gate::admit(&self.endpoint.access, request.extensions()) {
                return refusal.into_response();
            }
            let stream_end = StreamEnd::of(request.extensions());
            let uri = request.uri().clone();
            let response = self.handler.call(request, state).await;
            let response = stream_end.bound(response);
            let response = with_annotated_status(response, self.endpoint.status);
            paging::with_next_link(response, &uri)
        })
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
