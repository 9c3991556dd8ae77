//! `/health`: does it serve, which deployment is it, and does it authenticate its callers.

use super::super::answer::Answer;
use super::super::ledger::{Checked, Finding};
use super::super::probe::{Probe, Question};

/// What later checks need of it.
pub(in super::super) struct Health {
    /// POC mode: the deployment authenticates nobody.
    pub(in super::super) is_bypassed: bool,
}

pub(in super::super) async fn check(probe: &Probe) -> Checked<Health> {
    let answer = probe.ask(Question::get("/health")).await?;
    let is_served = answer.status == 200;
    let Some(body) = answer.json().filter(|body| is_served && body.is_object()) else {
        return Err(Finding::failed(
            format!("{} in place of the state of the service", answer.describe()),
            "compare the address: /health of an API built on Portcullis is 200 with `status`, `environment` and `authentication`",
        ));
    };
    let text = |member: &str| body[member].as_str().unwrap_or("?").to_owned();
    let (status, environment) = (text("status"), text("environment"));
    let (authentication, keys) = (text("authentication"), text("keys"));
    let found = format!(
        "{status}; environment {environment}; authentication {authentication}; keys {keys}"
    );
    let is_bypassed = authentication == "bypassed";
    let health = Health { is_bypassed };
    if status != "ok" || !(is_bypassed || authentication == "required") {
        return Err(Finding::failed(
            found,
            "compare the address: this is not the state of an API built on Portcullis",
        ));
    }
    if is_bypassed {
        return Ok((judge_bypass(probe, &found), health));
    }
    if let Some(finding) = judge_contradiction(&answer, &found) {
        return Ok((finding, health));
    }
    Ok((
        judge_state(probe, &answer, found, [&environment, &keys]),
        health,
    ))
}

/// POC mode is for a laptop and for a trial in dev and test; whoever reaches another address is somebody.
fn judge_bypass(probe: &Probe, found: &str) -> Finding {
    let found = format!("{found}: NOBODY IS AUTHENTICATED, every request is admitted");
    let fix = "set AUTH_REQUIRED=true and restart";
    match probe.target.is_local() {
        true => Finding::warned(found, fix),
        false => Finding::failed(found, fix),
    }
}

/// The mark of POC mode on an answer that claims the opposite.
fn judge_contradiction(answer: &Answer, found: &str) -> Option<Finding> {
    (answer.header("x-auth-mode") == Some("bypassed")).then(|| {
        Finding::failed(
            format!("{found}; and yet the answer says x-auth-mode: bypassed"),
            "more than one deployment answers at this address: look at what the ingress routes where",
        )
    })
}

fn judge_state(probe: &Probe, answer: &Answer, found: String, state: [&str; 2]) -> Finding {
    let [environment, keys] = state;
    if keys == "missing" {
        return Finding::failed(
            found,
            "no signing keys, guarded operations answer 503: let the service reach auth.authority (egress, proxy, DNS); its log names the cause",
        );
    }
    if keys == "stale" {
        return Finding::warned(
            found,
            "the last refresh of the signing keys failed and the last good ones serve: look in the log why",
        );
    }
    if answer.header("x-correlation-id") != Some(&answer.sent_id) {
        return Finding::warned(
            format!("{found}; the correlation id that was sent did not come back"),
            "something in front replaces x-correlation-id: let it pass the caller's on, or logs cannot be joined",
        );
    }
    if !probe.target.is_local() && matches!(environment, "dev" | "test") {
        return Finding::warned(
            format!("{found}, on an address that others reach"),
            "set APP_ENV to staging, uat or prod, whose guardrails are the stricter ones",
        );
    }
    Finding::passed(found)
}
