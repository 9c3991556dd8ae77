//! A call that begins a job waits for it, and answers with what the job's place shows.
//!
//! Invariant: the place is asked for in this process, among our own operations, as the caller who began the job, and only
//! while his token holds. Ending the wait ends no job.

use axum::response::{IntoResponse, Response};
use http::{HeaderMap, Request, StatusCode, Uri, header};
use portcullis_api_spec::JSON;
use tokio::time::Instant;

use super::call::{Call, Dispatcher};
use super::relay::RelayEnd;
use crate::content_type::media_type_of;
use crate::gate::{self, StreamEnd};
use crate::problem::Problem;
use crate::progress::Steps;

/// What a job's place shows, and what else there is to say about the job.
pub(super) struct Outcome {
    pub(super) response: Response,
    pub(super) lines: Vec<String>,
}

impl Outcome {
    /// A response that speaks for itself.
    pub(super) fn of(response: Response) -> Self {
        Self {
            response,
            lines: Vec::new(),
        }
    }
}

/// Waits for the job that a response names; gives any other response back.
pub(super) async fn follow(
    call: &mut Call<'_>,
    dispatcher: &Dispatcher,
    begun: Response,
    deadline: Instant,
) -> Outcome {
    let (parts, body) = begun.into_parts();
    let Some(mut steps) = parts.extensions.get::<Steps>().cloned() else {
        return Outcome::of(Response::from_parts(parts, body));
    };
    let Some(place) = place_of(&parts.headers) else {
        tracing::error!(
            tool = call.tool.name,
            "the location of a job is no path of this service"
        );
        let problem = Problem::of_status(StatusCode::INTERNAL_SERVER_ERROR);
        return Outcome::of(problem.into_response());
    };
    let wait_ends = async {
        tokio::select! {
            () = tokio::time::sleep_until(deadline) => {}
            _ = StreamEnd::of(&call.parts.extensions).reached() => {}
        }
    };
    let mut lines = vec![format!("location: {place}")];
    let end = call.relay.run(&mut steps, wait_ends).await;
    let mut request = Request::get(place);
    if let Some(extensions) = request.extensions_mut() {
        // The call was admitted before the wait, which may have outlived its token.
        if let Some(authentication) = gate::authentication_now(&call.parts.extensions) {
            extensions.insert(authentication);
        }
    }
    let response = dispatcher.dispatch(call, request, None).await;
    let response = only_json(call, response);
    match end {
        RelayEnd::Wait if response.status().is_success() => {
            lines.push("The work goes on; what it shows by now is above.".to_owned());
        }
        RelayEnd::Wait | RelayEnd::Work => {}
    }
    Outcome { response, lines }
}

/// The path and query in `Location`; `None` for anything that is no path on this service.
fn place_of(headers: &HeaderMap) -> Option<Uri> {
    let text = headers.get(header::LOCATION)?.to_str().ok()?;
    // `//host/path` would name another host (RFC 3986 section 4.2).
    if !text.starts_with('/') || text.starts_with("//") {
        return None;
    }
    text.parse().ok()
}

/// The tool promises JSON. An event stream at the job's place would never end, and a redirect is no result.
fn only_json(call: &Call<'_>, response: Response) -> Response {
    let is_json = media_type_of(response.headers()) == JSON;
    let status = response.status();
    if status.is_client_error() || status.is_server_error() || (status.is_success() && is_json) {
        return response;
    }
    tracing::error!(
        tool = call.tool.name,
        "what GET gives at the location of a job is not JSON"
    );
    Problem::of_status(StatusCode::INTERNAL_SERVER_ERROR).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    #[test]
    fn only_a_path_of_this_service_is_a_place() {
        let place = |text: &'static str| {
            let value = HeaderValue::from_static(text);
            place_of(&HeaderMap::from_iter([(header::LOCATION, value)]))
        };
        assert_eq!(place("/jobs/1?full=true").unwrap(), "/jobs/1?full=true");
        for elsewhere in [
            "//example.com/x",
            "https://example.com/x",
            "jobs/1",
            "",
            "*",
        ] {
            assert_eq!(place(elsewhere), None, "{elsewhere}");
        }
        assert_eq!(place_of(&HeaderMap::new()), None);
    }
}
