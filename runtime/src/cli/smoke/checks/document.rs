//! The operations to try: from the deployment's OpenAPI document, or from this binary when that cannot be read.

use serde_json::Value;

use super::super::bearer::BearerToken;
use super::super::ledger::{Checked, Finding};
use super::super::operation::read_operations;
use super::super::probe::{Probe, Question};

const PATH: &str = "/openapi.json";

/// Whose annotations the operations come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Source {
    /// The deployment itself says so: what it describes it must do.
    Deployment,
    /// This binary, which may be of another version.
    Binary,
}

/// Finds the document; `own` is the document of this binary.
pub(in super::super) async fn check(
    probe: &Probe,
    own: &Value,
    token: Option<&BearerToken>,
) -> Checked<(Source, Value)> {
    let mut answer = probe.ask(Question::get(PATH)).await?;
    let is_guarded = answer.status == 401;
    if is_guarded && token.is_some() {
        answer = probe.ask(Question::get(PATH).with_token(token)).await?;
    }
    let from_binary = || (Source::Binary, own.clone());
    let read = answer.json().filter(|_| answer.status == 200);
    let Some(document) = read else {
        let why = match answer.status {
            404 => "docs.access is off there".to_owned(),
            401 if token.is_none() => "it wants a token".to_owned(),
            _ => answer.describe(),
        };
        let found = format!("{why}: the operations are those of this binary");
        return Ok((Finding::skipped(found), from_binary()));
    };
    let operations = read_operations(&document);
    if operations.is_empty() {
        return Ok((
            Finding::failed(
                format!("{PATH} describes no operation that can be tried"),
                "compare the address: it should be the document of this API",
            ),
            from_binary(),
        ));
    }
    let access = if is_guarded {
        "for signed-in callers"
    } else {
        "public"
    };
    let version = document["info"]["version"].as_str().unwrap_or("?");
    let found = format!(
        "{PATH} is {access}; version {version}; {} GET operations without parameters",
        operations.len()
    );
    Ok((Finding::passed(found), (Source::Deployment, document)))
}
