//! Operations of every access rule: whom the rule admits is answered, whom it does not is refused, and never the other way.

use portcullis_api_spec::{Access, Decision, Denial, Rights};

use super::super::answer::Answer;
use super::super::bearer::BearerToken;
use super::super::ledger::{Checked, Finding};
use super::super::operation::Operation;
use super::super::probe::{Probe, Question};
use super::Source;

/// Most operations that are tried, so that a test of a large API ends.
const LIMIT: usize = 40;

/// Chooses what to try: one operation of each rule that admits the caller, and all that must refuse him; the second number
/// is how many are left out. Public ones and those in `tried` have been seen.
///
/// A rule that admits shows itself at one operation; a guard that is missing may be missing at any.
pub(in super::super) fn choose<'a>(
    operations: &'a [Operation],
    rights: &Rights,
    tried: Option<&str>,
) -> (Vec<&'a Operation>, usize) {
    let mut shown: Vec<Access> = Vec::new();
    let mut chosen: Vec<&Operation> = Vec::new();
    for operation in operations {
        let is_seen = operation.access.is_public() || Some(operation.path.as_str()) == tried;
        let is_telling = match operation.decide(Some(rights)) {
            Decision::Deny(_) => true,
            Decision::Allow => !is_seen && !shown.contains(&operation.access),
        };
        if is_telling {
            shown.push(operation.access);
            chosen.push(operation);
        }
    }
    let left_out = chosen.len().saturating_sub(LIMIT);
    chosen.truncate(LIMIT);
    (chosen, left_out)
}

/// Tries one operation, as this caller.
pub(in super::super) async fn check(
    probe: &Probe,
    source: Source,
    operation: &Operation,
    caller: Option<(&BearerToken, &Rights)>,
) -> Checked<()> {
    let question = Question::get(&operation.path).with_token(caller.map(|(token, _)| token));
    let answer = probe.ask(question).await?;
    let decision = operation.decide(caller.map(|(_, rights)| rights));
    let finding = match (source, answer.status, decision) {
        (Source::Binary, 404, _) => Finding::skipped(format!(
            "404: this binary has {}, the deployment has not: they are of different versions",
            operation.path
        )),
        (_, _, Decision::Allow) => judge_admitted(operation, &answer),
        (_, _, Decision::Deny(denial)) => judge_refused(operation, &answer, denial, source),
    };
    Ok((finding, ()))
}

/// Asks without a token in POC mode: everybody is admitted, and the answer says so.
pub(in super::super) async fn check_bypassed(probe: &Probe, path: &str) -> Checked<()> {
    let answer = probe.ask(Question::get(path)).await?;
    let found = format!("{} without a token", answer.describe());
    let is_marked = answer.header("x-auth-mode") == Some("bypassed");
    match (answer.is_success(), is_marked) {
        (true, true) => Ok((
            Finding::passed(format!("{found}, marked x-auth-mode: bypassed")),
            (),
        )),
        (true, false) => Err(Finding::failed(
            format!("{found}, without x-auth-mode: bypassed"),
            "let what stands in front of the API pass x-auth-mode on, so that nobody takes POC mode for more",
        )),
        (false, _) => Err(Finding::failed(
            format!("{found} ({})", answer.log_hint()),
            "the operation fails: look in the log under this correlation id",
        )),
    }
}

fn judge_admitted(operation: &Operation, answer: &Answer) -> Finding {
    let found = format!("{}: {}", rule(&operation.access), answer.describe());
    if answer.is_success() {
        return Finding::passed(format!("{}: {}", rule(&operation.access), answer.status));
    }
    let found = format!(
        "{found} to a caller whom the rule admits ({})",
        answer.log_hint()
    );
    match answer.status {
        403 | 404 if operation.checks_more => {
            Finding::passed(format!("{found}; the handler checks more than the rule"))
        }
        403 => Finding::failed(
            found,
            "deployment and document disagree, or the role is mapped otherwise: compare /me with auth.roles",
        ),
        401 => Finding::failed(
            found,
            "pipe the token into `token explain` with the configuration of this deployment",
        ),
        429 => Finding::failed(
            found,
            "the rate limit refused the test: wait a moment and run it again",
        ),
        500..=599 => Finding::failed(
            found,
            "the operation fails: look in the log under this correlation id (database, other APIs)",
        ),
        _ => Finding::failed(
            found,
            "compare the version of the deployment with what was meant to run",
        ),
    }
}

fn judge_refused(
    operation: &Operation,
    answer: &Answer,
    denial: Denial,
    source: Source,
) -> Finding {
    let lacks = match denial {
        Denial::Unauthenticated => "not signed in",
        Denial::Nobody => "nobody may",
        Denial::UsersOnly => "users only",
        Denial::ApplicationsOnly => "applications only",
        Denial::MissingRole => "the role is missing",
        Denial::MissingScope => "the scope is missing",
        Denial::MissingContext => "the authentication context is missing",
    };
    let found = format!(
        "{lacks} ({}): {}",
        rule(&operation.access),
        answer.describe()
    );
    if answer.is_success() {
        let fix = match source {
            Source::Deployment => {
                "the guard does not do what the document says: take the deployment off the network, compare the image that runs"
            }
            Source::Binary => {
                "take the deployment off the network, unless it is of a version whose rule is wider: compare `matrix` of both"
            }
        };
        return Finding::breached(
            format!(
                "GET {} LETS IN a caller who must be refused: {found}",
                operation.path
            ),
            fix,
        );
    }
    let is_as_agreed = match denial {
        Denial::Unauthenticated => answer.status == 401,
        Denial::MissingContext => answer.status == 401 || answer.status == 403,
        Denial::MissingScope => {
            answer.status == 403 && answer.problem_code().as_deref() == Some("insufficient_scope")
        }
        Denial::Nobody | Denial::UsersOnly | Denial::ApplicationsOnly | Denial::MissingRole => {
            answer.status == 403 && answer.problem_code().as_deref() == Some("forbidden")
        }
    };
    match (is_as_agreed, answer.status) {
        (true, _) => Finding::passed(found),
        (false, 429) => Finding::failed(
            found,
            "the rate limit refused the test: wait a moment and run it again",
        ),
        (false, 401) => Finding::failed(
            found,
            "pipe the token into `token explain` with the configuration of this deployment",
        ),
        (false, _) => Finding::failed(
            format!("{found} in place of 403 ({})", answer.log_hint()),
            "look in the log under this correlation id; a guard that works refuses before anything else runs",
        ),
    }
}

/// The rule in a few words.
fn rule(access: &Access) -> String {
    match access {
        Access::DenyAll => "nobody".to_owned(),
        Access::Public { .. } => "public".to_owned(),
        Access::SignedIn => "signed in".to_owned(),
        Access::Restricted(requirements) => {
            let roles = requirements.roles.iter().map(|role| role.name);
            let scopes = requirements.scopes.iter().map(|scope| scope.name);
            let applications = requirements.applications.iter().map(|role| role.name);
            [
                ("roles", Vec::from_iter(roles)),
                ("scopes", Vec::from_iter(scopes)),
                ("applications", Vec::from_iter(applications)),
            ]
            .into_iter()
            .filter(|(_, names)| !names.is_empty())
            .map(|(word, names)| format!("{word} {}", names.join("/")))
            .collect::<Vec<_>>()
            .join(", ")
        }
    }
}
