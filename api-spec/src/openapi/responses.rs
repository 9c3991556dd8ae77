//! The answers of an operation: its success, and its problems grouped by status.
//!
//! A group that many operations share is written once, under `components/responses`.

use std::collections::BTreeMap;

use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::{
    ContentBuilder, Ref, RefOr, Response, ResponseBuilder, Responses, ResponsesBuilder,
};

use super::problems::{
    FORBIDDEN, INSUFFICIENT_SCOPE, INTERNAL_ERROR, INVALID_REQUEST, INVALID_TOKEN,
    KEYS_UNAVAILABLE, PRECONDITION_UNSUPPORTED, PROBLEM_MEDIA_TYPE, PROBLEM_SCHEMA, RATE_LIMITED,
    REQUEST_TIMEOUT, UNAUTHENTICATED, example, standard_problems,
};
use super::{Operation, SpecError, headers, not_modified};
use crate::{EndpointDef, ProblemDef, Success};

/// Groups that are written once. An operation with exactly this group refers to it.
const SHARED: &[(&str, &[ProblemDef])] = &[
    ("MalformedCredential", &[INVALID_REQUEST]),
    ("Unauthenticated", &[INVALID_TOKEN, UNAUTHENTICATED]),
    ("Forbidden", &[FORBIDDEN]),
    (
        "ForbiddenOrInsufficientScope",
        &[FORBIDDEN, INSUFFICIENT_SCOPE],
    ),
    ("PreconditionUnsupported", &[PRECONDITION_UNSUPPORTED]),
    ("RateLimited", &[RATE_LIMITED]),
    ("InternalError", &[INTERNAL_ERROR]),
    ("KeysUnavailable", &[KEYS_UNAVAILABLE]),
    ("RequestTimeout", &[REQUEST_TIMEOUT]),
];

/// Builds every answer of one operation.
pub(super) fn build(operation: &Operation<'_>) -> Result<Responses, SpecError> {
    let (status, success) = build_success(operation)?;
    let mut builder = ResponsesBuilder::new().response(status.to_string(), success);
    if let Some(not_modified) = not_modified::response(operation) {
        builder = builder.response("304", not_modified);
    }
    for (status, problems) in group(operation) {
        let answer = refer_or_build(status, &problems);
        builder = builder.response(status.to_string(), answer);
    }
    Ok(builder.build())
}

/// Collects the shared answers that at least one operation refers to.
pub(super) fn collect_shared(operations: &[Operation<'_>]) -> BTreeMap<String, RefOr<Response>> {
    operations
        .iter()
        .flat_map(group)
        .filter_map(|(status, problems)| {
            let name = shared_name(&problems)?;
            let response = build_problem_response(status, &problems);
            Some((name.to_owned(), RefOr::T(response)))
        })
        .collect()
}

fn build_success(operation: &Operation<'_>) -> Result<(u16, Response), SpecError> {
    let EndpointDef {
        operation_id,
        status,
        ..
    } = *operation.def;
    let Some(success) = &operation.op.success else {
        return Err(SpecError::NoSuccess { operation_id });
    };
    let status = status.unwrap_or(success.status);
    if !(200..300).contains(&status) {
        return Err(SpecError::StatusIsNoSuccess {
            operation_id,
            status,
        });
    }
    if matches!(status, 204 | 205) && success.content.is_some() {
        return Err(SpecError::BodyNotAllowed {
            operation_id,
            status,
        });
    }
    Ok((status, build_success_response(success)))
}

fn build_success_response(success: &Success) -> Response {
    let description = match success.description.as_str() {
        "" => "Done.",
        description => description,
    };
    let mut builder = headers::refer(ResponseBuilder::new(), None).description(description);
    if let Some((media_type, schema)) = &success.content {
        let content = ContentBuilder::new().schema(Some(schema.clone())).build();
        builder = builder.content(*media_type, content);
    }
    for (name, header) in &success.headers {
        builder = builder.header(*name, header.clone());
    }
    builder.build()
}

/// Groups the problems of an operation by status, sorted by code, each once.
fn group(operation: &Operation<'_>) -> BTreeMap<u16, Vec<ProblemDef>> {
    let mut groups: BTreeMap<u16, Vec<ProblemDef>> = BTreeMap::new();
    let standard = standard_problems(operation.def, operation.op);
    for problem in standard.iter().chain(&operation.op.problems) {
        let problems = groups.entry(problem.status).or_default();
        if !problems.contains(problem) {
            problems.push(*problem);
        }
    }
    for problems in groups.values_mut() {
        problems.sort_by_key(|problem| (problem.code, problem.title));
    }
    groups
}

fn refer_or_build(status: u16, problems: &[ProblemDef]) -> RefOr<Response> {
    match shared_name(problems) {
        Some(name) => RefOr::Ref(Ref::from_response_name(name)),
        None => RefOr::T(build_problem_response(status, problems)),
    }
}

fn shared_name(problems: &[ProblemDef]) -> Option<&'static str> {
    let shared = SHARED.iter().find(|(_, group)| *group == problems)?;
    Some(shared.0)
}

fn build_problem_response(status: u16, problems: &[ProblemDef]) -> Response {
    let lines = problems
        .iter()
        .map(|problem| format!("`{}`: {}.", problem.code, problem.title));
    let description = match problems {
        [_] => lines.collect::<String>(),
        _ => lines
            .map(|line| format!("- {line}"))
            .collect::<Vec<_>>()
            .join("\n"),
    };
    let codes = problems
        .iter()
        .map(|problem| problem.code)
        .collect::<Vec<_>>();
    let extensions = Extensions::from_iter([("x-problem-codes", codes)]);
    let content = ContentBuilder::new()
        .schema(Some(Ref::from_schema_name(PROBLEM_SCHEMA)))
        .example(problems.first().map(example));
    headers::refer(ResponseBuilder::new(), Some(status))
        .description(description)
        .content(PROBLEM_MEDIA_TYPE, content.build())
        .extensions(Some(extensions))
        .build()
}
