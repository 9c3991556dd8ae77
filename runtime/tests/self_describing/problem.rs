//! `derive(Problem)`: every variant lands in the list, and answers as the list says.

use axum::response::IntoResponse;
use portcullis::api_spec::{Op, ProblemDef};
use portcullis::{
    Arg, FieldError, Form, Header, IfMatch, Json, Multipart, Path, Problem, Problems, Query, Scalar,
};
use serde_json::json;

use crate::support::read;

#[derive(Debug, thiserror::Error, Problem)]
enum ReportProblem {
    #[error("no report {0}")]
    #[problem(
        status = 404,
        title = "There is no such report",
        detail = "{0:03} is not one"
    )]
    ReportNotFound(u32),
    #[error("locked")]
    #[problem(
        status = 409,
        code = "locked",
        title = "It is locked",
        detail = "{holder} holds {{it}}"
    )]
    Held {
        holder: &'static str,
        #[source]
        cause: std::fmt::Error,
    },
    #[error("invalid")]
    #[problem(status = 422, title = "The report is not valid")]
    InvalidReport(#[problem(errors)] Vec<FieldError>),
    #[error(transparent)]
    #[problem(transparent)]
    Archive(#[from] ArchiveProblem),
    #[error("the store failed")]
    #[problem(internal)]
    Store(#[from] std::fmt::Error),
}

#[derive(Debug, thiserror::Error, Problem)]
enum ArchiveProblem {
    #[error("closed")]
    #[problem(status = 503, title = "The archive is closed")]
    ArchiveClosed,
}

/// An error that cannot happen.
#[derive(Problem)]
enum Never {}

#[test]
fn every_variant_lands_in_the_list() {
    let def = |status, code, title| ProblemDef {
        status,
        code,
        title,
    };
    let expected = [
        def(404, "report_not_found", "There is no such report"),
        def(409, "locked", "It is locked"),
        def(422, "invalid_report", "The report is not valid"),
        def(503, "archive_closed", "The archive is closed"),
    ];
    assert_eq!(ReportProblem::PROBLEMS, expected);
    assert!(Never::PROBLEMS.is_empty());
}

#[tokio::test]
async fn every_variant_answers_as_it_says() {
    let fault = FieldError {
        pointer: "/title".to_owned(),
        detail: "is too long".to_owned(),
    };
    let held = ReportProblem::Held {
        holder: "the press",
        cause: std::fmt::Error,
    };
    for (problem, status, code, detail) in [
        (
            ReportProblem::ReportNotFound(7),
            404,
            "report_not_found",
            json!("007 is not one"),
        ),
        (held, 409, "locked", json!("the press holds {it}")),
        (
            ReportProblem::InvalidReport(vec![fault]),
            422,
            "invalid_report",
            json!(null),
        ),
        (
            ArchiveProblem::ArchiveClosed.into(),
            503,
            "archive_closed",
            json!(null),
        ),
        (
            std::fmt::Error.into(),
            500,
            "internal_server_error",
            json!(null),
        ),
    ] {
        let (answered, body) = read(problem.into_response()).await;
        assert_eq!((answered, body["code"].as_str()), (status, Some(code)));
        assert_eq!(body["detail"], detail, "{code}");
        let has_faults = body["errors"][0]["pointer"] == "/title";
        assert_eq!(has_faults, code == "invalid_report");
    }
}

/// Who asks.
#[derive(Scalar)]
#[scalar(header = "x-desk")]
struct Desk(String);

#[test]
fn whatever_an_argument_refuses_with_stands_in_the_list_of_answers() {
    type Values = std::collections::BTreeMap<String, String>;
    let mut op = Op::default();
    for describe in [
        <Json<Values> as Arg<()>>::describe,
        <Form<Values> as Arg<()>>::describe,
        <Multipart<Values> as Arg<()>>::describe,
        <Query<Values> as Arg<()>>::describe,
        <Path<u32> as Arg<()>>::describe,
        <Header<Desk> as Arg<()>>::describe,
        <IfMatch as Arg<()>>::describe,
        <Option<IfMatch> as Arg<()>>::describe,
    ] {
        describe(&mut op);
    }
    let list = include_str!("../../../docs/http-status.md");
    for ProblemDef { status, code, .. } in op.problems {
        let mut rows = list
            .lines()
            .filter(|row| row.starts_with(&format!("| {status} |")));
        assert!(
            rows.any(|row| row.contains(&format!("`{code}`"))),
            "{status} {code}"
        );
    }
}
