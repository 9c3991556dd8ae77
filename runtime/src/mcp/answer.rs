//! From an operation's response to a tool's result.

use axum::body::Bytes;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, StatusCode, header};
use http_body_util::{BodyExt, Limited};
use portcullis_api_spec::{ProblemDef, ToolDef, ToolOutput};
use rmcp::model::{CallToolResult, ContentBlock, ErrorCode, ErrorData};
use serde::Deserialize;
use serde_json::Value;

use super::rpc;
use crate::problem::{self, Problem};
use crate::telemetry::ToolOutcome;

const RESULT_TOO_LARGE: ProblemDef = ProblemDef {
    status: 500,
    code: "result_too_large",
    title: "The answer is too large for a tool result; ask for less",
};

/// What the reply type `Contents` writes.
#[derive(Deserialize)]
struct Contents {
    content: Vec<ContentBlock>,
}

/// An operation's response, read to its end.
pub(super) struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl Answer {
    /// Reads a response of at most so many bytes, with the correlation id in it if it is a problem.
    pub(super) async fn read(
        response: Response,
        correlation_id: &str,
        result_limit_bytes: usize,
    ) -> Self {
        let response = problem::finish(response, correlation_id);
        if let Some(answer) = Self::collect(response, result_limit_bytes).await {
            return answer;
        }
        let problem = Problem::new(RESULT_TOO_LARGE)
            .with_detail(format!("a result has at most {result_limit_bytes} bytes"));
        let problem = problem::finish(problem.into_response(), correlation_id);
        let answer = Self::collect(problem, usize::MAX).await;
        answer.expect("the text is there already")
    }

    /// `None` when the response is larger than a result may be, or breaks off.
    async fn collect(response: Response, limit_bytes: usize) -> Option<Self> {
        let (parts, body) = response.into_parts();
        let body = Limited::new(body, limit_bytes).collect().await.ok()?;
        Some(Self {
            status: parts.status,
            headers: parts.headers,
            body: body.to_bytes(),
        })
    }

    /// What it is called in the metrics.
    pub(super) fn outcome(&self) -> ToolOutcome {
        ToolOutcome::of_status(self.status)
    }

    /// The operation does not find what it was asked for.
    pub(super) fn is_not_found(&self) -> bool {
        self.status == StatusCode::NOT_FOUND
    }

    /// The operation has nothing for this caller.
    pub(super) fn is_forbidden(&self) -> bool {
        self.status == StatusCode::FORBIDDEN
    }

    /// The body of a success.
    ///
    /// # Errors
    /// The problem that the operation answered with, as the protocol's error: its title, and the document as data, which
    /// says what a client over REST is told.
    pub(super) fn into_body(self) -> Result<Bytes, ErrorData> {
        if self.status.is_success() {
            return Ok(self.body);
        }
        let code = match self.status {
            StatusCode::TOO_MANY_REQUESTS => ErrorCode(rpc::RATE_LIMITED),
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => ErrorCode::INVALID_REQUEST,
            status if status.is_client_error() => ErrorCode::INVALID_PARAMS,
            _ => ErrorCode::INTERNAL_ERROR,
        };
        let problem: Option<Value> = serde_json::from_slice(&self.body).ok();
        let title = problem.as_ref().and_then(|it| it["title"].as_str());
        let title = title.unwrap_or("The operation did not answer as expected");
        Err(ErrorData::new(code, title.to_owned(), problem))
    }

    /// Makes the result of a call. What belongs to it beside the body stands in a further block, one line each.
    pub(super) fn into_result(self, tool: &ToolDef, mut lines: Vec<String>) -> CallToolResult {
        let is_error = self.status.is_client_error() || self.status.is_server_error();
        let mut result = match (is_error, &tool.output) {
            (true, _) => self.problem_result(),
            (false, ToolOutput::Object { .. }) => self.json_result(|body| self.object_result(body)),
            (false, output @ ToolOutput::Wrapped { .. }) => {
                self.json_result(|body| CallToolResult::structured(output.structure(body)))
            }
            (false, ToolOutput::Contents) => self.contents_result(),
            (false, ToolOutput::Image { media_type }) => {
                self.bytes_result(|data| ContentBlock::image(data, *media_type))
            }
            (false, ToolOutput::Audio { media_type }) => {
                self.bytes_result(|data| ContentBlock::audio(data, *media_type))
            }
            (false, ToolOutput::Empty | ToolOutput::Text) => {
                CallToolResult::success(vec![self.text_block()])
            }
        };
        lines.extend(self.header_lines(tool));
        if !lines.is_empty() {
            result.content.push(ContentBlock::text(lines.join("\n")));
        }
        result
    }

    /// The body, read as JSON.
    fn json_result(&self, result_of: impl FnOnce(Value) -> CallToolResult) -> CallToolResult {
        match serde_json::from_slice::<Value>(&self.body) {
            Ok(body) => result_of(body),
            // 304, or another success without the documented body.
            Err(_) => CallToolResult::success(vec![self.text_block()]),
        }
    }

    /// The text of a structured result is the body itself, which says the same already.
    fn object_result(&self, body: Value) -> CallToolResult {
        let mut result = CallToolResult::success(vec![self.text_block()]);
        result.structured_content = Some(body);
        result
    }

    /// The pieces that the body lists, each as what it is.
    fn contents_result(&self) -> CallToolResult {
        match serde_json::from_slice::<Contents>(&self.body) {
            Ok(Contents { content }) => CallToolResult::success(content),
            // 304, or another success without the documented body.
            Err(_) => CallToolResult::success(vec![self.text_block()]),
        }
    }

    /// The body in base64, in the block that it belongs in.
    fn bytes_result(&self, block_of: impl FnOnce(String) -> ContentBlock) -> CallToolResult {
        // 304, or another success without the documented body.
        if self.body.is_empty() {
            return CallToolResult::success(vec![self.text_block()]);
        }
        CallToolResult::success(vec![block_of(STANDARD.encode(&self.body))])
    }

    fn problem_result(&self) -> CallToolResult {
        match serde_json::from_slice::<Value>(&self.body) {
            Ok(problem) => CallToolResult::structured_error(problem),
            Err(_) => CallToolResult::error(vec![self.text_block()]),
        }
    }

    fn text_block(&self) -> ContentBlock {
        if self.body.is_empty() {
            return ContentBlock::text(self.status.to_string());
        }
        ContentBlock::text(String::from_utf8_lossy(&self.body))
    }

    /// Headers that belong to the answer: a model needs an `ETag` to send `If-Match`, `Retry-After` to wait, and the
    /// `Location` of a redirect to go on.
    fn header_lines(&self, tool: &ToolDef) -> Vec<String> {
        let documented = tool.output_headers.iter().map(String::as_str);
        let redirect = (self.status.is_redirection()).then_some(header::LOCATION.as_str());
        documented
            .chain([header::RETRY_AFTER.as_str()])
            .chain(redirect)
            .filter_map(|name| {
                let value = self.headers.get(name)?.to_str().ok()?;
                Some(format!("{name}: {value}"))
            })
            .collect()
    }
}
