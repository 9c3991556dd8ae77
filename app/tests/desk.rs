//! The research desk, tested as the author of any application would: in process, with real tokens and no tenant.

#[path = "../../tests/suite/harness/database.rs"]
mod database;

use app::api::{Role, Scope};
use portcullis::testing::{TestApi, TestApiBuilder, TestCaller};
use serde_json::{Value, json};

use database::fresh_database;

/// The desk with a database of its own, in memory unless a PostgreSQL is named.
fn api() -> TestApiBuilder {
    TestApi::new(app::api()).set("app.database_url", &fresh_database("sqlite::memory:"))
}

async fn desk() -> TestApi {
    api().sample("symbol", "ALPN").await
}

fn draft(title: &str) -> Value {
    json!({ "symbol": "ALPN", "title": title, "body": "Herds are getting smaller." })
}

/// Writes a draft and gives its path.
async fn write(analyst: &TestCaller, title: &str) -> String {
    let created = analyst.post("/api/v1/reports").json(&draft(title)).await;
    let created = created.assert_status(201);
    let location = created.header("location");
    location
        .expect("a created report says where it is")
        .to_owned()
}

#[tokio::test]
async fn every_operation_answers_every_caller_as_annotated() {
    desk().await.assert_matrix().await;
}

#[tokio::test]
async fn no_operation_takes_a_forged_token() {
    desk().await.assert_refuses_forgeries().await;
}

#[tokio::test]
async fn the_reviewed_document_is_what_the_desk_says_today() {
    let desk = desk().await;
    desk.assert_openapi("../docs/generated/openapi.json");
}

#[tokio::test]
async fn every_annotated_function_is_listed() {
    desk().await.assert_all_listed();
}

#[tokio::test]
async fn a_draft_is_nobody_elses_until_it_is_published() {
    let desk = desk().await;
    let author = desk.as_role(Role::Analyst);
    let path = write(&author, "Milk").await;
    let viewer = desk.as_role(Role::Viewer);
    let colleague = desk.as_role(Role::Analyst);
    for other in [&viewer, &colleague] {
        let answer = other.get(&path).await;
        answer.assert_problem(404, "report_not_found");
    }
    let admin = desk.as_role(Role::Admin);
    admin.get(&path).await.assert_status(200);

    let publish = format!("{path}/publish");
    author.post(&publish).await.assert_status(200);
    let report: Value = viewer.get(&path).await.assert_status(200).json();
    assert_eq!(report["status"], "published");
    assert_eq!(report["author"]["object_id"], json!(author.object_id()));
    let again = colleague.post(&publish).await;
    again.assert_problem(403, "not_the_author");
}

#[tokio::test]
async fn whoever_was_slower_overwrites_nothing() {
    let desk = desk().await;
    let author = desk.as_role(Role::Analyst);
    let path = write(&author, "First").await;
    let read = author.get(&path).await;
    let version = read.header("etag").unwrap();
    let change = |title: &'static str| author.put(&path).json(&draft(title));
    change("No version").await.assert_status(428);
    let changed = change("Second").header("if-match", version).await;
    changed.assert_status(200);
    let late = change("Third").header("if-match", version).await;
    late.assert_status(412);
    let report: Value = author.get(&path).await.json();
    assert_eq!(report["title"], "Second");
}

#[tokio::test]
async fn prices_come_from_the_feed_and_all_faults_come_back_at_once() {
    let desk = desk().await;
    let feed = desk.as_application(Role::Ingest);
    let path = "/api/v1/instruments/ALPN/prices";
    let good = json!({ "rows": [{ "date": "2026-01-30", "close": 41.5 }] });
    let stored = feed.put(path).json(&good).await.assert_status(200);
    assert_eq!(stored.json::<Value>()["rows"], 1);
    let bad = json!({ "rows": [
        { "date": "2026-01-30", "close": -1.0 },
        { "date": "2026-02-30", "close": 41.5 },
    ] });
    let answer = feed.put(path).json(&bad).await.assert_status(422);
    let faults = answer.json::<Value>()["errors"].clone();
    assert_eq!(faults.as_array().map(Vec::len), Some(2), "{answer}");
    let prices: Value = desk.as_role(Role::Pm).get(path).await.json();
    assert_eq!(prices["items"][0]["close"], 41.5);
    let person = desk.as_role(Role::Admin).put(path).json(&good).await;
    person.assert_problem(403, "forbidden");
}

