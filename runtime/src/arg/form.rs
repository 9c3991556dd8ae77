//! `Form<T>`: a body as HTML forms send it.

use axum::extract::{FromRequest, Request};
use portcullis_api_spec::{FORM, Op, ProblemDef, TypeSchema};
use serde::de::DeserializeOwned;

use super::{Arg, body, urlencoded};
use crate::problem::Problem;
use crate::schema::HasSchema;

pub(super) const BROKEN_FORM: ProblemDef = ProblemDef {
    status: 400,
    code: "malformed_form",
    title: "The request body is not a form",
};
const NOT_A_FORM: ProblemDef = ProblemDef {
    status: 415,
    code: "unsupported_media_type",
    title: "The request body must be application/x-www-form-urlencoded",
};
pub(super) const INVALID_FORM: ProblemDef = ProblemDef {
    status: 422,
    code: "invalid_form",
    title: "The form does not have the expected fields",
};

/// A body of media type `application/x-www-form-urlencoded`. `T` is a struct as [`Query`](crate::Query) takes it, with
/// values of the same spelling.
///
/// # Errors
/// 400 `malformed_form`, 413 `body_too_large`, 415 `unsupported_media_type`, and 422 `invalid_form` with a pointer for
/// each fault.
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
/// use portcullis::{Form, NoContent, endpoint};
///
/// #[derive(serde::Deserialize, utoipa::ToSchema)]
/// struct Feedback {
///     text: String,
///     stars: Option<u8>,
/// }
///
/// /// Say what you think.
/// #[endpoint(post, "/feedback", signed_in)]
/// async fn leave_feedback(Form(_): Form<Feedback>) -> NoContent {
///     NoContent
/// }
/// # fn main() { let _ = portcullis::endpoints![leave_feedback]; }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Form<T>(pub T);

impl<S, T: DeserializeOwned + HasSchema> Arg<S> for Form<T> {
    const READS_BODY: bool = true;

    fn describe(op: &mut Op) {
        body::describe(
            op,
            TypeSchema::of::<T>(),
            FORM,
            &[BROKEN_FORM, body::BODY_TOO_LARGE, NOT_A_FORM, INVALID_FORM],
        );
    }
}

impl<S: Send + Sync, T: DeserializeOwned + HasSchema> FromRequest<S> for Form<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        body::check_media_type(request.headers(), FORM, NOT_A_FORM)?;
        let bytes = body::read(request, BROKEN_FORM).await?;
        match urlencoded::read(&bytes, "") {
            Ok(value) => Ok(Form(value)),
            Err(faults) => Err(Problem::new(INVALID_FORM).with_errors(faults)),
        }
    }
}
