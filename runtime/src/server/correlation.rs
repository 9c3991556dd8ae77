//! Correlation ids, what every response carries, and what every request has to.

use std::sync::Arc;

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::Route;
use http::{HeaderMap, HeaderName, HeaderValue, header};
use opentelemetry::context::FutureExt;
use opentelemetry::trace::TraceContextExt;
use tower_http::cors::CorsLayer;
use tracing::Instrument;
use uuid::Uuid;

use super::access_log::Exchange;
use super::cors;
use super::host::settle_host;
use super::shutdown::Shutdown;
use super::transfer_coding::check_transfer_coding;
use crate::hex::Hex;
use crate::problem::{self, Problem};
use crate::telemetry::Telemetry;

/// The header that carries the id, in and out.
pub(crate) const HEADER: HeaderName = HeaderName::from_static("x-correlation-id");

/// Longest id that is accepted from a client.
const MAX_LENGTH: usize = 64;

/// Names one request in the response, in problems and in the log.
#[derive(Debug, Clone)]
pub(crate) struct CorrelationId(Arc<str>);

impl CorrelationId {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Takes the client's id when it is 1 to 64 of `[A-Za-z0-9._-]`, sent once; else makes a fresh one. Anything
    /// else could forge log lines.
    fn of(headers: &HeaderMap) -> Self {
        let mut values = headers.get_all(&HEADER).iter();
        let accepted = match (values.next(), values.next()) {
            (Some(value), None) => value.to_str().ok().filter(|text| is_acceptable(text)),
            (None | Some(_), _) => None,
        };
        match accepted {
            Some(text) => Self(text.into()),
            None => {
                let mut text = Uuid::encode_buffer();
                Self((&*Uuid::new_v4().hyphenated().encode_lower(&mut text)).into())
            }
        }
    }
}

fn is_acceptable(text: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    (1..=MAX_LENGTH).contains(&text.len()) && text.bytes().all(is_allowed)
}

/// What the outermost layer needs.
pub(crate) struct Outermost {
    pub(crate) cors: CorsLayer,
    pub(crate) is_bypassed: bool,
    pub(crate) shutdown: Shutdown,
    pub(crate) telemetry: Telemetry,
}

/// Gives the request its id, and every response its id, `nosniff`, and, where they apply, the sign that
/// authentication is off and the wish that a keep-alive client leave.
pub(crate) async fn correlate(
    outermost: Arc<Outermost>,
    mut request: Request,
    next: Route,
) -> Response {
    let correlation_id = CorrelationId::of(request.headers());
    request.extensions_mut().insert(correlation_id.clone());
    let exchange = Exchange::begin(outermost.telemetry.clone(), &request);
    let trace = exchange.trace().clone();
    let place = trace.span().span_context().clone();
    // Of the level that no filter takes away: a warning without its id could not be followed up.
    let span = tracing::error_span!(
        "request",
        correlation_id = correlation_id.as_str(),
        route = exchange.route(),
        trace_id = %Hex(&place.trace_id().to_bytes()),
        span_id = %Hex(&place.span_id().to_bytes()),
    );
    let response = async {
        let response = match check_head(&mut request) {
            Ok(()) => cors::answer(&outermost.cors, request, next).await,
            Err(problem) => problem.into_response(),
        };
        let response = problem::finish(response, correlation_id.as_str());
        exchange.end(response.status());
        response
    };
    let mut response = response.with_context(trace).instrument(span).await;
    let headers = response.headers_mut();
    write_marks(headers, &correlation_id);
    if outermost.is_bypassed {
        headers.insert("x-auth-mode", HeaderValue::from_static("bypassed"));
    }
    if outermost.shutdown.is_draining() {
        headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// What every request has to be, whatever it asks for.
fn check_head(request: &mut Request) -> Result<(), Problem> {
    settle_host(request)?;
    check_transfer_coding(request.headers())
}

/// Gives every response of a listener that neither logs nor counts its requests an id, problems too, and `nosniff`.
pub(crate) async fn mark(mut request: Request, next: Next) -> Response {
    let correlation_id = CorrelationId::of(request.headers());
    let response = match check_head(&mut request) {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    };
    let mut response = problem::finish(response, correlation_id.as_str());
    write_marks(response.headers_mut(), &correlation_id);
    response
}

fn write_marks(headers: &mut HeaderMap, correlation_id: &CorrelationId) {
    if let Ok(value) = HeaderValue::from_str(correlation_id.as_str()) {
        headers.insert(HEADER, value);
    }
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id_for(values: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(HEADER, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        CorrelationId::of(&headers).as_str().to_owned()
    }

    #[test]
    fn an_acceptable_id_is_kept() {
        let longest = "a".repeat(64);
        for id in ["a", "A-b_c.9", longest.as_str()] {
            assert_eq!(id_for(&[id]), id);
        }
    }

    #[test]
    fn any_other_id_is_replaced() {
        let too_long = "a".repeat(65);
        for values in [
            &[""][..],
            &["a b"],
            &["a\"b"],
            &["é"],
            &[too_long.as_str()],
            &["a", "b"],
        ] {
            let id = id_for(values);
            assert!(Uuid::parse_str(&id).is_ok(), "{values:?} became {id}");
        }
    }
}
