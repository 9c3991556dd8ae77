//! What a message brings beside its parameters, and the refusals that need no look at who sends it.

use http::request::Parts;
use opentelemetry::trace::SpanContext;
use rmcp::RoleServer;
use rmcp::model::{ErrorCode, ErrorData, PaginatedRequestParams, ProtocolVersion};
use rmcp::service::RequestContext;

use super::confirmation;
use crate::telemetry::read_trace_context;

/// What this Api has nothing of is a method that it does not have.
pub(super) fn method_not_found() -> ErrorData {
    ErrorData::new(ErrorCode::METHOD_NOT_FOUND, "Method not found", None)
}

/// Gives up when the client has gone away: rmcp leaves the handler running.
pub(super) async fn until_cancelled<T>(
    work: impl Future<Output = T>,
    context: &RequestContext<RoleServer>,
) -> Result<T, ErrorData> {
    tokio::select! {
        done = work => Ok(done),
        () = context.ct.cancelled() => Err(ErrorData::internal_error("The call was cancelled", None)),
    }
}

/// Says whether the client speaks 2026-07-28 or newer.
pub(super) fn speaks_2026(context: &RequestContext<RoleServer>) -> bool {
    let version = context.protocol_version();
    version.is_some_and(|version| version.as_str() >= ProtocolVersion::V_2026_07_28.as_str())
}

/// Says whether the client can put a question to its user in the middle of a call.
pub(super) fn can_ask(context: &RequestContext<RoleServer>) -> bool {
    speaks_2026(context) && confirmation::shows_forms(context.client_capabilities().as_ref())
}

/// Every list but that of resources has one page.
pub(super) fn check_no_cursor(request: Option<PaginatedRequestParams>) -> Result<(), ErrorData> {
    if request.is_some_and(|request| request.cursor.is_some()) {
        return Err(ErrorData::invalid_params(
            "Unknown cursor: the list has one page",
            None,
        ));
    }
    Ok(())
}

/// The trace that the message itself names (SEP-414), read as strictly as the headers.
pub(super) fn trace_of(context: &RequestContext<RoleServer>) -> Option<SpanContext> {
    let meta = &context.meta;
    read_trace_context(meta.get_traceparent()?, meta.get_tracestate().unwrap_or(""))
}

/// The HTTP request around the message; what the authenticating layer left is on it.
pub(super) fn http_parts(context: &RequestContext<RoleServer>) -> Result<&Parts, ErrorData> {
    let parts = context.extensions.get::<Parts>();
    parts.ok_or_else(|| ErrorData::internal_error("The call did not come over HTTP", None))
}