#[tokio::test]
async fn a_day_and_a_report_have_one_spelling() {
    let desk = desk().await;
    let author = desk.as_role(Role::Analyst);
    let path = write(&author, "Milk").await;
    author.get(&path).await.assert_status(200);
    let (folder, id) = path.rsplit_once('/').unwrap();
    let without_hyphens = format!("{folder}/{}", id.replace('-', ""));
    let answer = author.get(&without_hyphens).await;
    answer.assert_problem(422, "invalid_path");

    let prices = "/api/v1/instruments/ALPN/prices";
    let good = author.get(&format!("{prices}?from=2026-01-30")).await;
    good.assert_status(200);
    for parameter in ["from=20260130", "to=2026-01-30T00:00"] {
        let answer = author.get(&format!("{prices}?{parameter}")).await;
        answer.assert_problem(422, "invalid_query");
    }
}

#[tokio::test]
async fn an_assistant_sees_and_does_what_its_user_may() {
    let desk = desk().await;
    let analyst = desk.as_role(Role::Analyst);
    let report: Value = analyst
        .tool("create_report", draft("By a tool"))
        .await
        .content();
    assert_eq!(report["title"], "By a tool");
    let arguments = json!({ "id": report["id"] });
    let viewer = desk.as_role(Role::Viewer);
    assert!(!viewer.tools().await.contains(&"create_report".to_owned()));
    viewer
        .tool("create_report", draft("No"))
        .await
        .assert_unknown();
    let hidden = viewer.tool("get_report", arguments.clone()).await;
    hidden.assert_problem("report_not_found");
    let without_scope = analyst.clone().with_scopes::<Scope>([]);
    let refused = without_scope.tool("get_report", arguments).await;
    refused.response().assert_problem(403, "insufficient_scope");
}

#[tokio::test]
async fn a_report_is_a_resource_of_those_who_may_read_it() {
    let desk = desk().await;
    let author = desk.as_role(Role::Analyst);
    let path = write(&author, "Milk *prices* turn").await;
    let uri = path.replace("/api/v1/", "desk://");
    let report = author.resource(&uri).await;
    assert_eq!(report.media_type(), "text/markdown");
    assert_eq!(
        report.text(),
        "# Milk *prices* turn\n\nALPN · draft · version 1\n\nHerds are getting smaller.\n"
    );
    assert_eq!(author.resources().await, [uri.as_str()]);
    let viewer = desk.as_role(Role::Viewer);
    for other in [&viewer, &desk.as_role(Role::Analyst)] {
        other.resource(&uri).await.assert_unknown();
        assert!(other.resources().await.is_empty());
        assert_eq!(other.resource_templates().await, ["desk://reports/{id}"]);
    }
    assert_eq!(desk.as_role(Role::Admin).resources().await, [uri.as_str()]);
    author
        .post(&format!("{path}/publish"))
        .await
        .assert_status(200);
    assert!(
        viewer
            .resource(&uri)
            .await
            .text()
            .contains("ALPN · published ")
    );
    assert_eq!(viewer.resources().await, [uri.as_str()]);
    // An application reads no research.
    let feed = desk.as_application(Role::Ingest);
    feed.resource(&uri).await.assert_unknown();
    assert!(feed.resources().await.is_empty());
}

