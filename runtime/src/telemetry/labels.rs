//! The values of labels: each from a short list of our own, whatever a request carries.

use axum::extract::MatchedPath;
use http::{Extensions, Method, StatusCode};

/// The route of a request that no template matched.
const UNMATCHED: &str = "unmatched";

/// The method of a request as the semantic conventions write it: one that HTTP knows, or `_OTHER`.
pub(crate) fn method_label(method: &Method) -> &'static str {
    const KNOWN: [&str; 10] = [
        "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE", "QUERY",
    ];
    let known = KNOWN.into_iter().find(|known| *known == method.as_str());
    known.unwrap_or("_OTHER")
}

/// The template that the router took a request for. Never the path as it was sent: it may name a person, and there are
/// as many as a caller likes.
pub(crate) fn route_label(extensions: &Extensions) -> &str {
    let route = extensions.get::<MatchedPath>();
    route.map_or(UNMATCHED, MatchedPath::as_str)
}

/// A limit that answers 429.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RateLimitKind {
    /// One verified caller's.
    Caller,
    /// One address'.
    Address,
    /// What one caller, or one address, has open at once.
    Waiting,
}

impl RateLimitKind {
    /// Its name in metrics, and, of the two that count requests, in the headers that tell how much is left.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            RateLimitKind::Caller => "caller",
            RateLimitKind::Address => "address",
            RateLimitKind::Waiting => "waiting",
        }
    }
}

/// What an MCP message asks an operation for, by its declared name; the name is empty where the message names none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum McpSubject {
    /// The call of a tool.
    Tool(&'static str),
    /// Reading a resource, named by its URI template.
    Resource(&'static str),
    /// A page of what can be read, named by the URI template that it fills.
    ResourceList(&'static str),
    /// Getting a prompt.
    Prompt(&'static str),
    /// Values for a parameter of a URI template.
    ResourceCompletion(&'static str),
    /// Values for an argument of a prompt.
    PromptCompletion(&'static str),
}

impl McpSubject {
    /// The method of the protocol.
    pub(crate) const fn method(self) -> &'static str {
        match self {
            McpSubject::Tool(_) => "tools/call",
            McpSubject::Resource(_) => "resources/read",
            McpSubject::ResourceList(_) => "resources/list",
            McpSubject::Prompt(_) => "prompts/get",
            McpSubject::ResourceCompletion(_) | McpSubject::PromptCompletion(_) => {
                "completion/complete"
            }
        }
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            McpSubject::Tool(name)
            | McpSubject::Resource(name)
            | McpSubject::ResourceList(name)
            | McpSubject::Prompt(name)
            | McpSubject::ResourceCompletion(name)
            | McpSubject::PromptCompletion(name) => name,
        }
    }
}

/// How the call of a tool, the reading of a resource or the getting of a prompt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ToolOutcome {
    /// It has a result.
    Success,
    /// Arguments that do not fit, a problem of the operation, a limit, a fault.
    Error,
    /// The caller may not call it.
    Refused,
    /// There is nothing of that name.
    Unknown,
    /// The user is asked to confirm it first.
    Asked,
    /// The user did not confirm it.
    Declined,
    /// The client has gone away, or does not want the answer any more.
    Cancelled,
}

impl ToolOutcome {
    /// What an operation's answer means for the call.
    pub(crate) fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => ToolOutcome::Refused,
            status if status.is_client_error() || status.is_server_error() => ToolOutcome::Error,
            _ => ToolOutcome::Success,
        }
    }

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            ToolOutcome::Success => "success",
            ToolOutcome::Error => "error",
            ToolOutcome::Refused => "refused",
            ToolOutcome::Unknown => "unknown",
            ToolOutcome::Asked => "asked",
            ToolOutcome::Declined => "declined",
            ToolOutcome::Cancelled => "cancelled",
        }
    }
}

/// What came of a secret that was read again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RefreshOutcome {
    Unchanged,
    /// Its new value is in use.
    Taken,
    /// Its new value does not do, and the old one stays.
    Refused,
    /// It could not be read.
    Failed,
}

impl RefreshOutcome {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            RefreshOutcome::Unchanged => "unchanged",
            RefreshOutcome::Taken => "taken",
            RefreshOutcome::Refused => "refused",
            RefreshOutcome::Failed => "failed",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_method_that_http_does_not_know_has_one_label() {
        for (method, label) in [
            ("GET", "GET"),
            ("QUERY", "QUERY"),
            ("get", "_OTHER"),
            ("PROPFIND", "_OTHER"),
            ("_OTHER", "_OTHER"),
        ] {
            let method = Method::from_bytes(method.as_bytes()).unwrap();
            assert_eq!(method_label(&method), label);
        }
    }
}
