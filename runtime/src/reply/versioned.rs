//! `Versioned<R>` out, `IfMatch` in: nobody overwrites what he has not seen (RFC 9110 sections 8.8.3 and 13.1.1).

use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{HeaderValue, header};
use portcullis_api_spec::{Op, ProblemDef};
use utoipa::openapi::Required;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{Object, ObjectBuilder, Type};

use super::Reply;
use crate::arg::{Arg, PartsArg};
use crate::problem::{FieldError, Problem};

const PRECONDITION_REQUIRED: ProblemDef = ProblemDef {
    status: 428,
    code: "precondition_required",
    title: "Send If-Match with the ETag of the version you have read",
};
const PRECONDITION_FAILED: ProblemDef = ProblemDef {
    status: 412,
    code: "precondition_failed",
    title: "It has changed since you read it",
};
const INVALID_IF_MATCH: ProblemDef = ProblemDef {
    status: 422,
    code: "invalid_header",
    title: "A request header is missing or not valid",
};

/// A version number of a stored thing; grows by one with each change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Version(pub i64);

impl Version {
    fn to_etag(self) -> String {
        format!("\"{}\"", self.0)
    }
}

/// A reply with the `ETag` of what it shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Versioned<R> {
    /// The version shown.
    pub version: Version,
    /// The reply itself.
    pub reply: R,
}

impl<R: IntoResponse> IntoResponse for Versioned<R> {
    fn into_response(self) -> Response {
        let mut response = self.reply.into_response();
        let etag = HeaderValue::try_from(self.version.to_etag());
        let etag = etag.expect("digits between quotes are a header value");
        response.headers_mut().insert(header::ETAG, etag);
        response
    }
}

impl<R: Reply> Reply for Versioned<R> {
    fn describe(op: &mut Op) {
        R::describe(op);
        let Some(success) = &mut op.success else {
            return;
        };
        let etag = HeaderBuilder::new()
            .schema(Some(etag_schema()))
            .description(Some("Version of the answer; send it back as `If-Match`."));
        success.headers.insert("ETag", etag.build());
    }
}

fn etag_schema() -> Object {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .max_length(Some(64))
        .pattern(Some("^\"[0-9]+\"$"))
        .build()
}

/// The required `If-Match` header: the version that the client means to change.
///
/// # Errors
/// 428 when it is missing, 422 when it is not one strong entity tag of ours. [`IfMatch::check`] gives 412.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IfMatch(pub Version);

impl IfMatch {
    /// Compares with the stored version.
    ///
    /// # Errors
    /// 412 `precondition_failed` when they differ.
    pub fn check(self, current: Version) -> Result<(), Problem> {
        if self.0 == current {
            return Ok(());
        }
        let detail = "read it again, apply your change to what you get, and send its ETag";
        Err(Problem::new(PRECONDITION_FAILED).with_detail(detail))
    }
}

impl<S> Arg<S> for IfMatch {
    fn describe(op: &mut Op) {
        let parameter = ParameterBuilder::new()
            .name("If-Match")
            .parameter_in(ParameterIn::Header)
            .required(Required::True)
            .description(Some("The `ETag` of the version you have read."))
            .schema(Some(etag_schema()));
        op.parameters.push(parameter.build());
        for problem in [PRECONDITION_FAILED, INVALID_IF_MATCH, PRECONDITION_REQUIRED] {
            op.add_problem(problem);
        }
    }
}

impl<S> PartsArg<S> for IfMatch {}

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let mut values = parts.headers.get_all(header::IF_MATCH).iter();
        let Some(value) = values.next() else {
            return Err(Problem::new(PRECONDITION_REQUIRED));
        };
        let version = value.to_str().ok().and_then(parse_etag);
        match (version, values.next()) {
            (Some(version), None) => Ok(IfMatch(version)),
            (None | Some(_), _) => {
                let fault = FieldError {
                    pointer: "/header/if-match".to_owned(),
                    detail: "expected one strong entity tag as sent in `ETag`, such as \"3\" with its quotes".to_owned(),
                };
                Err(Problem::new(INVALID_IF_MATCH).with_errors(vec![fault]))
            }
        }
    }
}

fn parse_etag(text: &str) -> Option<Version> {
    let digits = text.trim().strip_prefix('"')?.strip_suffix('"')?;
    let all_digits = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    all_digits
        .then(|| digits.parse().ok().map(Version))
        .flatten()
}
