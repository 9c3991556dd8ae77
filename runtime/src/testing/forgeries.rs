//! `assert_refuses_forgeries`: a corpus of forged credentials against the application's own guarded routes.
//!
//! Every row differs in one thing from a token that the operation admits. That one is tried first: a refusal proves
//! nothing where everything is refused.

mod claims;
mod form;
mod header;

use std::sync::Arc;

use http::Method;
use portcullis_api_spec::matrix::{CallerProfile, ProfileKind};
use portcullis_api_spec::openapi::{INVALID_REQUEST, INVALID_TOKEN, UNAUTHENTICATED};
use portcullis_api_spec::{Access, Decision, ProblemDef, Rights};

use super::deviations::Deviations;
use super::matrix::{credential_of, is_from_behind_the_guard};
use super::request::TestRequest;
use super::response::TestResponse;
use super::sample;
use super::tenant::Tenant;
use super::test_api::Service;
use super::token::Token;
use crate::mcp;

type Row = [String; 4];

/// A credential that must not open anything.
pub(super) struct Forgery {
    pub(super) name: &'static str,
    /// Headers of the request, in order.
    pub(super) headers: Vec<(&'static str, String)>,
    /// What stands in the query of the request.
    pub(super) query: Option<String>,
    /// What every route answers.
    pub(super) expected: ProblemDef,
}

impl Forgery {
    /// A bearer token that does not hold.
    fn token(name: &'static str, token: impl Into<String>) -> Self {
        let header = ("authorization", format!("Bearer {}", token.into()));
        Self::headers(name, vec![header], INVALID_TOKEN)
    }

    fn headers(
        name: &'static str,
        headers: Vec<(&'static str, String)>,
        expected: ProblemDef,
    ) -> Self {
        Self {
            name,
            headers,
            query: None,
            expected,
        }
    }

    /// A token where no token is looked for: nobody is authenticated.
    fn elsewhere(name: &'static str, header: &'static str, value: impl Into<String>) -> Self {
        Self::headers(name, vec![(header, value.into())], UNAUTHENTICATED)
    }

    fn malformed(name: &'static str, headers: Vec<(&'static str, String)>) -> Self {
        Self::headers(name, headers, INVALID_REQUEST)
    }
}

/// The corpus, made from one genuine token.
pub(super) fn corpus(tenant: &Tenant, genuine: &Token) -> Vec<Forgery> {
    let mut rows = header::forgeries(genuine);
    rows.extend(claims::forgeries(tenant, genuine));
    rows.extend(form::forgeries(genuine));
    rows
}

/// A route that asks for a credential, and whom it admits.
struct Target {
    name: String,
    method: Method,
    path: String,
    /// The first kind of caller that the rule admits.
    admitted: CallerProfile,
}

/// Tries everything.
pub(super) async fn check(service: &Arc<Service>) -> Deviations<4> {
    let mut deviations = Deviations::new(["operation", "forgery", "expected", "answered"]);
    let targets = targets(service);
    let mut rest: Vec<&Target> = targets.iter().collect();
    // One corpus a kind of caller: signing is what takes time.
    while let Some(first) = rest.first() {
        let admitted = first.admitted.clone();
        let (same, others) = rest
            .into_iter()
            .partition(|target| target.admitted.id == admitted.id);
        rest = others;
        let Some(rights) = credential_of(&admitted) else {
            continue;
        };
        check_targets(service, same, &rights, &mut deviations).await;
    }
    deviations
}

async fn check_targets(
    service: &Arc<Service>,
    targets: Vec<&Target>,
    rights: &Rights,
    deviations: &mut Deviations<4>,
) {
    let genuine = service.tenant.token(rights);
    let rows = corpus(&service.tenant, &genuine);
    for target in targets {
        let bearer = format!("Bearer {}", genuine.sign());
        let request = TestRequest::new(service, target.method.clone(), &target.path);
        let response = request.header("authorization", &bearer).await;
        deviations.check(judge_genuine(target, &response));
        for row in &rows {
            let response = send(service, target, row).await;
            deviations.check(judge(target, row, &response));
        }
    }
}

async fn send(service: &Arc<Service>, target: &Target, row: &Forgery) -> TestResponse {
    let path = match &row.query {
        Some(query) if target.path.contains('?') => format!("{}&{query}", target.path),
        Some(query) => format!("{}?{query}", target.path),
        None => target.path.clone(),
    };
    let request = TestRequest::new(service, target.method.clone(), &path);
    let headers = row.headers.iter();
    headers
        .fold(request, |request, (name, value)| {
            request.header(name, value)
        })
        .await
}

fn judge(target: &Target, row: &Forgery, response: &TestResponse) -> Option<Row> {
    let expected = format!("{} {}", row.expected.status, row.expected.code);
    let answered = response.in_short();
    (answered != expected).then(|| [target.name.clone(), row.name.to_owned(), expected, answered])
}

fn judge_genuine(target: &Target, response: &TestResponse) -> Option<Row> {
    (!is_from_behind_the_guard(response)).then(|| {
        let name = format!("none: a genuine token of {}", target.admitted.id);
        let answered = response.in_short();
        [target.name.clone(), name, "admitted".to_owned(), answered]
    })
}

/// Every operation that is neither public nor closed to everybody, and the MCP endpoint.
fn targets(service: &Arc<Service>) -> Vec<Target> {
    let matrix = service.matrix();
    let first_admitted = |decisions: &[Decision]| {
        let callers = matrix.callers.iter().zip(decisions);
        let mut admitted = callers.filter(|(caller, decision)| {
            matches!(caller.kind, ProfileKind::User | ProfileKind::Application)
                && **decision == Decision::Allow
        });
        admitted.next().map(|(caller, _)| caller.clone())
    };
    let mut targets = Vec::new();
    for (described, row) in service.operations.iter().zip(&matrix.rows) {
        let is_guarded = match row.endpoint.access {
            Access::Public { .. } | Access::DenyAll => false,
            Access::SignedIn | Access::Restricted(_) => true,
        };
        let Some(admitted) = first_admitted(&row.decisions).filter(|_| is_guarded) else {
            continue;
        };
        let method = row.endpoint.method.as_str();
        targets.push(Target {
            name: format!("{method} {}", row.endpoint.full_path()),
            method: Method::from_bytes(method.as_bytes()).expect("our methods are HTTP's"),
            path: sample::path(described, &service.samples),
            admitted,
        });
    }
    let users = |caller: &&CallerProfile| caller.kind == ProfileKind::User;
    if let Some(user) = matrix.callers.iter().find(users)
        && service.is_mcp_enabled
    {
        targets.push(Target {
            name: format!("POST {}", mcp::PATH),
            method: Method::POST,
            path: mcp::PATH.to_owned(),
            admitted: user.clone(),
        });
    }
    targets
}

#[cfg(test)]
mod tests;
