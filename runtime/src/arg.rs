//! Argument types of handlers: each reads its part of the request, and describes itself to the document.
//!
//! Their rejections are problems. axum's own extractors read the same parts, but describe nothing and answer in plain
//! text, so they are not [`Arg`]s.

mod blank;
mod body;
mod field;
mod form;
mod header;
mod json;
mod multipart;
mod path;
mod query;
mod shaped;
mod text;
mod urlencoded;

use axum::extract::{FromRef, FromRequestParts, OptionalFromRequestParts, State};
use http::request::Parts;
use portcullis_api_spec::{Argument, Op, PathArity};

pub use form::Form;
pub(crate) use header::invalid_header;
pub use header::{Header, HeaderValueType};
pub use json::Json;
pub use multipart::{Multipart, Upload};
pub use path::{Path, PathParams, PathSegment, describe_path_parameter, path_fault};
pub use query::Query;

use crate::caller::Caller;
use crate::problem::Problem;

/// An argument of an endpoint: it says what it reads.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an argument of an endpoint",
    label = "does not describe what it reads",
    note = "use `portcullis::{{Json, Form, Multipart, Path, Query, Header, State, Caller, Progress}}`; axum's own `Json`, `Path` and `Query` describe nothing",
    note = "a type of your own can implement `portcullis::Arg` beside axum's `FromRequestParts` or `FromRequest`"
)]
pub trait Arg<S> {
    /// The path parameters it takes.
    const PATH: PathArity = PathArity::None;

    /// Whether it reads the request body. A request has one, so such an argument stands last.
    const READS_BODY: bool = false;

    /// Whether there must be a verified caller. A public endpoint knows of none, so such an argument does not compile there.
    const NEEDS_CALLER: bool = false;

    /// All of it in one constant, which rustc evaluates once for each type.
    #[doc(hidden)]
    const ARGUMENT: &Argument = &Argument {
        describe: Self::describe,
        path: Self::PATH,
        reads_body: Self::READS_BODY,
        needs_caller: Self::NEEDS_CALLER,
    };

    /// Writes what it reads into the operation.
    fn describe(op: &mut Op);
}

/// An argument that may be missing; `Option<Self>` is an [`Arg`].
#[diagnostic::on_unimplemented(
    message = "`Option<{Self}>` cannot be an argument of an endpoint",
    note = "`Option` stands around `Caller`, `Header` and `IfMatch`; fields of a `Query` struct can be optional themselves"
)]
pub trait OptionalArg<S> {
    /// Writes what it reads into the operation, as not required.
    fn describe_optional(op: &mut Op);
}

impl<S, T: OptionalArg<S>> Arg<S> for Option<T> {
    fn describe(op: &mut Op) {
        T::describe_optional(op);
    }
}

impl<S, T: FromRef<S>> Arg<S> for State<T> {
    fn describe(_: &mut Op) {}
}

impl<S> Arg<S> for Caller {
    const NEEDS_CALLER: bool = true;

    fn describe(_: &mut Op) {}
}

impl<S> OptionalArg<S> for Caller {
    fn describe_optional(_: &mut Op) {}
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    /// Takes the verified caller. Behind the guard it is there. A public endpoint never has one: an argument that hides
    /// `Caller` in a type of its own there stays closed.
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        match Caller::of_request(&parts.extensions) {
            Some(caller) => Ok(caller.clone()),
            None => Err(Problem::of_status(http::StatusCode::UNAUTHORIZED)),
        }
    }
}

impl<S: Send + Sync> OptionalFromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Problem> {
        Ok(Caller::of_request(&parts.extensions).cloned())
    }
}
