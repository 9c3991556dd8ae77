//! `Query<T>`: the query string, as one struct.

use std::borrow::Cow;
use std::collections::BTreeSet;

use axum::extract::FromRequestParts;
use http::request::Parts;
use portcullis_api_spec::{Op, ProblemDef};
use serde::de::DeserializeOwned;
use url::form_urlencoded;
use utoipa::IntoParams;
use utoipa::openapi::Required;
use utoipa::openapi::path::ParameterIn;

use super::{Arg, PartsArg};
use crate::problem::{FieldError, Problem};

const INVALID_QUERY: ProblemDef = ProblemDef {
    status: 422,
    code: "invalid_query",
    title: "The query string is not valid",
};

/// How many faults are reported at most.
const FAULTS_AT_MOST: usize = 32;

/// The query string of a request. `T` derives `serde::Deserialize` and `utoipa::IntoParams`.
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
/// #[derive(serde::Deserialize, utoipa::IntoParams)]
/// struct Search {
///     /// What to look for.
///     text: String,
///     limit: Option<u16>,
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
    T: IntoParams + DeserializeOwned,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let query = parts.uri.query().unwrap_or_default();
        match deserialize(query) {
            Ok(value) => Ok(Query(value)),
            Err(fault) => {
                let faults = all_faults::<T>(query, fault);
                Err(Problem::new(INVALID_QUERY).with_errors(faults))
            }
        }
    }
}

/// Reads a query string; the fault names the parameter, where there is one.
fn deserialize<T: DeserializeOwned>(query: &str) -> Result<T, Fault> {
    let pairs = form_urlencoded::parse(query.as_bytes());
    let deserializer = serde_urlencoded::Deserializer::new(pairs);
    serde_path_to_error::deserialize(deserializer).map_err(|error| {
        let detail = error.inner().to_string();
        // serde names these only in its sentence.
        let named = ["unknown field `", "duplicate field `"]
            .iter()
            .find_map(|start| detail.strip_prefix(start)?.split('`').next());
        let parameter = match error.path().iter().next() {
            Some(serde_path_to_error::Segment::Map { key }) => Some(key.clone()),
            Some(
                serde_path_to_error::Segment::Seq { .. }
                | serde_path_to_error::Segment::Enum { .. }
                | serde_path_to_error::Segment::Unknown,
            )
            | None => named.map(str::to_owned),
        };
        Fault { parameter, detail }
    })
}

/// What serde stopped at.
struct Fault {
    parameter: Option<String>,
    detail: String,
}

impl Fault {
    fn into_error(self) -> FieldError {
        let pointer = match &self.parameter {
            Some(name) => pointer_to(name),
            None => "/query".to_owned(),
        };
        FieldError {
            pointer,
            detail: self.detail,
        }
    }
}

fn pointer_to(name: &str) -> String {
    format!("/query/{}", name.replace('~', "~0").replace('/', "~1"))
}

/// Finds every fault: reads again without the parameter at fault until nothing is wrong with the others, then asks
/// which required ones are missing. Ends: each round takes a parameter away.
fn all_faults<T: IntoParams + DeserializeOwned>(query: &str, first: Fault) -> Vec<FieldError> {
    let mut pairs: Vec<(Cow<'_, str>, Cow<'_, str>)> =
        form_urlencoded::parse(query.as_bytes()).collect();
    let given: BTreeSet<String> = pairs.iter().map(|(name, _)| name.to_string()).collect();
    let mut faults = Vec::new();
    let mut next = Some(first);
    while let Some(fault) = next.take() {
        let Some(name) = fault.parameter.clone() else {
            // Something is missing, which the description tells better; or it may only seem so by now.
            if faults.is_empty() && missing::<T>(&given).is_empty() {
                faults.push(fault.into_error());
            }
            break;
        };
        let before = pairs.len();
        pairs.retain(|(known, _)| *known != name);
        faults.push(fault.into_error());
        if pairs.len() == before || faults.len() >= FAULTS_AT_MOST {
            break;
        }
        let rest = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(&pairs)
            .finish();
        next = deserialize::<T>(&rest).err();
    }
    faults.extend(missing::<T>(&given));
    faults
}

/// The required parameters that were not given.
fn missing<T: IntoParams>(given: &BTreeSet<String>) -> Vec<FieldError> {
    T::into_params(|| Some(ParameterIn::Query))
        .into_iter()
        .filter(|parameter| {
            parameter.required == Required::True && !given.contains(&parameter.name)
        })
        .map(|parameter| FieldError {
            pointer: pointer_to(&parameter.name),
            detail: "is required".to_owned(),
        })
        .collect()
}
