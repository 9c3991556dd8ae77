//! The MCP endpoint, in both eras of the protocol: who is refused, what is listed, and one tool that only reads.

use portcullis_api_spec::{Decision, Denial, Rights, decide};
use reqwest::Method;
use serde_json::{Value, json};

use super::super::answer::Answer;
use super::super::bearer::BearerToken;
use super::super::ledger::{Checked, Finding};
use super::super::operation::ToolRule;
use super::super::probe::{Probe, Question};
use super::Source;

const PATH: &str = "/api/v1/mcp";
/// The newest revision, without sessions.
const MODERN: &str = "2026-07-28";
/// The revision that most clients speak.
const LEGACY: &str = "2025-11-25";

/// The endpoint, as one caller sees it.
pub(in super::super) struct Mcp<'a> {
    pub(in super::super) probe: &'a Probe,
    pub(in super::super) token: Option<&'a BearerToken>,
}

/// A tool that was listed.
pub(in super::super) struct Tool {
    name: String,
    is_harmless: bool,
}

impl Mcp<'_> {
    /// Sends one request of the protocol and gives its result.
    async fn call(&self, revision: &str, method: &str, params: Value) -> Result<Value, Finding> {
        let answer = self.send(revision, method, params).await?;
        let found = format!("{method}: {} ({})", answer.describe(), answer.log_hint());
        if !answer.is_success() {
            return Err(Finding::failed(found, fix_of(&answer)));
        }
        let Some(mut message) = answer.json() else {
            return Err(Finding::failed(
                format!("{found} and no message of the protocol"),
                "let what stands in front of the API pass application/json and text/event-stream on, unbuffered",
            ));
        };
        if let Some(code) = message["error"]["code"].as_i64() {
            return Err(Finding::failed(
                format!("{method}: error {code} ({})", answer.log_hint()),
                "compare the version of the deployment; its log has the cause",
            ));
        }
        Ok(message["result"].take())
    }

    async fn send(
        &self,
        revision: &str,
        method: &str,
        mut params: Value,
    ) -> Result<Answer, Finding> {
        if revision == MODERN {
            params["_meta"] = json!({
                "io.modelcontextprotocol/protocolVersion": MODERN,
                "io.modelcontextprotocol/clientInfo": client(),
                "io.modelcontextprotocol/clientCapabilities": {},
            });
        }
        let mut question = Question::get(PATH)
            .with_token(self.token)
            .with_header("accept", "application/json, text/event-stream")
            .with_header("mcp-protocol-version", revision);
        if revision == MODERN {
            question = question.with_header("mcp-method", method);
        }
        question.method = Method::POST;
        question.body =
            Some(json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params }));
        self.probe.ask(question).await
    }
}

/// Without a token: 401 with the address of the metadata, whatever the method.
pub(in super::super) async fn check_no_token(probe: &Probe) -> Checked<()> {
    let answer = Mcp { probe, token: None }
        .send(LEGACY, "tools/list", json!({}))
        .await?;
    if answer.status == 404 {
        return Err(Finding::skipped("404: mcp.enabled is off there"));
    }
    if answer.is_success() {
        return Err(Finding::breached(
            format!(
                "POST {PATH}: {} without a token: tools are open to everybody",
                answer.status
            ),
            "take the deployment off the network; compare AUTH_REQUIRED and the image that runs with the ones you meant",
        ));
    }
    let challenge = answer.header("www-authenticate").unwrap_or_default();
    if answer.status != 401 || !challenge.contains("resource_metadata=\"") {
        return Err(Finding::failed(
            format!(
                "POST {PATH} without a token: {} in place of 401 with resource_metadata",
                answer.describe()
            ),
            "let what stands in front of the API pass POST and WWW-Authenticate on",
        ));
    }
    Ok((
        Finding::passed(format!(
            "POST {PATH}: {}, with resource_metadata",
            answer.describe()
        )),
        (),
    ))
}

pub(in super::super) async fn check_discover(mcp: &Mcp<'_>) -> Checked<()> {
    let result = mcp.call(MODERN, "server/discover", json!({})).await?;
    let versions = result["supportedVersions"].as_array().map_or(0, Vec::len);
    match result["capabilities"]["tools"].is_object() {
        true => Ok((
            Finding::passed(format!(
                "{} at {MODERN}; {versions} revisions",
                server_name(&result["_meta"]["io.modelcontextprotocol/serverInfo"])
            )),
            (),
        )),
        false => Err(Finding::failed(
            "the server does not say that it has tools",
            "compare the address and the version of the deployment",
        )),
    }
}