#[tokio::test]
async fn a_review_begins_with_the_report_that_its_caller_may_read() {
    let desk = desk().await;
    let author = desk.as_role(Role::Analyst);
    let path = write(&author, "Milk").await;
    let id = path.rsplit('/').next().unwrap();
    let arguments = json!({ "report_id": id });
    let messages = author.prompt("review_report", arguments.clone()).await;
    let messages = messages.messages();
    let asked = messages[0]["content"]["text"].as_str().unwrap();
    assert!(
        asked.starts_with("Review the research report on ALPN"),
        "{asked}"
    );
    let embedded = &messages[1]["content"]["resource"];
    assert_eq!(embedded["uri"], format!("desk://reports/{id}"));
    let text = author
        .resource(&format!("desk://reports/{id}"))
        .await
        .text();
    assert_eq!(embedded["text"], text);

    let colleague = desk.as_role(Role::Analyst);
    let hidden = colleague.prompt("review_report", arguments.clone()).await;
    hidden.assert_problem("report_not_found");
    let viewer = desk.as_role(Role::Viewer);
    let unknown = viewer.prompt("review_report", arguments).await;
    unknown.assert_unknown();
    assert_eq!(colleague.prompts().await, ["review_report"]);
    assert!(viewer.prompts().await.is_empty());
}

#[tokio::test]
async fn the_risk_of_a_portfolio_is_explained_from_its_latest_valuation() {
    let desk = api().example_data().await;
    let manager = desk.as_role(Role::Pm);
    let list: Value = manager.get("/api/v1/portfolios").await.json();
    let portfolio = &list["items"][0];
    let arguments = json!({ "portfolio_id": portfolio["id"] });
    let described = async || {
        let prompt = manager
            .prompt("explain_portfolio_risk", arguments.clone())
            .await;
        let text = prompt.messages()[1]["content"]["text"].clone();
        text.as_str().unwrap().to_owned()
    };
    let before = described().await;
    assert!(
        before.contains(portfolio["name"].as_str().unwrap()),
        "{before}"
    );
    assert!(before.contains("There is none."), "{before}");
    let call = json!({ "id": portfolio["id"], "horizon_days": 10 });
    let valuation: Value = manager.tool("value_portfolio", call).await.content();
    let after = described().await;
    let value = valuation["result"]["value"].as_f64().unwrap();
    assert!(after.contains(&format!("- Value: {value:.2} ")), "{after}");
    assert!(
        after.contains("scenarios of 10 trading days, at 0.95 confidence"),
        "{after}"
    );
    for position in valuation["result"]["positions"].as_array().unwrap() {
        let symbol = position["symbol"].as_str().unwrap();
        assert!(after.contains(&format!("| {symbol} | ")), "{after}");
    }
    let analyst = desk.as_role(Role::Analyst);
    let unknown = analyst
        .prompt("explain_portfolio_risk", arguments.clone())
        .await;
    unknown.assert_unknown();
}

#[tokio::test]
async fn a_valuation_is_told_step_by_step_and_seen_by_the_desk() {
    let desk = api().example_data().await;
    let manager = desk.as_role(Role::Pm);
    let list: Value = manager.get("/api/v1/portfolios").await.json();
    let portfolio = &list["items"][0]["id"];
    let arguments = json!({ "id": portfolio, "horizon_days": 10 });
    let answer = manager.tool("value_portfolio", arguments).await;
    let valuation: Value = answer.content();
    assert_eq!(valuation["status"], "done", "{valuation}");
    let last = answer.steps().last().expect("the last step is always told");
    assert_eq!((last.progress, last.total), (3.0, Some(3.0)));
    let path = format!(
        "/api/v1/valuations/{}/events",
        valuation["id"].as_str().unwrap()
    );
    let mut events = desk.as_role(Role::Admin).get(&path).events().await;
    let mut names = Vec::new();
    while let Some(event) = events.next().await {
        names.extend(event.name);
    }
    assert_eq!(names, ["step", "step", "done"]);
    let viewer = desk.as_role(Role::Viewer).get(&path).await;
    viewer.assert_problem(403, "forbidden");
}
