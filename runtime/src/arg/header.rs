//! `Header<T>`: one typed request header.

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use http::request::Parts;
use portcullis_api_spec::openapi::INVALID_HEADER;
use portcullis_api_spec::{Op, check_header_name};
use utoipa::ToSchema;
use utoipa::openapi::Required;
use utoipa::openapi::path::{ParameterBuilder, ParameterIn};

use super::{Arg, OptionalArg};
use crate::problem::{FieldError, Problem};

/// One request header. Wrap it in `Option` when it may be missing.
///
/// # Errors
/// 422 `invalid_header` when it is missing, sent twice, or not a valid `T`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header<T>(pub T);

/// A type that is read from one header.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not read from a header",
    label = "names no header",
    note = "put `#[derive(portcullis::Scalar)]` and `#[scalar(header = \"x-name\")]` on a newtype, or write `impl portcullis::HeaderValueType for {Self}`"
)]
pub trait HeaderValueType: ToSchema + Sized {
    /// The header's name, in lower case. Not `authorization`, which the guard reads, nor `accept` or `content-type`, which no
    /// parameter of a document can be.
    const NAME: &'static str;

    /// Whether the name is one, asked while the application is compiled.
    #[doc(hidden)]
    const IS_CHECKED: () = check_header_name(Self::NAME);

    /// One sentence for the reader of the document.
    const DESCRIPTION: &'static str;

    /// Reads the header's value.
    ///
    /// # Errors
    /// What is wrong with the value, and what would be right.
    fn parse(value: &str) -> Result<Self, String>;
}

fn describe<T: HeaderValueType>(op: &mut Op, required: Required) {
    const { T::IS_CHECKED }
    let schema = op.schema_of::<T>();
    let parameter = ParameterBuilder::new()
        .name(T::NAME)
        .parameter_in(ParameterIn::Header)
        .required(required)
        .description(Some(T::DESCRIPTION))
        .schema(Some(schema));
    op.parameters.push(parameter.build());
    op.add_problem(INVALID_HEADER);
}

impl<S, T: HeaderValueType> Arg<S> for Header<T> {
    fn describe(op: &mut Op) {
        describe::<T>(op, Required::True);
    }
}

impl<S, T: HeaderValueType> OptionalArg<S> for Header<T> {
    fn describe_optional(op: &mut Op) {
        describe::<T>(op, Required::False);
    }
}

/// Reads the header, `None` when it is missing.
fn read<T: HeaderValueType>(parts: &Parts) -> Result<Option<T>, Problem> {
    let mut values = parts.headers.get_all(T::NAME).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    if values.next().is_some() {
        return Err(invalid::<T>("the header was sent more than once"));
    }
    let Ok(text) = value.to_str() else {
        return Err(invalid::<T>(
            "the header has bytes that are not visible ASCII",
        ));
    };
    T::parse(text)
        .map(Some)
        .map_err(|detail| invalid::<T>(&detail))
}

fn invalid<T: HeaderValueType>(detail: &str) -> Problem {
    invalid_header(T::NAME, detail)
}

/// Says what is wrong with a header, whose name is in lower case.
pub(crate) fn invalid_header(name: &str, detail: &str) -> Problem {
    let fault = FieldError {
        pointer: format!("/header/{name}"),
        detail: detail.to_owned(),
    };
    Problem::new(INVALID_HEADER).with_errors(vec![fault])
}

impl<S: Send + Sync, T: HeaderValueType> FromRequestParts<S> for Header<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        match read(parts)? {
            Some(value) => Ok(Header(value)),
            None => Err(invalid::<T>("the header is missing")),
        }
    }
}

impl<S: Send + Sync, T: HeaderValueType> OptionalFromRequestParts<S> for Header<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Problem> {
        Ok(read(parts)?.map(Header))
    }
}
