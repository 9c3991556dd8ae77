//! One type turns errors into responses: RFC 9457 `application/problem+json`.
//!
//! The cause of a problem goes to the log, never to the client. The correlation id is written into the body by
//! [`finish`], the layer that knows it; it also logs the cause, once, since it takes the problem out of the response.

use std::borrow::Cow;
use std::error::Error;

use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use portcullis_api_spec::openapi::{
    MAX_PROBLEM_ERRORS, MAX_PROBLEM_TEXT, PROBLEM_MEDIA_TYPE, PROBLEM_TYPE_PREFIX,
};
use portcullis_api_spec::{JSON, ProblemDef, SchemaFault};
use serde::Serialize;

use crate::content_type::media_type_of;
use crate::error_chain::on_one_line;

/// An error answer: status, stable code, public sentence.
#[derive(Debug, Clone)]
pub struct Problem {
    /// Boxed: a problem is the rare branch of every `Result` it stands in.
    content: Box<Content>,
}

#[derive(Debug, Clone)]
struct Content {
    status: StatusCode,
    code: Cow<'static, str>,
    title: Cow<'static, str>,
    detail: Option<String>,
    errors: Vec<FieldError>,
    headers: HeaderMap,
    /// Why it happened, for the log.
    cause: Option<String>,
}

/// One fault of a request's content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct FieldError {
    /// Where: a JSON pointer (RFC 6901) into the body, or `/query/<name>`, `/path/<name>`, `/header/<name>`.
    pub pointer: String,
    /// What is wrong there and what would be right.
    pub detail: String,
}

impl FieldError {
    /// Says whether it is about what lies at a pointer, or about a part of it.
    pub(crate) fn is_at_or_below(&self, pointer: &str) -> bool {
        let rest = self.pointer.strip_prefix(pointer);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

impl From<SchemaFault> for FieldError {
    fn from(fault: SchemaFault) -> Self {
        Self {
            pointer: fault.pointer,
            detail: fault.detail,
        }
    }
}

/// The body of a [`Problem`] on the wire.
#[derive(Serialize)]
struct ProblemBody<'a> {
    r#type: String,
    title: &'a str,
    status: u16,
    code: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'a str>,
    #[serde(skip_serializing_if = "<[FieldError]>::is_empty")]
    errors: &'a [FieldError],
    correlation_id: &'a str,
}

impl Problem {
    /// Makes a problem of a declared kind.
    #[must_use]
    pub fn new(problem: ProblemDef) -> Self {
        let status =
            StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Self::bare(status, problem.code.into(), problem.title.into())
    }

    /// Makes a problem that says no more than its status; the code is the status' name in snake_case.
    #[must_use]
    pub fn of_status(status: StatusCode) -> Self {
        let title = status.canonical_reason().unwrap_or("Error");
        let code = title
            .to_ascii_lowercase()
            .replace([' ', '-'], "_")
            .replace('\'', "");
        Self::bare(status, code.into(), title.into())
    }

    /// Makes a problem of an error that is none of the client's business: 500, and the error with its causes in the log.
    #[must_use]
    pub fn internal(error: &(dyn Error + 'static)) -> Self {
        Self::of_status(StatusCode::INTERNAL_SERVER_ERROR).with_cause(error)
    }

    fn bare(status: StatusCode, code: Cow<'static, str>, title: Cow<'static, str>) -> Self {
        let content = Content {
            status,
            code,
            title,
            detail: None,
            errors: Vec::new(),
            headers: HeaderMap::new(),
            cause: None,
        };
        Self {
            content: Box::new(content),
        }
    }

    /// Adds a public sentence about this occurrence. Never put a secret, a token or another caller's data here.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.content.detail = Some(one_line(detail.into()));
        self
    }

    /// Adds the faults of the request's content, at most 100 of them.
    #[must_use]
    pub fn with_errors(mut self, mut errors: Vec<FieldError>) -> Self {
        errors.truncate(MAX_PROBLEM_ERRORS);
        for error in &mut errors {
            error.detail = one_line(std::mem::take(&mut error.detail));
            if let Some((end, _)) = error.pointer.char_indices().nth(MAX_PROBLEM_TEXT) {
                error.pointer.truncate(end);
            }
        }
        self.content.errors = errors;
        self
    }

    /// Notes why it happened, for the log: the error and its causes, on one line. The client never sees it.
    #[must_use]
    pub fn with_cause(mut self, cause: &(dyn Error + 'static)) -> Self {
        self.content.cause = Some(on_one_line(cause));
        self
    }

    /// Adds a response header, such as `Retry-After`.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.content.headers.append(name, value);
        self
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.content.status
    }

    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.content.code
    }

    fn log_cause(&self) {
        let Content {
            status,
            code,
            cause: Some(cause),
            ..
        } = &*self.content
        else {
            return;
        };
        let (code, status) = (code.as_ref(), status.as_u16());
        if self.content.status.is_server_error() {
            tracing::error!(code, status, cause, "a request failed");
        } else {
            tracing::info!(code, status, cause, "a request was turned down");
        }
    }

    fn render(&self, correlation_id: &str) -> Vec<u8> {
        let content = &self.content;
        let body = ProblemBody {
            r#type: format!("{PROBLEM_TYPE_PREFIX}{}", content.code),
            title: &content.title,
            status: content.status.as_u16(),
            code: &content.code,
            detail: content.detail.as_deref(),
            errors: &content.errors,
            correlation_id,
        };
        serde_json::to_vec(&body).expect("strings and numbers always serialise")
    }
}

