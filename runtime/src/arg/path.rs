//! `Path<T>`: the parameters of the path template.

mod segments;

use axum::extract::path::ErrorKind;
use axum::extract::rejection::PathRejection;
use axum::extract::{FromRequestParts, RawPathParams};
use http::request::Parts;
use portcullis_api_spec::{Op, PathArity, ProblemDef, check_against, parse_text};
use serde::de::{DeserializeOwned, IgnoredAny};
use utoipa::ToSchema;
use utoipa::openapi::Required;
use utoipa::openapi::path::{ParameterBuilder, ParameterIn};

use super::Arg;
use super::field::NOT_UTF8;
use crate::problem::{FieldError, Problem};
use segments::Segments;

pub(crate) const INVALID_PATH: ProblemDef = ProblemDef {
    status: 422,
    code: "invalid_path",
    title: "A path parameter is not valid",
};

/// The path parameters of a request: `Path<T>` for one, `Path<(A, B)>` for several, in the order of the template, or
/// a struct that derives [`PathParams`](derive@crate::PathParams), by name. Numbers are spelled as JSON writes them.
///
/// # Errors
/// 422 `invalid_path` when a segment is not what it should be, with a pointer for each.
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
/// use portcullis::{NoContent, Path, endpoint};
///
/// /// Tear out one page.
/// #[endpoint(delete, "/notes/{id}/pages/{page}", signed_in)]
/// async fn delete_page(Path((_, _)): Path<(u32, u16)>) -> NoContent {
///     NoContent
/// }
/// # fn main() { let _ = portcullis::endpoints![delete_page]; }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Path<T>(pub T);

/// A type that one path segment can be. Implement it for identifiers of your own; `ToSchema` describes them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a path parameter",
    note = "put `#[derive(portcullis::Scalar)]` on a newtype, `#[derive(portcullis::PathParams)]` on a struct that takes several, or write `impl portcullis::PathSegment for {Self} {{}}`; it needs `serde::Deserialize` and `utoipa::ToSchema`"
)]
pub trait PathSegment: DeserializeOwned + ToSchema {}

macro_rules! path_segments {
    ($($type:ty),*) => { $(impl PathSegment for $type {})* };
}
path_segments!(String, bool, i8, i16, i32, i64, u8, u16, u32, u64);

/// What stands inside [`Path`]: one segment, a tuple of segments, or a struct that derives it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot stand in `Path`",
    note = "`Path` takes a type that implements `portcullis::PathSegment`, a tuple of such types, or a struct with `#[derive(portcullis::PathParams)]`"
)]
pub trait PathParams: DeserializeOwned {
    /// How many parameters it takes.
    const ARITY: PathArity;

    /// Describes each parameter.
    fn describe(op: &mut Op);

    /// Finds what is wrong with each of the values, given with their names in the order of the template.
    fn faults(values: &[(&str, &str)]) -> Vec<FieldError>;
}

impl<T: PathSegment> PathParams for T {
    const ARITY: PathArity = PathArity::Exactly(1);

    fn describe(op: &mut Op) {
        describe_segment::<T>(op);
    }

    fn faults(values: &[(&str, &str)]) -> Vec<FieldError> {
        values.iter().filter_map(segment_fault::<T>).collect()
    }
}

macro_rules! path_tuples {
    ($($count:literal: $($segment:ident),+;)*) => { $(
        impl<$($segment: PathSegment),+> PathParams for ($($segment,)+) {
            const ARITY: PathArity = PathArity::Exactly($count);

            fn describe(op: &mut Op) {
                $(describe_segment::<$segment>(op);)+
            }

            fn faults(values: &[(&str, &str)]) -> Vec<FieldError> {
                let mut values = values.iter();
                let found = [$(values.next().and_then(segment_fault::<$segment>)),+];
                found.into_iter().flatten().collect()
            }
        }
    )* };
}
path_tuples! { 1: A; 2: A, B; 3: A, B, C; 4: A, B, C, D; }

fn describe_segment<T: PathSegment>(op: &mut Op) {
    // Without a name left the number is wrong, which the endpoint's own check refuses while it is compiled.
    if let Some(name) = op.path_names.front() {
        describe_path_parameter::<T>(op, name, "");
    }
}

/// Describes the parameter of one name. For generated code.
#[doc(hidden)]
pub fn describe_path_parameter<T: PathSegment>(
    op: &mut Op,
    name: &'static str,
    description: &'static str,
) {
    op.path_names.retain(|known| *known != name);
    let schema = op.schema_of::<T>();
    let parameter = ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .description(Some(description).filter(|text| !text.is_empty()))
        .schema(Some(schema));
    op.parameters.push(parameter.build());
}

/// Finds what is wrong with the value of one name. For generated code.
#[doc(hidden)]
pub fn path_fault<T: PathSegment>(values: &[(&str, &str)], name: &str) -> Option<FieldError> {
    let value = values.iter().find(|(known, _)| *known == name)?;
    segment_fault::<T>(value)
}

/// What is wrong with one value: what its schema says, else what its type says.
fn segment_fault<T: PathSegment>((name, text): &(&str, &str)) -> Option<FieldError> {
    let schema = serde_json::to_value(T::schema()).unwrap_or_default();
    let value = parse_text(&schema, text);
    let by_type = serde_json::from_value::<T>(value.clone()).err()?;
    let by_schema = check_against::<T>(&value).into_iter().next();
    let detail = match by_schema {
        // A path is all text: what the reader needs to know is how the text is spelled.
        Some(fault) if value.is_string() && fault.detail.ends_with(", found string") => {
            let expected = fault.detail.trim_end_matches(", found string");
            format!("{expected}, as JSON writes it")
        }
        Some(fault) => fault.detail,
        None => by_type.to_string(),
    };
    Some(fault(format!("/path/{name}"), detail))
}

impl<S, T: PathParams> Arg<S> for Path<T> {
    const PATH: PathArity = T::ARITY;

    fn describe(op: &mut Op) {
        T::describe(op);
        op.add_problem(INVALID_PATH);
    }
}

impl<S, T> FromRequestParts<S> for Path<T>
where
    T: PathParams + Send,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let invalid = |faults| Problem::new(INVALID_PATH).with_errors(faults);
        let Ok(values) = RawPathParams::from_request_parts(parts, state).await else {
            return Err(invalid(vec![not_text(parts, state).await]));
        };
        let values: Vec<(&str, &str)> = values.iter().collect();
        T::deserialize(Segments(&values))
            .map(Path)
            .map_err(|error| {
                let mut faults = T::faults(&values);
                if faults.is_empty() {
                    faults.push(fault("/path".to_owned(), error.to_string()));
                }
                invalid(faults)
            })
    }
}

/// Names the parameter that is not UTF-8, which axum tells with its own `Path` only.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "axum's list of kinds is open; the rest names no parameter"
)]
async fn not_text<S: Send + Sync>(parts: &mut Parts, state: &S) -> FieldError {
    let read = axum::extract::Path::<IgnoredAny>::from_request_parts(parts, state).await;
    let detail = match read {
        Err(PathRejection::FailedToDeserializePathParams(failed)) => match failed.into_kind() {
            ErrorKind::InvalidUtf8InPathParam { key } => {
                return fault(format!("/path/{key}"), NOT_UTF8.to_owned());
            }
            other => other.to_string(),
        },
        Err(rejection) => rejection.body_text(),
        Ok(_) => NOT_UTF8.to_owned(),
    };
    fault("/path".to_owned(), detail)
}

fn fault(pointer: String, detail: String) -> FieldError {
    FieldError { pointer, detail }
}
