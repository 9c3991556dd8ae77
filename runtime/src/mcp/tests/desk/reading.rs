//! What is read of the desk: resources, one of them listed by an operation, and prompts. Half of it is for analysts alone.

use portcullis_api_spec::{EndpointDef, Method, ResourceWord};

use super::{READERS, Row, WRITERS, arg, endpoint, reply, row, users};
use crate::arg::{Json, Path};
use crate::reply::Prompt;

/// A report, by what its URI needs.
#[derive(serde::Serialize, utoipa::ToSchema)]
struct Report {
    id: String,
}

static LIST_REPORTS: EndpointDef = EndpointDef {
    tool: None,
    ..endpoint("list_reports", Method::Get, "/reports", users(READERS))
};
static GET_REPORT: EndpointDef = EndpointDef {
    tool: None,
    resource: Some(ResourceWord {
        uri: "desk://reports/{id}",
        listed_by: Some(&LIST_REPORTS),
    }),
    ..endpoint("get_report", Method::Get, "/reports/{id}", users(READERS))
};
static GET_DRAFT: EndpointDef = EndpointDef {
    tool: None,
    resource: Some(ResourceWord {
        uri: "desk://drafts/{id}",
        listed_by: None,
    }),
    ..endpoint("get_draft", Method::Get, "/drafts/{id}", users(WRITERS))
};
static SUM_UP: EndpointDef = prompt("sum_up", "/summaries/{id}", READERS);
static FINISH: EndpointDef = prompt("finish_draft", "/finishes/{id}", WRITERS);

const fn prompt(
    name: &'static str,
    path: &'static str,
    roles: &'static [portcullis_api_spec::RoleDef],
) -> EndpointDef {
    EndpointDef {
        tool: None,
        prompt: Some(name),
        ..endpoint(name, Method::Get, path, users(roles))
    }
}

async fn list_reports() -> Json<Vec<Report>> {
    Json(vec![Report { id: "7".to_owned() }])
}

async fn get_report(Path(id): Path<String>) -> Json<Report> {
    Json(Report { id })
}

async fn write_prompt(Path(id): Path<String>) -> Prompt {
    Prompt::new("About a report.").user(id)
}

pub(super) fn rows() -> Vec<Row> {
    vec![
        row(
            &LIST_REPORTS,
            |admitted| admitted.run_0(list_reports),
            &[reply::<Json<Vec<Report>>>],
        ),
        row(
            &GET_REPORT,
            |admitted| admitted.run_1(get_report),
            &[arg::<Path<String>>, reply::<Json<Report>>],
        ),
        row(
            &GET_DRAFT,
            |admitted| admitted.run_1(get_report),
            &[arg::<Path<String>>, reply::<Json<Report>>],
        ),
        row(
            &SUM_UP,
            |admitted| admitted.run_1(write_prompt),
            &[arg::<Path<String>>, reply::<Prompt>],
        ),
        row(
            &FINISH,
            |admitted| admitted.run_1(write_prompt),
            &[arg::<Path<String>>, reply::<Prompt>],
        ),
    ]
}
