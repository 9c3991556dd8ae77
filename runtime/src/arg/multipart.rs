//! `Multipart<T>`: a form with files, `multipart/form-data` (RFC 7578).
//!
//! The whole form is read within `server.body_limit`, cut into its parts, and read as a `T`. Invariant: what a client says
//! about a part, its file name and its media type, is never believed to be true.

mod faults;
mod parts;
mod read;
mod upload;

use axum::extract::{FromRequest, Request};
use portcullis_api_spec::{MULTIPART, Op, ProblemDef, TypeSchema};
use serde::de::DeserializeOwned;

pub(super) use upload::UPLOAD;
pub use upload::Upload;

use super::Arg;
use super::body::{self, BODY_TOO_LARGE};
use super::form::{BROKEN_FORM, INVALID_FORM};
use crate::problem::Problem;
use crate::schema::HasSchema;
use parts::Parts;

const UPLOAD_TOO_LARGE: ProblemDef = ProblemDef {
    status: 413,
    code: "upload_too_large",
    title: "A file is larger than its field takes",
};
const TOO_MANY_PARTS: ProblemDef = ProblemDef {
    status: 413,
    code: "too_many_parts",
    title: "The form has more parts than the server reads",
};
const NOT_MULTIPART: ProblemDef = ProblemDef {
    status: 415,
    code: "unsupported_media_type",
    title: "The request body must be multipart/form-data",
};

/// A form with files. The fields of `T` are scalars, which come as text, and [`Upload`]s; each can be an `Option`, or a
/// `Vec` for a part that is repeated. Text is spelled as in a [`Query`](crate::Query).
///
/// A file input in which nobody has chosen a file counts as absent. The form may have 100 parts.
///
/// # Errors
/// 400 `malformed_form`, 413 `body_too_large` for the whole form (`server.body_limit`), `upload_too_large` for one file,
/// `too_many_parts`, 415 `unsupported_media_type`, and 422 `invalid_form` with a pointer such as `/avatar` for each fault.
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
/// use portcullis::{Json, Multipart, Upload, endpoint};
///
/// #[derive(serde::Deserialize, utoipa::ToSchema)]
/// struct Profile {
///     name: String,
///     age: Option<u8>,
///     /// A picture of at most 64 KiB.
///     avatar: Upload<65_536>,
/// }
///
/// /// Set a profile, and say how large its picture is.
/// #[endpoint(post, "/profiles", signed_in)]
/// async fn set_profile(Multipart(profile): Multipart<Profile>) -> Json<usize> {
///     Json(profile.avatar.bytes().len())
/// }
/// # fn main() { let _ = portcullis::endpoints![set_profile]; }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Multipart<T>(pub T);

impl<S, T: DeserializeOwned + HasSchema> Arg<S> for Multipart<T> {
    const READS_BODY: bool = true;

    fn describe(op: &mut Op) {
        body::describe(
            op,
            TypeSchema::of::<T>(),
            MULTIPART,
            &[
                BROKEN_FORM,
                BODY_TOO_LARGE,
                UPLOAD_TOO_LARGE,
                TOO_MANY_PARTS,
                NOT_MULTIPART,
                INVALID_FORM,
            ],
        );
    }
}

impl<S: Send + Sync, T: DeserializeOwned + HasSchema> FromRequest<S> for Multipart<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let boundary = parts::boundary(request.headers())?;
        let bytes = body::read(request, BROKEN_FORM).await?;
        let parts = Parts::cut(bytes, boundary).await?;
        match read::read::<T>(&parts) {
            Ok(form) => Ok(Multipart(form)),
            Err(fault) => Err(faults::explain::<T>(&parts, fault)),
        }
    }
}
