//! The test kit, on a small application that is right, and on the same one with one thing wrong: each assertion fails
//! where it must, and says what about.

mod api;
mod context;
mod documents;
mod forgeries;
mod guide;
mod matrix;
mod notes;
mod rights;
mod settings;

use std::future::Future;

use portcullis::testing::TestApi;
use portcullis::{Api, EndpointSet, endpoints};

use api::{AppState, Role};

fn api_of(endpoints: EndpointSet<AppState>) -> Api<AppState> {
    Api::new("Notes", "1.0.0")
        .endpoints(endpoints)
        .state(async |_| Ok(AppState::default()))
}

/// The application with nothing wrong.
fn good_api() -> Api<AppState> {
    api_of(endpoints![
        notes::health,
        notes::who_am_i,
        notes::get_note,
        notes::put_note,
        notes::delete_note,
        notes::deliver,
    ])
}

/// What an assertion that must fail says.
async fn failure_of(assertion: impl Future<Output = ()> + Send + 'static) -> String {
    let panicked = tokio::spawn(assertion).await.expect_err("this must fail");
    let message = panicked.into_panic().downcast::<String>();
    *message.expect("assertions panic with a formatted message")
}

/// Says whether a table has a row with these cells, however wide its columns are.
fn has_row(table: &str, cells: &[&str]) -> bool {
    table
        .lines()
        .any(|line| line.split('|').map(str::trim).eq(cells.iter().copied()))
}

#[tokio::test]
async fn an_application_that_is_right_passes_every_assertion() {
    let api = TestApi::new(good_api()).await;
    api.assert_matrix().await;
    api.assert_refuses_forgeries().await;
}

#[tokio::test]
async fn a_tool_that_breaks_the_promise_of_its_schema_is_found() {
    let api = TestApi::new(api_of(endpoints![notes::lie])).await;
    let caller = api.as_user();
    let message = failure_of(async move {
        caller.tool("lie", serde_json::json!({})).await;
    });
    let message = message.await;
    assert!(
        message.contains("tool lie does not give what its output schema says"),
        "{message}"
    );
    assert!(message.contains("/count"), "{message}");
}

#[tokio::test]
async fn requests_and_tool_calls_reach_the_same_state_as_the_same_caller() {
    let api = TestApi::new(good_api()).await;
    let writer = api.as_role(Role::Writer);
    let body = serde_json::json!({ "text": "first" });
    let put = writer.put("/api/v1/notes/7").json(&body).await;
    put.assert_status(204);
    let note: notes::Note = writer.get("/api/v1/notes/7").await.json();
    assert_eq!(note.text, "first");
    assert_eq!(note.author, writer.object_id());
    let arguments = serde_json::json!({ "id": 7 });
    let by_tool: notes::Note = writer.tool("get_note", arguments.clone()).await.content();
    assert_eq!((by_tool.text, by_tool.author), (note.text, note.author));

    let reader = api.as_role(Role::Reader);
    assert_eq!(reader.tools().await, ["get_note", "who_am_i"]);
    reader.tool("put_note", arguments).await.assert_unknown();
    let missing = serde_json::json!({ "id": 8 });
    let missing = reader.tool("get_note", missing).await;
    assert_eq!(missing.assert_problem("not_found")["status"], 404);
}

#[tokio::test]
async fn an_answer_that_is_not_the_asserted_one_is_shown_whole() {
    let failure = failure_of(async {
        let api = TestApi::new(good_api()).await;
        let answer = api.as_role(Role::Reader).get("/api/v1/notes/1").await;
        answer.assert_status(200);
    });
    let failure = failure.await;
    for part in [
        "GET /api/v1/notes/1 answered 404",
        "x-correlation-id: ",
        "\"code\":\"not_found\"",
    ] {
        assert!(failure.contains(part), "{part} in {failure}");
    }
    let failure = failure_of(async {
        let api = TestApi::new(good_api()).await;
        let answer = api.anonymous().get("/api/v1/notes/1").await;
        answer.assert_problem(401, "invalid_token");
    });
    assert!(failure.await.contains("unauthenticated"));
}

#[tokio::test]
async fn a_configuration_that_is_refused_is_shown_with_its_reasons() {
    let failure = failure_of(async {
        let api = TestApi::new(good_api());
        api.set("server.body_limit", "1")
            .variable("AZURE_TENANT_ID", "x")
            .await;
    });
    let failure = failure.await;
    assert!(failure.contains("server.body_limit"), "{failure}");
    assert!(failure.contains("AZURE_TENANT_ID"), "{failure}");
}
