//! What all arguments that read the whole body have in common: how it is described, and its size.

use axum::RequestExt;
use axum::body::Bytes;
use axum::extract::Request;
use http::HeaderMap;
use http_body::Body as _;
use http_body_util::{BodyExt, LengthLimitError};
use portcullis_api_spec::{Op, ProblemDef, TypeSchema};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::{ContentBuilder, Required};

use crate::content_type::{check_uncoded, media_type_of};
use crate::error_chain::chain;
use crate::problem::Problem;

pub(super) const BODY_TOO_LARGE: ProblemDef = ProblemDef {
    status: 413,
    code: "body_too_large",
    title: "The request body is larger than the server reads",
};

/// Describes a required body that is read as this type, and what can be wrong with it.
pub(super) fn describe(
    op: &mut Op,
    of_type: TypeSchema,
    media_type: &str,
    problems: &[ProblemDef],
) {
    let schema = op.add_type(of_type);
    let content = ContentBuilder::new().schema(Some(schema)).build();
    let body = RequestBodyBuilder::new()
        .content(media_type, content)
        .required(Some(Required::True));
    op.request_body = Some(body.build());
    for problem in problems {
        op.add_problem(*problem);
    }
}

/// Checks that the body is of this media type, and sent as it is.
///
/// # Errors
/// `unsupported`, which is 415.
pub(super) fn check_media_type(
    headers: &HeaderMap,
    media_type: &str,
    unsupported: ProblemDef,
) -> Result<(), Problem> {
    if media_type_of(headers) != media_type {
        return Err(Problem::new(unsupported));
    }
    check_uncoded(headers, || Problem::new(unsupported))
}

/// Reads the body to its end, at most `server.body_limit` bytes.
///
/// # Errors
/// 413 when there is more, before any of it is read where the client says so; `broken` when the body breaks off.
pub(super) async fn read(request: Request, broken: ProblemDef) -> Result<Bytes, Problem> {
    let announced_bytes = request.body().size_hint().lower();
    let body = request.into_limited_body();
    // What is announced beyond the limit is not expected behind it.
    if announced_bytes > body.size_hint().lower() {
        return Err(Problem::new(BODY_TOO_LARGE));
    }
    match body.collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if is_over_limit(&error) => Err(Problem::new(BODY_TOO_LARGE)),
        Err(_) => Err(Problem::new(broken).with_detail("the body could not be read to its end")),
    }
}

/// axum wraps what its bodies fail with.
fn is_over_limit(error: &axum::Error) -> bool {
    chain(error).any(|cause| cause.is::<LengthLimitError>())
}
