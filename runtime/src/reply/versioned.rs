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
use crate::arg::{Arg, INVALID_HEADER, invalid_header};
use crate::problem::Problem;

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

/// Longest entity tag read, in characters: no number of ours comes near.
const MAX_ETAG_LENGTH: usize = 64;

/// A version number of a stored thing: 0 or above, grows by one with each change.
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
        .max_length(Some(MAX_ETAG_LENGTH))
        .pattern(Some("^\"(0|[1-9][0-9]*)\"$"))
        .build()
}

/// The required `If-Match` header: the version that the client means to change.
///
/// # Errors
/// 428 when it is missing or `*`, 422 when it is not one strong entity tag of ours. [`IfMatch::check`] gives 412.
///
/// `*` holds for whatever is stored (RFC 9110 section 13.1.1), so that it overwrites what its sender has not seen: it is a
/// condition, and not the one that is required.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IfMatch {
    /// `None` for a number so large that no version has it: well formed, and never the current one.
    version: Option<Version>,
}

impl IfMatch {
    /// Compares with the stored version.
    ///
    /// # Errors
    /// 412 `precondition_failed` when they differ.
    pub fn check(self, current: Version) -> Result<(), Problem> {
        if self.version == Some(current) {
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
            .description(Some(
                "The `ETag` of the version you have read; `*` is refused, since it would overwrite whatever is there.",
            ))
            .schema(Some(etag_schema()));
        op.parameters.push(parameter.build());
        for problem in [PRECONDITION_FAILED, INVALID_HEADER, PRECONDITION_REQUIRED] {
            op.add_problem(problem);
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let mut values = parts.headers.get_all(header::IF_MATCH).iter();
        let Some(value) = values.next() else {
            return Err(Problem::new(PRECONDITION_REQUIRED));
        };
        if value.as_bytes().trim_ascii() == b"*" {
            let detail = "`*` would overwrite what you have not seen; send the ETag of the version you have read";
            return Err(Problem::new(PRECONDITION_REQUIRED).with_detail(detail));
        }
        let if_match = value.to_str().ok().and_then(parse_etag);
        match (if_match, values.next()) {
            (Some(if_match), None) => Ok(if_match),
            (None | Some(_), _) => Err(invalid_header(
                header::IF_MATCH.as_str(),
                "expected one strong entity tag as sent in `ETag`, such as \"3\" with its quotes",
            )),
        }
    }
}

/// Reads one tag of ours, and no other spelling of its number: tags are equal character by character (RFC 9110
/// section 8.8.3.2).
fn parse_etag(text: &str) -> Option<IfMatch> {
    let text = text.trim();
    let digits = text.strip_prefix('"')?.strip_suffix('"')?;
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let is_padded = digits.len() > 1 && digits.starts_with('0');
    (text.len() <= MAX_ETAG_LENGTH && is_number && !is_padded).then(|| IfMatch {
        version: digits.parse().ok().map(Version),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn try_to_read(text: &str) -> Result<IfMatch, Problem> {
        let request = http::Request::builder().header(header::IF_MATCH, text);
        let (mut parts, ()) = request.body(()).unwrap().into_parts();
        IfMatch::from_request_parts(&mut parts, &()).await
    }

    async fn read(text: &str) -> Option<IfMatch> {
        try_to_read(text).await.ok()
    }

    #[tokio::test]
    async fn whatever_is_stored_is_no_version_that_was_read() {
        for text in ["*", " * "] {
            let problem = try_to_read(text).await.unwrap_err();
            assert_eq!(problem.code(), "precondition_required", "{text}");
        }
    }

    #[tokio::test]
    async fn the_tag_of_a_version_names_that_version_and_no_other() {
        for version in [0, 1, 10, i64::MAX].map(Version) {
            let if_match = read(&version.to_etag()).await.unwrap();
            assert!(if_match.check(version).is_ok());
            assert_eq!(if_match.check(Version(7)).unwrap_err().status(), 412);
        }
    }

    #[tokio::test]
    async fn a_number_that_no_version_has_is_another_version() {
        for digits in ["9223372036854775808".to_owned(), "9".repeat(62)] {
            let if_match = read(&format!("\"{digits}\"")).await.unwrap();
            assert!(if_match.check(Version(i64::MAX)).is_err(), "{digits}");
        }
    }

    #[tokio::test]
    async fn what_the_document_does_not_allow_is_refused() {
        let overlong = format!("\"{}\"", "9".repeat(63));
        for text in [
            "1",
            "\"\"",
            "\"01\"",
            "\"00\"",
            "\"-1\"",
            "\"+1\"",
            "\" 1\"",
            "W/\"1\"",
            "\"*\"",
            "*, \"1\"",
            "\"1\", \"2\"",
            &overlong,
        ] {
            assert_eq!(read(text).await, None, "{text}");
        }
    }
}
