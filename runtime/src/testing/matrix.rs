//! `assert_matrix`: what every operation answers to every kind of caller, against what the annotations say.

mod mcp;

use std::sync::Arc;

use http::Method;
use portcullis_api_spec::matrix::{CallerProfile, ProfileKind};
use portcullis_api_spec::openapi::{
    FORBIDDEN, INSUFFICIENT_SCOPE, INVALID_REQUEST, KEYS_UNAVAILABLE, RATE_LIMITED, UNAUTHENTICATED,
};
use portcullis_api_spec::{Decision, Denial, ProblemDef};

use super::caller::TestCaller;
use super::deviations::Deviations;
use super::response::TestResponse;
use super::sample;
use super::test_api::Service;

/// Operation, caller, annotated, answered.
type Row = [String; 4];

/// Asks everything.
pub(super) async fn check(service: &Arc<Service>) -> Deviations<4> {
    let matrix = service.matrix();
    let mut deviations = Deviations::new(["operation", "caller", "annotated", "answered"]);
    for (column, profile) in matrix.callers.iter().enumerate() {
        let caller = TestCaller::new(service, credential_of(profile));
        for (described, row) in service.operations.iter().zip(&matrix.rows) {
            let path = sample::path(described, &service.samples);
            let method = row.endpoint.method.as_str();
            let method = Method::from_bytes(method.as_bytes()).expect("our methods are HTTP's");
            let request = caller.request(method.clone(), &path);
            let response = match profile.kind {
                ProfileKind::Poc => request.bypassing(service).await,
                ProfileKind::Anonymous | ProfileKind::User | ProfileKind::Application => {
                    request.await
                }
            };
            let operation = format!("{method} {}", row.endpoint.full_path());
            deviations.check(judge(operation, profile, row.decisions[column], &response));
        }
        if service.is_mcp_enabled && profile.kind != ProfileKind::Poc {
            for deviation in mcp::check(&caller, &matrix, column).await {
                deviations.check(deviation);
            }
        }
    }
    deviations
}

/// Nobody has a token in POC mode, and the caller without one has none.
pub(super) fn credential_of(profile: &CallerProfile) -> Option<portcullis_api_spec::Rights> {
    match profile.kind {
        ProfileKind::Anonymous | ProfileKind::Poc => None,
        ProfileKind::User | ProfileKind::Application => profile.rights.clone(),
    }
}

fn judge(
    operation: String,
    profile: &CallerProfile,
    expected: Decision,
    response: &TestResponse,
) -> Option<Row> {
    let problem = |problem: ProblemDef| format!("{} {}", problem.status, problem.code);
    let answered = response.in_short();
    let (annotated, is_as_annotated) = match expected {
        Decision::Allow => ("admitted".to_owned(), is_from_behind_the_guard(response)),
        Decision::Deny(denial) => {
            let annotated = problem(match denial {
                Denial::MissingScope => INSUFFICIENT_SCOPE,
                // Users of the matrix have met every context.
                Denial::MissingContext => FORBIDDEN,
                Denial::Unauthenticated => UNAUTHENTICATED,
                Denial::Nobody
                | Denial::UsersOnly
                | Denial::ApplicationsOnly
                | Denial::MissingRole => FORBIDDEN,
            });
            let is_as_annotated = annotated == answered;
            (annotated, is_as_annotated)
        }
    };
    (!is_as_annotated).then(|| [operation, profile.id.clone(), annotated, answered])
}

/// A refusal by the guard, or by what stands before it, never counts as admitted; a handler's own 403 does.
pub(super) fn is_from_behind_the_guard(response: &TestResponse) -> bool {
    let in_front = [
        FORBIDDEN,
        INSUFFICIENT_SCOPE,
        INVALID_REQUEST,
        KEYS_UNAVAILABLE,
        RATE_LIMITED,
    ];
    match (response.status(), response.problem_code()) {
        (401, _) | (403, None) => false,
        (_, Some(code)) => !in_front.iter().any(|problem| problem.code == code),
        (_, None) => true,
    }
}
