//! Reading resources and getting prompts, as an MCP client does, with assertions about what comes back.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::caller::TestCaller;
use super::mcp::message;
use super::response::TestResponse;

/// No such resource, before revision 2026-07-28. The kit speaks 2025-11-25.
const RESOURCE_NOT_FOUND: i64 = -32002;
/// JSON-RPC: no such prompt, or arguments that do not fit.
const INVALID_PARAMS: i64 = -32602;
/// Pages of a list that are asked for; more is a list that does not end.
const MAX_PAGES: usize = 1000;

/// The answer to a read of a resource.
#[derive(Debug, Clone)]
pub struct ResourceAnswer {
    response: TestResponse,
}

/// The answer to somebody who asked for a prompt.
#[derive(Debug, Clone)]
pub struct PromptAnswer {
    response: TestResponse,
}

impl ResourceAnswer {
    /// The HTTP answer, such as the 401 without a credential or the 403 that asks for a scope.
    #[must_use]
    pub fn response(&self) -> &TestResponse {
        &self.response
    }

    /// The media type of the content.
    ///
    /// # Panics
    /// When nothing was read; with the whole answer.
    #[track_caller]
    #[must_use]
    pub fn media_type(&self) -> String {
        let content = self.content();
        content["mimeType"].as_str().unwrap_or_default().to_owned()
    }

    /// The content, decoded where it came in base64.
    ///
    /// # Panics
    /// When nothing was read; with the whole answer.
    #[track_caller]
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let content = self.content();
        if let Some(text) = content["text"].as_str() {
            return text.as_bytes().to_vec();
        }
        let blob = content["blob"].as_str().unwrap_or_default();
        match STANDARD.decode(blob) {
            Ok(bytes) => bytes,
            Err(error) => panic!("no base64: {error}\n{}", self.response),
        }
    }

    /// The content, which came as text.
    ///
    /// # Panics
    /// When it did not; with the whole answer.
    #[track_caller]
    #[must_use]
    pub fn text(&self) -> String {
        match self.content()["text"].as_str() {
            Some(text) => text.to_owned(),
            None => panic!("no text\n{}", self.response),
        }
    }

    /// Asserts that the caller is told that there is no such resource: so it is when the rule will never admit them, and
    /// when the operation does not find it.
    ///
    /// # Panics
    /// When the answer is another; with all of it.
    #[track_caller]
    pub fn assert_unknown(&self) {
        let error = error_of(&self.response);
        assert_eq!(error["code"], RESOURCE_NOT_FOUND, "code\n{}", self.response);
        // The URI that was asked for, and no problem.
        assert!(error["data"]["code"].is_null(), "data\n{}", self.response);
    }

    #[track_caller]
    fn content(&self) -> Value {
        let message: Value = self.response.json();
        let contents = message["result"]["contents"].as_array();
        match contents.map(Vec::as_slice) {
            Some([content]) => content.clone(),
            Some(_) | None => panic!("nothing was read\n{}", self.response),
        }
    }
}

impl PromptAnswer {
    /// The HTTP answer, such as the 401 without a credential or the 403 that asks for a scope.
    #[must_use]
    pub fn response(&self) -> &TestResponse {
        &self.response
    }

    /// The messages, as the protocol writes them.
    ///
    /// # Panics
    /// When there are none; with the whole answer.
    #[track_caller]
    #[must_use]
    pub fn messages(&self) -> Vec<Value> {
        let message: Value = self.response.json();
        match message["result"]["messages"].as_array() {
            Some(messages) => messages.clone(),
            None => panic!("no messages\n{}", self.response),
        }
    }

    /// Asserts that the operation answered with the problem of this code, and gives the problem.
    ///
    /// # Panics
    /// When it did not; with the whole answer.
    #[track_caller]
    pub fn assert_problem(&self, code: &str) -> Value {
        let problem = error_of(&self.response)["data"].take();
        assert_eq!(problem["code"], code, "problem\n{}", self.response);
        problem
    }

    /// Asserts that the caller is told that there is no such prompt: so it is when the rule will never admit them.
    ///
    /// # Panics
    /// When the answer is another; with all of it.
    #[track_caller]
    pub fn assert_unknown(&self) {
        let error = error_of(&self.response);
        assert_eq!(error["code"], INVALID_PARAMS, "code\n{}", self.response);
        assert!(error.get("data").is_none(), "data\n{}", self.response);
    }
}

#[track_caller]
fn error_of(response: &TestResponse) -> Value {
    let mut message: Value = response.json();
    let error = message["error"].take();
    assert!(error.is_object(), "there is no error\n{response}");
    error
}

pub(super) async fn read(caller: &TestCaller, uri: &str) -> ResourceAnswer {
    let response = message(caller, "resources/read", json!({ "uri": uri })).await;
    ResourceAnswer { response }
}

pub(super) async fn get_prompt(caller: &TestCaller, name: &str, arguments: Value) -> PromptAnswer {
    let params = json!({ "name": name, "arguments": arguments });
    let response = message(caller, "prompts/get", params).await;
    PromptAnswer { response }
}

/// The member of every item of every page of a list, in the order of the list; the answer when it is refused.
pub(super) async fn list_all(
    caller: &TestCaller,
    method: &str,
    [list, member]: [&str; 2],
) -> Result<Vec<String>, TestResponse> {
    let mut found = Vec::new();
    let mut params = json!({});
    for _ in 0..MAX_PAGES {
        let response = message(caller, method, params).await;
        let message: Value = serde_json::from_slice(response.bytes()).unwrap_or_default();
        let Some(items) = message["result"][list].as_array() else {
            return Err(response);
        };
        let members = items.iter().filter_map(|item| item[member].as_str());
        found.extend(members.map(str::to_owned));
        match message["result"]["nextCursor"].as_str() {
            Some(cursor) => params = json!({ "cursor": cursor }),
            None => return Ok(found),
        }
    }
    panic!("{method} does not end after {MAX_PAGES} pages")
}
