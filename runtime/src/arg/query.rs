//! `Query<T>`: the query string, as one struct.

use axum::extract::FromRequestParts;
use http::request::Parts;
use portcullis_api_spec::{Op, ProblemDef};
use serde::de::DeserializeOwned;

use super::{Arg, urlencoded};
use crate::problem::Problem;
use crate::schema::HasSchema;

const INVALID_QUERY: ProblemDef = ProblemDef {
    status: 422,
    code: "invalid_query",
    title: "The query string is not valid",
};

/// The query string of a request. `T` is a struct that derives `serde::Deserialize` and `utoipa::ToSchema`.
///
/// Each field is one parameter, its doc comment the parameter's description. A field may be an `Option`, a `Vec` (the
/// name comes once for each item; add `#[serde(default)]` when there may be none), an enum of names, or a
/// [`Scalar`](crate::Scalar).
///
/// Numbers are spelled as JSON writes them and booleans are `true` or `false`; an optional one of either that is sent empty, as a
/// browser sends an input that nobody filled in, counts as absent.
///
/// # Errors
/// 422 `invalid_query` when it is not a valid `T`, with a pointer for each fault.
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
/// use portcullis::{NoContent, Query, endpoint};
///
/// #[derive(serde::Deserialize, utoipa::ToSchema)]
/// struct Search {
///     /// What to look for.
///     text: String,
///     limit: Option<u16>,
///     /// Only notes with all of these.
///     #[serde(default)]
///     tag: Vec<String>,
/// }
///
/// /// Look for something.
/// #[endpoint(get, "/notes", signed_in)]
/// async fn find_notes(Query(_): Query<Search>) -> NoContent {
///     NoContent
/// }
/// # fn main() { let _ = portcullis::endpoints![find_notes]; }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Query<T>(pub T);

impl<S, T: DeserializeOwned + HasSchema> Arg<S> for Query<T> {
    fn describe(op: &mut Op) {
        op.add_query::<T>();
        op.add_problem(INVALID_QUERY);
    }
}

impl<S, T> FromRequestParts<S> for Query<T>
where
    T: DeserializeOwned + HasSchema,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let query = parts.uri.query().unwrap_or_default();
        match urlencoded::read(query.as_bytes(), "/query") {
            Ok(value) => Ok(Query(value)),
            Err(faults) => Err(Problem::new(INVALID_QUERY).with_errors(faults)),
        }
    }
}
