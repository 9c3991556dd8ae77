//! Time and panics: a request ends, and the process lives.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use futures::FutureExt;
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

impl TimeLimit {
    /// How long a request may take.
    pub(super) fn of(request: &Request, otherwise: Duration) -> Self {
        let own = request.extensions().get::<Self>();
        own.copied().unwrap_or(Self(otherwise))
    }
}

/// Answers 504 when an answer does not begin in time.
pub(super) fn bound_time(
    TimeLimit(limit): TimeLimit,
    answer: impl Future<Output = Response>,
) -> impl Future<Output = Response> {
    let too_late = |_| Problem::new(REQUEST_TIMEOUT).into_response();
    // An `async fn` would hold what it is given twice: as it came, and as it is polled.
    tokio::time::timeout(limit, answer).map(move |answered| answered.unwrap_or_else(too_late))
}

/// Answers 500 when the making of an answer panics.
pub(super) fn catch_panic(
    answer: impl Future<Output = Response>,
) -> impl Future<Output = Response> {
    // What a request leaves half done goes with it; what outlives it is behind locks that say when they are poisoned.
    let answered = AssertUnwindSafe(answer).catch_unwind();
    answered.map(|answered| answered.unwrap_or_else(answer_panic))
}

/// Turns a panic into a 500. What it said goes to the log, never to the client.
fn answer_panic(panic: Box<dyn Any + Send + 'static>) -> Response {
    let message = match (panic.downcast_ref::<&str>(), panic.downcast_ref::<String>()) {
        (Some(text), _) => (*text).to_owned(),
        (None, Some(text)) => text.clone(),
        (None, None) => "no message".to_owned(),
    };
    tracing::error!(message = %message.escape_debug(), "a handler panicked");
    Problem::of_status(StatusCode::INTERNAL_SERVER_ERROR).into_response()
}
