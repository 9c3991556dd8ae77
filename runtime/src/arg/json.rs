//! `Json<T>`: a JSON body, in and out.

use axum::extract::{FromRequest, Request};
use axum::response::{IntoResponse, Response};
use portcullis_api_spec::{
    JSON, Op, ProblemDef, Success, TypeSchema, check_against_type, pointer_to,
};
use serde::Serialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::Value;

use super::shaped::Shaped;
use super::{Arg, body};
use crate::problem::{FieldError, Problem};
use crate::reply::Reply;
use crate::schema::HasSchema;

const MALFORMED_JSON: ProblemDef = ProblemDef {
    status: 400,
    code: "malformed_json",
    title: "The request body is not JSON",
};
const NOT_JSON: ProblemDef = ProblemDef {
    status: 415,
    code: "unsupported_media_type",
    title: "The request body must be application/json",
};
const INVALID_BODY: ProblemDef = ProblemDef {
    status: 422,
    code: "invalid_body",
    title: "The request body does not have the expected form",
};

/// A JSON body: as an argument it is read, as a reply it is written with status 200.
///
/// What serde reads as a `T` is taken. A bound that only `#[schema(..)]` names is described and not checked; a
/// [`Scalar`](crate::Scalar) is both.
///
/// # Errors
/// As an argument: 400 `malformed_json`, 413 `body_too_large`, 415 `unsupported_media_type`, and 422 `invalid_body`
/// with a JSON pointer for each fault.
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
/// use portcullis::{Json, endpoint};
///
/// #[derive(serde::Deserialize, serde::Serialize, utoipa::ToSchema)]
/// struct Note {
///     text: String,
/// }
///
/// /// Say it again.
/// #[endpoint(post, "/echo", signed_in)]
/// async fn echo(Json(note): Json<Note>) -> Json<Note> {
///     Json(note)
/// }
/// # fn main() { let _ = portcullis::endpoints![echo]; }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Json<T>(pub T);

impl<S, T: DeserializeOwned + HasSchema> Arg<S> for Json<T> {
    const READS_BODY: bool = true;

    fn describe(op: &mut Op) {
        body::describe(
            op,
            TypeSchema::of::<T>(),
            JSON,
            &[MALFORMED_JSON, body::BODY_TOO_LARGE, NOT_JSON, INVALID_BODY],
        );
    }
}

impl<S: Send + Sync, T: DeserializeOwned + HasSchema> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        // No `+json` type: each stands for a format of its own, which the document does not offer (RFC 6838 section 4.2.8).
        body::check_media_type(request.headers(), JSON, NOT_JSON)?;
        let bytes = body::read(request, MALFORMED_JSON).await?;
        parse(&bytes)
    }
}

fn parse<T: DeserializeOwned + HasSchema>(bytes: &[u8]) -> Result<Json<T>, Problem> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(Shaped(&mut deserializer))
        .map_err(|error| explain(&error, TypeSchema::of::<T>(), bytes))?;
    check_end(deserializer.end(), TypeSchema::of::<T>(), bytes)?;
    Ok(Json(value))
}

/// Says what is wrong behind a value that could be read, or with the value as a whole.
fn check_end(
    end: serde_json::Result<()>,
    of_type: TypeSchema,
    bytes: &[u8],
) -> Result<(), Problem> {
    match end {
        Ok(()) => check_list(of_type, bytes),
        Err(error) => Err(Problem::new(MALFORMED_JSON).with_detail(error.to_string())),
    }
}

/// Refuses a list in place of an object also where the type keeps its content aside, which [`Shaped`] does not reach.
fn check_list(of_type: TypeSchema, bytes: &[u8]) -> Result<(), Problem> {
    if bytes.trim_ascii_start().first() != Some(&b'[') {
        return Ok(());
    }
    let Ok(value) = serde_json::from_slice::<Value>(bytes) else {
        return Ok(());
    };
    let faults = check_against_type(of_type, &value).into_iter();
    let about_the_whole: Vec<FieldError> = faults
        .filter(|fault| fault.pointer.is_empty())
        .map(FieldError::from)
        .collect();
    match about_the_whole.is_empty() {
        true => Ok(()),
        false => Err(Problem::new(INVALID_BODY).with_errors(about_the_whole)),
    }
}

/// A text that is not JSON is 400 even when the fault of form was met first. The fault that serde stopped at is told beside
/// those of the schema, unless the schema says more exactly what is wrong at that place or below it, or about the enum whose
/// variant it is.
fn explain(
    error: &serde_path_to_error::Error<serde_json::Error>,
    of_type: TypeSchema,
    bytes: &[u8],
) -> Problem {
    if let Err(error) = serde_json::from_slice::<IgnoredAny>(bytes) {
        return Problem::new(MALFORMED_JSON).with_detail(error.to_string());
    }
    let detail = error.inner().to_string();
    let is_of_form = match error.inner().classify() {
        serde_json::error::Category::Data => true,
        // JSON has no largest number (RFC 8259 section 6); the type has.
        serde_json::error::Category::Syntax => detail.starts_with("number out of range"),
        serde_json::error::Category::Eof | serde_json::error::Category::Io => false,
    };
    if !is_of_form {
        return Problem::new(MALFORMED_JSON).with_detail(detail);
    }
    let pointer = pointer_of(error.path());
    let around_variant = around_variant(error.path(), &pointer);
    let mut faults = schema_faults(of_type, bytes);
    let is_told = |fault: &FieldError| {
        fault.is_at_or_below(&pointer)
            || around_variant.is_some_and(|enclosing| enclosing == fault.pointer)
    };
    if !faults.iter().any(is_told) {
        faults.push(FieldError { pointer, detail });
    }
    Problem::new(INVALID_BODY).with_errors(faults)
}

/// What is wrong by the schema.
fn schema_faults(of_type: TypeSchema, bytes: &[u8]) -> Vec<FieldError> {
    let Ok(value) = serde_json::from_slice::<Value>(bytes) else {
        return Vec::new();
    };
    let faults = check_against_type(of_type, &value).into_iter();
    faults.map(FieldError::from).collect()
}

/// The pointer to an enum, where a path ends at one of its variants.
fn around_variant<'a>(path: &serde_path_to_error::Path, pointer: &'a str) -> Option<&'a str> {
    let last = path.iter().next_back()?;
    let is_variant = matches!(last, serde_path_to_error::Segment::Enum { .. });
    let (enclosing, _) = pointer.rsplit_once('/').filter(|_| is_variant)?;
    Some(enclosing)
}

/// Renders a path as a JSON pointer.
pub(super) fn pointer_of(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    path.iter()
        .fold(String::new(), |pointer, segment| match segment {
            Segment::Seq { index } => pointer_to(&pointer, &index.to_string()),
            Segment::Map { key } => pointer_to(&pointer, key),
            Segment::Enum { variant } => pointer_to(&pointer, variant),
            Segment::Unknown => pointer,
        })
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

impl<T: Serialize + HasSchema> Reply for Json<T> {
    fn describe(op: &mut Op) {
        describe_reply(op, TypeSchema::of::<T>());
    }
}

fn describe_reply(op: &mut Op, of_type: TypeSchema) {
    let schema = op.add_type(of_type);
    op.success = Some(Success {
        status: 200,
        description: "Done; the answer is in the body.".to_owned(),
        content: Some((JSON, schema)),
        headers: Default::default(),
    });
}
