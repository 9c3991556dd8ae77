//! `Accepted<T>`: a job has begun, and where its result will be.

use std::fmt;
use std::marker::PhantomData;

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use portcullis_api_spec::{Op, Success};

use super::{Reply, location};
use crate::progress::Steps;
use crate::schema::HasSchema;

/// 202 with `Location` (RFC 9110 section 15.3.3): a job has begun, and `GET` there shows a `T`, its state and in the end
/// its result. The job goes on by itself, whether or not its client stays.
///
/// Over REST the client comes back for it. Over MCP the tool call waits: it relays the job's steps, and when the last
/// [`Progress`](crate::Progress) is dropped it answers with what `GET` on the location gives the same caller, so the
/// tool's output is `T`. A wait that reaches `mcp.wait_timeout`, or the end of the service, is answered with what is
/// there by then, so `T` needs to say whether the job is done.
///
/// # Examples
/// ```
/// # mod api {
/// #     #[derive(Clone, Copy, portcullis::Roles)]
/// #     pub enum Role {}
/// #     #[derive(Clone, Copy, portcullis::Scopes)]
/// #     pub enum Scope {}
/// #     portcullis::api! { state = (), roles = Role, scopes = Scope }
/// # }
/// use portcullis::{Accepted, Json, Path, Progress, endpoint};
///
/// #[derive(serde::Serialize, utoipa::ToSchema)]
/// struct Count {
///     is_done: bool,
///     pages: u32,
/// }
///
/// /// Count the pages of a book.
/// #[endpoint(post, "/books/{id}/counts", signed_in, mcp)]
/// async fn count_pages(Path(book): Path<u32>) -> Accepted<Count> {
///     let (progress, steps) = Progress::channel();
///     // A real job keeps its steps and its result where every replica finds them.
///     tokio::spawn(async move {
///         progress.report(1, 2, "the cover is open");
///         progress.report(2, 2, "counted");
///     });
///     Accepted::at(format!("/api/v1/counts/{book}"), steps)
/// }
///
/// /// Fetch a count.
/// #[endpoint(get, "/counts/{id}", signed_in, mcp)]
/// async fn get_count(Path(_): Path<u32>) -> Json<Count> {
///     Json(Count { is_done: true, pages: 312 })
/// }
/// # fn main() { let _ = portcullis::endpoints![count_pages, get_count]; }
/// ```
#[must_use = "the client must learn where the result will be"]
pub struct Accepted<T> {
    location: String,
    steps: Steps,
    outcome: PhantomData<fn() -> T>,
}

impl<T> Accepted<T> {
    /// Says where the job can be seen: a path of this API such as `/api/v1/counts/42`, which answers `GET` with a `T`.
    pub fn at(location: impl Into<String>, steps: Steps) -> Self {
        Self {
            location: location.into(),
            steps,
            outcome: PhantomData,
        }
    }
}

impl<T> fmt::Debug for Accepted<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Accepted")
            .field("location", &self.location)
            .finish_non_exhaustive()
    }
}

impl<T> IntoResponse for Accepted<T> {
    /// A tool call takes the steps from the response; over REST nobody does.
    fn into_response(self) -> Response {
        let mut response = StatusCode::ACCEPTED.into_response();
        response.extensions_mut().insert(self.steps);
        location::set(response, self.location)
    }
}

impl<T: HasSchema> Reply for Accepted<T> {
    fn describe(op: &mut Op) {
        let outcome = op.schema_of::<T>();
        op.outcome = Some(outcome);
        let mut success = Success {
            status: 202,
            description: format!(
                "Accepted: the work goes on by itself. `GET` on `Location` shows how far it is and, in the end, \
                 its result (`{}`).",
                T::name()
            ),
            content: None,
            headers: Default::default(),
        };
        location::describe(&mut success, "Path of the work and of its result.");
        op.success = Some(success);
    }
}