/// Escapes control characters and cuts what is too long: sentences repeat what a client sent, and are shown in
/// terminals and logs.
fn one_line(text: String) -> String {
    if text.len() <= MAX_PROBLEM_TEXT && !text.contains(char::is_control) {
        return text;
    }
    let mut line = String::new();
    for character in text.chars() {
        match character.is_control() {
            true => line.extend(character.escape_default()),
            false => line.push(character),
        }
    }
    if let Some((end, _)) = line.char_indices().nth(MAX_PROBLEM_TEXT - 1) {
        line.truncate(end);
        line.push('…');
    }
    line
}

impl From<ProblemDef> for Problem {
    fn from(problem: ProblemDef) -> Self {
        Self::new(problem)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = (self.content.status, self.render("")).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static(PROBLEM_MEDIA_TYPE),
        );
        headers.extend(self.content.headers.clone());
        response.extensions_mut().insert(self);
        response
    }
}

/// Writes the correlation id into a problem, and turns any other 4xx or 5xx without a JSON body into a problem.
pub(crate) fn finish(mut response: Response, correlation_id: &str) -> Response {
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return response;
    }
    let problem = match response.extensions_mut().remove::<Problem>() {
        Some(problem) => problem,
        None if has_json_body(&response) => return response,
        None => Problem::of_status(status),
    };
    problem.log_cause();
    let body = problem.render(correlation_id);
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static(PROBLEM_MEDIA_TYPE),
    );
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
    *response.body_mut() = body.into();
    response
}

/// Problems that have been finished, and JSON-RPC errors of the MCP endpoint, keep the body that they have.
fn has_json_body(response: &Response) -> bool {
    [PROBLEM_MEDIA_TYPE, JSON].contains(&&*media_type_of(response.headers()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::BodyExt;

    async fn body_of(response: Response) -> serde_json::Value {
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        serde_json::from_slice(&bytes).unwrap()
    }

    #[tokio::test]
    async fn a_problem_carries_the_correlation_id_in_its_body() {
        let problem = Problem::new(ProblemDef {
            status: 409,
            code: "already_published",
            title: "The report is already published",
        });
        let response = finish(problem.into_response(), "abc");
        assert_eq!(response.headers()[header::CONTENT_TYPE], PROBLEM_MEDIA_TYPE);
        let body = body_of(response).await;
        assert_eq!(body["correlation_id"], "abc");
        assert_eq!(body["type"], "urn:portcullis:problem:already_published");
        assert_eq!(body["status"], 409);
    }

    #[tokio::test]
    async fn a_sentence_is_one_line_of_bounded_length_whatever_the_client_sent() {
        let fault = FieldError {
            pointer: "/a".repeat(MAX_PROBLEM_TEXT),
            detail: "unknown field `\u{1b}[2J\n`".to_owned(),
        };
        let problem = Problem::of_status(StatusCode::UNPROCESSABLE_ENTITY)
            .with_detail("ß".repeat(2 * MAX_PROBLEM_TEXT))
            .with_errors(vec![fault; 2 * MAX_PROBLEM_ERRORS]);
        let body = body_of(finish(problem.into_response(), "abc")).await;
        let detail = body["detail"].as_str().unwrap();
        assert_eq!(detail.chars().count(), MAX_PROBLEM_TEXT);
        assert!(detail.ends_with("ß…"), "{detail}");
        let errors = body["errors"].as_array().unwrap();
        assert_eq!(errors.len(), MAX_PROBLEM_ERRORS);
        assert_eq!(errors[0]["detail"], "unknown field `\\u{1b}[2J\\n`");
        let pointer = errors[0]["pointer"].as_str().unwrap();
        assert_eq!(pointer.len(), MAX_PROBLEM_TEXT);
    }

    #[tokio::test]
    async fn an_error_that_is_not_json_becomes_a_problem() {
        for media_type in ["text/plain; charset=utf-8", "application/pdf"] {
            let headers = [(header::CONTENT_TYPE, media_type)];
            let response = (StatusCode::NOT_FOUND, headers, "gone").into_response();
            let response = finish(response, "abc");
            assert_eq!(response.headers()[header::CONTENT_TYPE], PROBLEM_MEDIA_TYPE);
            let body = body_of(response).await;
            assert_eq!(body["code"], "not_found");
            assert_eq!(body["correlation_id"], "abc");
        }
    }

    #[tokio::test]
    async fn an_error_in_json_keeps_its_body() {
        let headers = [(header::CONTENT_TYPE, "application/json; charset=utf-8")];
        let response = (StatusCode::BAD_REQUEST, headers, "{\"id\":1}").into_response();
        assert_eq!(body_of(finish(response, "abc")).await["id"], 1);
    }

    #[tokio::test]
    async fn a_success_is_left_alone() {
        let response = finish("fine".into_response(), "abc");
        assert_eq!(
            response.into_body().collect().await.unwrap().to_bytes(),
            "fine"
        );
    }

    #[derive(Debug, thiserror::Error)]
    #[error("the archive does not answer")]
    struct Outage(#[source] std::fmt::Error);

    #[tokio::test]
    async fn a_cause_is_logged_once_and_never_told() {
        let captured = crate::telemetry::Captured::start();
        let response = Problem::internal(&Outage(std::fmt::Error)).into_response();
        let response = finish(finish(response, "abc"), "abc");
        let events = captured.events();
        assert_eq!(events.len(), 1, "{events:?}");
        let cause = events[0]["cause"].as_str().unwrap();
        assert_eq!(
            cause,
            "the archive does not answer: an error occurred when formatting an argument"
        );
        assert!(!body_of(response).await.to_string().contains("archive"));
    }
}
