//! `/me`, or where the application has it: what the service sees in the token, compared with what stands there.

use std::collections::BTreeSet;

use portcullis_api_spec::Rights;

use super::super::answer::Answer;
use super::super::bearer::{BearerToken, texts};
use super::super::ledger::{Checked, Finding};
use super::super::probe::{Probe, Question};
use super::list;

/// Asks who the caller is, and learns his internal roles; `path` is where this API says so.
pub(in super::super) async fn check(
    probe: &Probe,
    token: &BearerToken,
    path: Option<&str>,
) -> Checked<Rights> {
    let from_token = || token.rights(&token.roles);
    let Some(path) = path else {
        return Ok((
            Finding::skipped(
                "this API does not say so: the names of the roles are taken from the token",
            ),
            from_token(),
        ));
    };
    let answer = probe
        .ask(Question::get(path).with_token(Some(token)))
        .await?;
    if answer.status == 404 {
        return Ok((
            Finding::skipped(format!(
                "404 at {path}: the names of the roles are taken from the token"
            )),
            from_token(),
        ));
    }
    if answer.status != 200 {
        return Err(judge_refusal(&answer, path));
    }
    let body = answer.json().filter(|body| body["roles"].is_array());
    let Some(body) = body else {
        return Err(Finding::failed(
            format!("GET {path}: 200 without `roles` and `scopes`"),
            "compare the address: this is not what an API built on Portcullis says there",
        ));
    };
    let (roles, scopes) = (texts(&body["roles"]), texts(&body["scopes"]));
    Ok((judge(token, path, &roles, &scopes), token.rights(&roles)))
}

/// Each role and scope comes from the token, whatever the roles are called inside.
fn judge(
    token: &BearerToken,
    path: &str,
    roles: &BTreeSet<String>,
    scopes: &BTreeSet<String>,
) -> Finding {
    let seen = format!("roles {}; scopes {}", list(roles), list(scopes));
    if !scopes.is_subset(&token.scopes) || roles.len() > token.roles.len() {
        return Finding::breached(
            format!(
                "GET {path}: the service sees {seen}, the token has roles {}; scopes {}",
                list(&token.roles),
                list(&token.scopes)
            ),
            "the service gives rights that the token does not: take it off the network, compare the image that runs",
        );
    }
    if roles.is_empty() && !token.roles.is_empty() {
        return Finding::failed(
            format!(
                "GET {path}: no role is seen, and the token has {}",
                list(&token.roles)
            ),
            "map these values of Entra to internal roles in auth.roles of this environment",
        );
    }
    if roles.is_empty() {
        return Finding::warned(
            format!("GET {path}: 200; {seen}"),
            "the token has no role, so that guarded operations refuse it: assign one (Enterprise applications, the API, Users and groups) and get a new token",
        );
    }
    if roles != &token.roles {
        return Finding::passed(format!(
            "GET {path}: 200; {seen}; in Entra {}",
            list(&token.roles)
        ));
    }
    Finding::passed(format!("GET {path}: 200; {seen}"))
}

fn judge_refusal(answer: &Answer, path: &str) -> Finding {
    let found = format!(
        "GET {path} with the token: {} ({})",
        answer.describe(),
        answer.log_hint()
    );
    let fix = match (answer.status, answer.problem_code().as_deref()) {
        (401, _) => {
            "pipe the token into `token explain` with the configuration of this deployment: it says which check fails and which setting mends it"
        }
        (503, Some("keys_unavailable")) => {
            "no signing keys have been loaded: let the service reach auth.authority (egress, proxy, DNS)"
        }
        (429, _) => "the rate limit refused the test: wait a moment and run it again",
        (500..=599, _) => "the service fails: look in its log under this correlation id",
        _ => "compare the address and the version of the deployment",
    };
    Finding::failed(found, fix)
}