pub(in super::super) async fn check_initialize(mcp: &Mcp<'_>) -> Checked<()> {
    let params = json!({ "protocolVersion": LEGACY, "capabilities": {}, "clientInfo": client() });
    let result = mcp.call(LEGACY, "initialize", params).await?;
    let version = result["protocolVersion"].as_str().unwrap_or("none");
    match version == LEGACY {
        true => Ok((
            Finding::passed(format!(
                "{} speaks {LEGACY}",
                server_name(&result["serverInfo"])
            )),
            (),
        )),
        false => Err(Finding::failed(
            format!("{LEGACY} was offered, and {version} is spoken"),
            "compare the version of the deployment",
        )),
    }
}

/// Lists the tools, and compares the list with what the caller may do.
pub(in super::super) async fn check_tools(
    mcp: &Mcp<'_>,
    rights: Option<&Rights>,
    rules: (Source, &[ToolRule]),
) -> Checked<Vec<Tool>> {
    let result = mcp.call(LEGACY, "tools/list", json!({})).await?;
    let Some(listed) = result["tools"].as_array() else {
        return Err(Finding::failed(
            "tools/list without `tools`",
            "compare the version of the deployment",
        ));
    };
    let tools: Vec<Tool> = listed.iter().filter_map(read_tool).collect();
    let finding = judge_list(&tools, rights, rules);
    let finding = finding
        .unwrap_or_else(|| Finding::passed(format!("{} tools for this caller", tools.len())));
    Ok((finding, tools))
}

fn judge_list(
    tools: &[Tool],
    rights: Option<&Rights>,
    (source, rules): (Source, &[ToolRule]),
) -> Option<Finding> {
    let rights = rights?;
    let is_listed = |name: &str| tools.iter().any(|tool| tool.name == name);
    let hidden = |rule: &&ToolRule| {
        matches!(
            decide(&rule.access, Some(rights)),
            Decision::Deny(
                Denial::Nobody | Denial::UsersOnly | Denial::ApplicationsOnly | Denial::MissingRole
            )
        )
    };
    if let Some(rule) = rules
        .iter()
        .filter(hidden)
        .find(|rule| is_listed(&rule.name))
    {
        return Some(Finding::failed(
            format!("{} is listed, and this caller may never call it", rule.name),
            "list and guard read the same rule: compare the image that runs, and what caches in front of it",
        ));
    }
    let visible = rules
        .iter()
        .filter(|rule| decide(&rule.access, Some(rights)) == Decision::Allow);
    let missing = visible.into_iter().find(|rule| !is_listed(&rule.name));
    match (source, missing) {
        (Source::Deployment, Some(rule)) => Some(Finding::failed(
            format!("{} is not listed, and this caller may call it", rule.name),
            "list and guard read the same rule: compare the image that runs, and what caches in front of it",
        )),
        (Source::Deployment, None) | (Source::Binary, _) => None,
    }
}

/// Calls a tool that only reads and needs no argument.
pub(in super::super) async fn check_call(mcp: &Mcp<'_>, tools: &[Tool]) -> Checked<()> {
    let harmless = tools.iter().filter(|tool| tool.is_harmless);
    // `get_me` first: it works for everybody and says the least.
    let Some(tool) = harmless.min_by_key(|tool| (tool.name != "get_me", tool.name.clone())) else {
        return Err(Finding::skipped(
            "no tool that only reads and needs no argument",
        ));
    };
    let params = json!({ "name": tool.name, "arguments": {} });
    let result = mcp.call(LEGACY, "tools/call", params).await?;
    if result["isError"] == true {
        let code = result["structuredContent"]["code"]
            .as_str()
            .unwrap_or("an error");
        return Err(Finding::failed(
            format!("{}: {code}", tool.name),
            "call it over REST, where the answer says more, and look in the log",
        ));
    }
    Ok((Finding::passed(format!("{} answers", tool.name)), ()))
}

fn fix_of(answer: &Answer) -> &'static str {
    match answer.status {
        401 => "pipe the token into `token explain` with the configuration of this deployment",
        403 => {
            "the Host that the service sees is not server.public_url's, or a scope is missing: set server.public_url to the address of clients, and let the ingress keep Host"
        }
        405 | 404 => "route POST /api/v1/mcp to the API, with its path as it is",
        406 | 415 => "let the ingress keep Accept and Content-Type",
        429 => "the rate limit refused the test: wait a moment and run it again",
        500..=599 => "the service fails: look in its log under this correlation id",
        _ => "compare the version of the deployment; its log has the cause",
    }
}

fn client() -> Value {
    json!({ "name": "portcullis-smoke", "version": env!("CARGO_PKG_VERSION") })
}

fn server_name(info: &Value) -> &str {
    info["name"].as_str().unwrap_or("the server")
}

fn read_tool(tool: &Value) -> Option<Tool> {
    let required = tool["inputSchema"]["required"].as_array();
    let needs_nothing = required.is_none_or(Vec::is_empty);
    Some(Tool {
        name: tool["name"].as_str()?.to_owned(),
        is_harmless: tool["annotations"]["readOnlyHint"] == true && needs_nothing,
    })
}

#[cfg(test)]
mod tests;
