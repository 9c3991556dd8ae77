//! `Query<T>`: the query string, as one struct.

use axum::extract::FromRequestParts;
use http::request::Parts;
use portcullis_api_spec::{Op, ProblemDef};
use serde::de::DeserializeOwned;
use serde_path_to_error::Segment;
use url::form_urlencoded;
use utoipa::IntoParams;
use utoipa::openapi::path::ParameterIn;

use super::{Arg, PartsArg};
use crate::problem::{FieldError, Problem};

const INVALID_QUERY: ProblemDef = ProblemDef {
    status: 422,
    code: "invalid_query",
    title: "The query string is not valid",
};

/// The query string of a request. `T` derives `serde::Deserialize` and `utoipa::IntoParams`.
///
/// # Errors
/// 422 `invalid_query` when it is not a valid `T`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Query<T>(pub T);

impl<S, T: IntoParams + DeserializeOwned> Arg<S> for Query<T> {
    fn describe(op: &mut Op) {
        op.parameters
            .extend(T::into_params(|| Some(ParameterIn::Query)));
        op.add_problem(INVALID_QUERY);
    }
}

impl<S, T: IntoParams + DeserializeOwned> PartsArg<S> for Query<T> {}

impl<S, T> FromRequestParts<S> for Query<T>
where
    T: DeserializeOwned,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let query = parts.uri.query().unwrap_or_default();
        let pairs = serde_urlencoded::Deserializer::new(form_urlencoded::parse(query.as_bytes()));
        match serde_path_to_error::deserialize(pairs) {
            Ok(value) => Ok(Query(value)),
            Err(error) => Err(Problem::new(INVALID_QUERY).with_errors(vec![explain(&error)])),
        }
    }
}

/// Points at the parameter, where the fault is one parameter's.
fn explain(error: &serde_path_to_error::Error<serde_urlencoded::de::Error>) -> FieldError {
    let pointer = match error.path().iter().next() {
        Some(Segment::Map { key }) => format!("/query/{key}"),
        Some(Segment::Seq { .. } | Segment::Enum { .. } | Segment::Unknown) | None => {
            "/query".to_owned()
        }
    };
    FieldError {
        pointer,
        detail: error.inner().to_string(),
    }
}
