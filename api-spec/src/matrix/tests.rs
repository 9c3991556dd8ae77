use super::*;
use crate::openapi::sample;

fn matrix() -> Matrix {
    build_matrix(&sample::VOCABULARY, &sample::ENDPOINTS)
}

fn decision_about(operation_id: &str, caller_id: &str) -> Decision {
    let matrix = matrix();
    let column = matrix.callers.iter().position(|it| it.id == caller_id);
    let row = matrix
        .rows
        .iter()
        .find(|it| it.endpoint.operation_id == operation_id);
    row.unwrap().decisions[column.unwrap()]
}

#[test]
fn every_declared_role_is_a_column() {
    let matrix = matrix();
    let ids = matrix.callers.iter().map(|caller| caller.id.as_str());
    assert_eq!(
        ids.collect::<Vec<_>>(),
        [
            "anonymous",
            "user:Analyst",
            "user:Viewer",
            "user:Analyst:no-scope",
            "user:Viewer:no-scope",
            "user:no-role",
            "application:Ingest",
            "application:no-role",
            "poc",
        ]
    );
}

#[test]
fn a_cell_is_what_decide_says() {
    let table = [
        ("health", "anonymous", Decision::Allow),
        ("me", "anonymous", Decision::Deny(Denial::Unauthenticated)),
        ("me", "application:no-role", Decision::Allow),
        ("create_report", "user:Analyst", Decision::Allow),
        ("create_report", "poc", Decision::Allow),
        (
            "create_report",
            "user:Viewer",
            Decision::Deny(Denial::MissingRole),
        ),
        (
            "create_report",
            "user:no-role",
            Decision::Deny(Denial::MissingRole),
        ),
        (
            "create_report",
            "user:Analyst:no-scope",
            Decision::Deny(Denial::MissingScope),
        ),
        (
            "create_report",
            "application:Ingest",
            Decision::Deny(Denial::UsersOnly),
        ),
        ("put_prices", "application:Ingest", Decision::Allow),
        (
            "put_prices",
            "application:no-role",
            Decision::Deny(Denial::MissingRole),
        ),
        (
            "put_prices",
            "poc",
            Decision::Deny(Denial::ApplicationsOnly),
        ),
    ];
    for (operation_id, caller_id, expected) in table {
        let found = decision_about(operation_id, caller_id);
        assert_eq!(found, expected, "{operation_id} for {caller_id}");
    }
}

#[test]
fn json_names_every_caller_in_every_operation() {
    let json: serde_json::Value = serde_json::from_str(&render_json(&matrix())).unwrap();
    let callers = json["callers"].as_array().unwrap();
    let operations = json["operations"].as_array().unwrap();
    assert_eq!(operations.len(), sample::ENDPOINTS.len());
    for operation in operations {
        for caller in callers {
            let id = caller["id"].as_str().unwrap();
            let answer = operation["answers"][id].as_str().unwrap();
            assert_eq!(answer == "allow", operation["denials"].get(id).is_none());
        }
    }
    let create = &operations[2];
    assert_eq!(create["path"], "/api/v1/reports");
    assert_eq!(create["tool"], "create_report");
    assert_eq!(create["answers"]["user:Viewer"], "403");
    assert_eq!(create["denials"]["user:Analyst:no-scope"], "missing_scope");
    assert_eq!(callers[1]["scopes"][0], "user_impersonation");
    assert_eq!(callers[3]["scopes"].as_array().unwrap().len(), 0);
}

#[test]
fn markdown_has_one_cell_for_each_caller() {
    let markdown = render_markdown(&matrix());
    let answers = markdown.split("## Answers").nth(1).unwrap();
    let rows = answers
        .lines()
        .filter(|line| line.starts_with('|'))
        .collect::<Vec<_>>();
    assert_eq!(rows.len(), sample::ENDPOINTS.len() + 2);
    let columns = matrix().callers.len() + 1;
    for row in rows {
        assert_eq!(row.matches(" |").count(), columns, "{row}");
    }
    assert!(markdown.contains("load balancers probe it"));
    assert!(markdown.contains("The handler also checks: only the author."));
}

#[test]
fn csv_quotes_a_cell_with_a_comma() {
    let mut matrix = matrix();
    matrix.rows[0].endpoint.also = Some("a \"b\", c");
    let csv = render_csv(&matrix);
    assert!(csv.contains("\"a \"\"b\"\", c\""), "{csv}");
    assert_eq!(csv.lines().count(), sample::ENDPOINTS.len() + 1);
}

#[test]
fn no_cell_of_the_csv_is_a_formula() {
    for text in ["=HYPERLINK(\"x\")", "+1", "-1", "@SUM(A1)", "\t=1"] {
        let mut matrix = matrix();
        matrix.rows[0].endpoint.also = Some(text);
        let csv = render_csv(&matrix);
        let cell = format!("'{}", text.replace('"', "\"\""));
        assert!(csv.contains(&cell), "{csv}");
    }
}
