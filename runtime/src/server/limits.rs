//! Time and panics: a request ends, and the process lives.

use std::any::Any;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use portcullis_api_spec::openapi::REQUEST_TIMEOUT;

use crate::Problem;

#[cfg(panic = "abort")]
compile_error!(
    "a panic of one handler would end the service for everybody: leave `panic = \"abort\"` out of the profile"
);

/// How long one request may take, in place of `server.request_timeout`. Only a tool call that waits for work carries it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TimeLimit(pub(crate) Duration);

/// Answers 504 when a request takes longer than `server.request_timeout`, until its answer begins.
pub(crate) async fn bound_time(
    State(limit): State<Duration>,
    request: Request,
    next: Next,
) -> Response {
    let own = request.extensions().get::<TimeLimit>();
    let limit = own.map_or(limit, |own| own.0);
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::new(REQUEST_TIMEOUT).into_response(),
    }
}

/// Turns a panic into a 500. What it said goes to the log, never to the client.
pub(crate) fn answer_panic(panic: Box<dyn Any + Send + 'static>) -> Response {
    let message = match (panic.downcast_ref::<&str>(), panic.downcast_ref::<String>()) {
        (Some(text), _) => (*text).to_owned(),
        (None, Some(text)) => text.clone(),
        (None, None) => "no message".to_owned(),
    };
    tracing::error!(message = %message.escape_debug(), "a handler panicked");
    Problem::of_status(StatusCode::INTERNAL_SERVER_ERROR).into_response()
}
