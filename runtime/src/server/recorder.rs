//! Tells the application of every call that may have changed something, so that it can keep a record.
//!
//! Stands between the caller's rate limit and the guard: what is recorded has a verified caller, refusals included, and
//! a caller can cause no more records than calls. Invariant: a call that came this far is recorded, also when nobody
//! waits for its answer, when it panics, and when the service ends before it does.

use axum::extract::Request;
use axum::response::Response;
use http::Extensions;
use portcullis_api_spec::EndpointDef;

use super::CorrelationId;
use crate::background;
use crate::caller::Caller;
use crate::gate::Gate;
use crate::problem::Problem;
use crate::record::{CallOutcome, CallRecord, Expected, Surface};

/// Longest path that is recorded, in characters.
const MAX_PATH: usize = 1000;

/// Marks a request that an MCP message has made, which has paid for both. Nothing from outside can plant it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FromMcp;

/// Records a call of one endpoint.
pub(super) async fn record_call<F>(
    endpoint: &'static EndpointDef,
    gate: &Gate,
    request: Request,
    next: impl FnOnce(Request) -> F,
) -> Response
where
    F: Future<Output = Response>,
{
    let Some(unsettled) = Unsettled::of(endpoint, gate, &request) else {
        return next(request).await;
    };
    let response = tokio::select! {
        response = next(request) => Some(response),
        () = gate.shutdown.clone().cutting() => None,
    };
    let Some(response) = response else {
        // The process ends, and would take the call with it. Nobody is told that it may be tried again: whether it
        // changed anything is not known, and a connection that breaks says so.
        drop(unsettled);
        return std::future::pending().await;
    };
    let code = response.extensions().get::<Problem>();
    let outcome = CallOutcome::Answered {
        status: response.status().as_u16(),
        code: code.map(|problem| problem.code().to_owned()),
    };
    unsettled.settle(outcome).await;
    response
}

/// A call that has begun. Dropped before its answer, it is recorded as cut off.
struct Unsettled {
    call: Option<(Expected, CallRecord)>,
}

impl Unsettled {
    /// `None` when nobody records, or nobody was verified.
    fn of(endpoint: &'static EndpointDef, gate: &Gate, request: &Request) -> Option<Self> {
        let recorder = gate.recorder.as_ref()?;
        let extensions = request.extensions();
        let caller = Caller::of_request(extensions)?;
        let record = CallRecord {
            operation_id: endpoint.operation_id,
            method: endpoint.method.as_str(),
            path: visible(request.uri().path()),
            caller: caller.clone(),
            surface: surface_of(extensions),
            correlation_id: extensions
                .get::<CorrelationId>()
                .map_or_else(String::new, |it| it.as_str().to_owned()),
            outcome: CallOutcome::CutOff,
        };
        Some(Self {
            call: Some((recorder.expect(), record)),
        })
    }

    /// Waits until it is recorded. A record that has begun is finished, also when the request is given up meanwhile.
    async fn settle(mut self, outcome: CallOutcome) {
        let Some((expected, record)) = self.call.take() else {
            return;
        };
        let record = CallRecord { outcome, ..record };
        if let Err(error) = background::spawn(expected.record(record)).await {
            tracing::error!(%error, "a call was not recorded");
        }
    }
}

impl Drop for Unsettled {
    fn drop(&mut self) {
        let Some((expected, record)) = self.call.take() else {
            return;
        };
        // Without a runtime the process is ending, and nobody can record any more.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            background::spawn_on(&runtime, expected.record(record));
        }
    }
}

fn surface_of(extensions: &Extensions) -> Surface {
    match extensions.get::<FromMcp>() {
        Some(FromMcp) => Surface::Mcp,
        None => Surface::Rest,
    }
}

/// The path in visible ASCII: a request line may carry other bytes as they are, and whoever reads a record shall not be
/// shown what a caller wants to be seen.
fn visible(path: &str) -> String {
    let mut visible = String::new();
    for byte in path.bytes() {
        let character = match byte.is_ascii_graphic() {
            true => char::from(byte).to_string(),
            false => format!("%{byte:02X}"),
        };
        if visible.len() + character.len() > MAX_PATH {
            break;
        }
        visible.push_str(&character);
    }
    visible
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recorded_path_is_short_and_shows_what_it_is_made_of() {
        assert_eq!(visible("/a/%41~{}"), "/a/%41~{}");
        assert_eq!(visible("/ü\u{202e}\u{7f}"), "/%C3%BC%E2%80%AE%7F");
        assert_eq!(visible(&"x".repeat(2000)).len(), MAX_PATH);
        assert_eq!(visible(&format!("{}ü", "x".repeat(998))).len(), 998);
    }
}
