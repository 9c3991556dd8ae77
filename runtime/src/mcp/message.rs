//! What a message brings beside its parameters, and the refusals that need no look at who sends it.

use http::request::Parts;
use opentelemetry::trace::SpanContext;
use rmcp::RoleServer;
use rmcp::model::{
    ErrorCode, ErrorData, PaginatedRequestParams, ProtocolVersion, RequestMetaObject,
};
use rmcp::service::RequestContext;

use crate::telemetry::read_trace_context;

/// What this Api has nothing of is a method that it does not have.
pub(super) fn method_not_found() -> ErrorData {
    ErrorData::new(ErrorCode::METHOD_NOT_FOUND, "Method not found", None)
}

/// Gives up when the client has gone away: rmcp's transport leaves the handler running, and dropping the work is what ends it.
///
/// The work goes first, so that what a message asks for leaves its record however early its client goes.
pub(super) async fn until_cancelled<T>(
    work: impl Future<Output = T>,
    context: &RequestContext<RoleServer>,
) -> Result<T, ErrorData> {
    tokio::select! {
        biased;
        done = work => Ok(done),
        () = context.ct.cancelled() => Err(ErrorData::internal_error("The call was cancelled", None)),
    }
}

/// Says whether a client of this version speaks 2026-07-28 or newer.
pub(super) fn speaks_2026(version: Option<&ProtocolVersion>) -> bool {
    version.is_some_and(|version| version.as_str() >= ProtocolVersion::V_2026_07_28.as_str())
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
pub(super) fn trace_of(meta: &RequestMetaObject) -> Option<SpanContext> {
    read_trace_context(meta.get_traceparent()?, meta.get_tracestate().unwrap_or(""))
}

/// The HTTP request around the message; what the authenticating layer left is on it.
pub(super) fn http_parts(context: &RequestContext<RoleServer>) -> Result<&Parts, ErrorData> {
    let parts = context.extensions.get::<Parts>();
    parts.ok_or_else(|| ErrorData::internal_error("The call did not come over HTTP", None))
}
