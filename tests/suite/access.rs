//! The generated matrix: every operation, asked by every kind of caller, answers as `app matrix` says.
//!
//! Nothing here names a role: a new endpoint or role is covered the moment it exists, and its path parameters must
//! stand in `samples`, or the suite fails.

mod mcp;
mod parity;
mod reading;
mod samples;

use reqwest::Method;

use crate::harness::{Answer, Matrix, MatrixCaller, MatrixOperation, Service, Tenant, Token};

#[tokio::test]
async fn every_operation_answers_every_caller_as_the_matrix_says() {
    let matrix = Matrix::read().await;
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let callers = matrix.callers.iter().filter(|caller| caller.kind != "poc");
    let mut differences = Vec::new();
    for caller in callers {
        let token = caller.token(&tenant);
        for operation in &matrix.operations {
            let answer = ask(&service, operation, token.as_ref()).await;
            differences.extend(difference(operation, caller, &answer));
        }
    }
    assert!(differences.is_empty(), "\n{}", differences.join("\n"));
}

#[tokio::test]
async fn every_operation_answers_the_poc_caller_as_the_matrix_says() {
    let matrix = Matrix::read().await;
    let tenant = Tenant::start().await;
    let program = Service::program_for(&tenant).set("AUTH_REQUIRED", "false");
    let service = Service::start_program(program).await;
    let poc = matrix.callers.iter().find(|caller| caller.kind == "poc");
    let poc = poc.expect("the matrix has a POC caller");
    let mut differences = Vec::new();
    for operation in &matrix.operations {
        let answer = ask(&service, operation, None).await;
        differences.extend(difference(operation, poc, &answer));
        assert_eq!(answer.header("x-auth-mode"), Some("bypassed"));
    }
    assert!(differences.is_empty(), "\n{}", differences.join("\n"));
}

#[tokio::test]
async fn head_is_guarded_like_get() {
    let matrix = Matrix::read().await;
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let gets = matrix.operations.iter().filter(|it| it.method == "GET");
    for operation in gets {
        let path = samples::path(&operation.path);
        let answer = Answer::of(service.request(Method::HEAD, &path)).await;
        let is_refused = operation.answers["anonymous"] == "401";
        assert_eq!(answer.status == 401, is_refused, "{}", operation.name());
    }
}

/// A refusal comes before anything of the request is looked at: no path is parsed, no query, no body.
#[tokio::test]
async fn a_refused_caller_learns_nothing_about_the_form_of_the_request() {
    let matrix = Matrix::read().await;
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let guarded = matrix
        .operations
        .iter()
        .filter(|it| it.answers["anonymous"] == "401");
    for operation in guarded {
        let path = samples::broken_path(&operation.path);
        let request = service.request(method_of(operation), &path);
        let request = request.header("content-type", "application/json").body("{");
        Answer::of(request).await.problem(401);
    }
}

async fn ask(service: &Service, operation: &MatrixOperation, token: Option<&Token>) -> Answer {
    let path = samples::path(&operation.path);
    let mut request = service.request(method_of(operation), &path);
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    if let Some(body) = samples::body(&operation.name()) {
        request = request.json(&body);
    }
    Answer::of(request).await
}

fn method_of(operation: &MatrixOperation) -> Method {
    operation.method.parse().expect("the matrix names methods")
}

/// A sentence when the answer is not what the matrix says.
fn difference(
    operation: &MatrixOperation,
    caller: &MatrixCaller,
    answer: &Answer,
) -> Option<String> {
    let expected = operation.answer(caller);
    let is_as_expected = match expected {
        // A sample that the handler does not know (404), or a missing precondition (428), is past the guard.
        "allow" => !matches!(answer.status, 401 | 403) && answer.status < 500,
        "401" => answer.status == 401,
        "403" => answer.status == 403,
        other => panic!("an answer that the suite does not know: {other}"),
    };
    if is_as_expected {
        return None;
    }
    let name = operation.name();
    let caller = &caller.id;
    Some(format!(
        "{name} for {caller}: {expected} expected, got {answer}"
    ))
}
