//! `Api::record`: which calls an application is told of, and what about them.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use portcullis::testing::TestApi;
use portcullis::{
    Api, CallOutcome, CallRecord, Json, NoContent, Path, Surface, endpoint, endpoints,
};
use serde_json::json;
use tokio::sync::Semaphore;

/// Read a note.
#[endpoint(get, "/notes/{id}", signed_in, mcp)]
async fn read_note(Path(id): Path<u32>) -> Json<u32> {
    Json(id)
}

/// Change a note.
#[endpoint(put, "/notes/{id}", signed_in, mcp)]
async fn change_note(Path(_): Path<u32>, Json(_): Json<u8>) -> NoContent {
    NoContent
}

/// Delete a note; nobody holds a role here.
#[endpoint(delete, "/notes/{id}", applications(Batch))]
async fn delete_note(Path(_): Path<u32>) -> NoContent {
    NoContent
}

/// Clear one pad.
#[endpoint(put, "/pads/{name}", signed_in, mcp)]
async fn clear_pad(Path(_): Path<String>) -> NoContent {
    NoContent
}

/// Clear all pads. Not offered over MCP.
#[endpoint(put, "/pads/all", signed_in)]
async fn clear_all_pads() -> NoContent {
    NoContent
}

/// Leave a note, without a name.
#[endpoint(post, "/notes", public("a guest book"))]
async fn leave_note() -> NoContent {
    NoContent
}

/// Think, for ever.
#[endpoint(post, "/thoughts", signed_in)]
async fn think() -> NoContent {
    std::future::pending().await
}

/// Break.
#[endpoint(post, "/breakages", signed_in)]
async fn break_down() -> NoContent {
    panic!("a handler that breaks")
}

#[derive(Clone, Default)]
struct Records(Arc<Mutex<Vec<CallRecord>>>);

impl Records {
    fn all(&self) -> Vec<CallRecord> {
        self.0.lock().expect("nothing panics in between").clone()
    }

    async fn first(&self) -> CallRecord {
        let deadline = Instant::now() + Duration::from_secs(20);
        loop {
            if let Some(record) = self.all().into_iter().next() {
                return record;
            }
            assert!(Instant::now() < deadline, "nothing was recorded");
            tokio::task::yield_now().await;
        }
    }
}

/// An application that records once `may_record` lets it.
async fn api_that_waits(
    settings: &[(&str, &str)],
    may_record: &'static Semaphore,
) -> (TestApi, Records) {
    let records = Records::default();
    let kept = records.clone();
    let api = Api::new("Notes", "1.0.0")
        .endpoints(endpoints![
            read_note,
            change_note,
            delete_note,
            clear_pad,
            clear_all_pads,
            leave_note,
            think,
            break_down
        ])
        .record(move |(), record| {
            let kept = kept.clone();
            async move {
                let _permit = may_record.acquire().await;
                kept.0
                    .lock()
                    .expect("nothing panics in between")
                    .push(record);
            }
        })
        .state(async |_| Ok(()));
    let api = settings
        .iter()
        .fold(TestApi::new(api), |api, (key, value)| api.set(key, value));
    (api.await, records)
}

async fn api(settings: &[(&str, &str)]) -> (TestApi, Records) {
    static AT_ONCE: Semaphore = Semaphore::const_new(1);
    api_that_waits(settings, &AT_ONCE).await
}

fn answered(status: u16, code: Option<&str>) -> CallOutcome {
    CallOutcome::Answered {
        status,
        code: code.map(str::to_owned),
    }
}

#[tokio::test]
async fn a_change_is_recorded_before_it_is_answered_and_a_read_is_not() {
    let (api, records) = api(&[]).await;
    let caller = api.as_user();
    caller.get("/api/v1/notes/7").await.assert_status(200);
    let change = caller.put("/api/v1/notes/7?loud=1").json(&1);
    let change = change.header("x-correlation-id", "abc").await;
    change.assert_status(204);
    caller.put("/api/v1/notes/7").json(&"x").await;
    let [first, second] = &records.all()[..] else {
        panic!("{records:?}", records = records.all());
    };
    assert_eq!(first.operation_id, "change_note");
    assert_eq!((first.method, &*first.path), ("PUT", "/api/v1/notes/7"));
    assert_eq!(Some(first.caller.object_id()), caller.object_id());
    assert_eq!(first.surface, Surface::Rest);
    assert_eq!(first.correlation_id, "abc");
    assert_eq!(first.outcome, answered(204, None));
    assert_eq!(second.outcome, answered(422, Some("invalid_body")));
}

#[tokio::test]
async fn a_tool_call_is_recorded_as_one_of_its_own_operation_or_not_at_all() {
    let (api, records) = api(&[]).await;
    let caller = api.as_user();
    caller.tool("clear_pad", json!({"name": "all"})).await;
    caller.tool("clear_pad", json!({"name": "a"})).await;
    let recorded = records.all();
    let recorded: Vec<_> = recorded.iter().map(|it| it.operation_id).collect();
    assert_eq!(recorded, ["clear_pad"]);
}

#[tokio::test]
async fn a_refusal_of_somebody_known_is_recorded_and_of_anybody_else_is_not() {
    let (api, records) = api(&[]).await;
    let known = api.as_user().delete("/api/v1/notes/7").await;
    known.assert_status(403);
    api.anonymous()
        .put("/api/v1/notes/7")
        .json(&1)
        .await
        .assert_status(401);
    let expired = api.as_user().claim("exp", 1);
    expired
        .put("/api/v1/notes/7")
        .json(&1)
        .await
        .assert_status(401);
    api.anonymous()
        .post("/api/v1/notes")
        .await
        .assert_status(204);
    let records = records.all();
    assert_eq!(records.len(), 1, "{records:?}");
    assert_eq!(records[0].operation_id, "delete_note");
    assert_eq!(records[0].outcome, answered(403, Some("forbidden")));
}

#[tokio::test]
async fn a_tool_call_is_recorded_as_one() {
    let (api, records) = api(&[]).await;
    let caller = api.as_user();
    caller.tool("read_note", json!({ "id": 7 })).await;
    caller
        .tool("change_note", json!({ "id": 7, "body": 1 }))
        .await;
    let records = records.all();
    assert_eq!(records.len(), 1, "{records:?}");
    assert_eq!(records[0].surface, Surface::Mcp);
    assert_eq!(records[0].path, "/api/v1/notes/7");
    assert_eq!(records[0].outcome, answered(204, None));
}

#[tokio::test]
async fn a_caller_causes_no_more_records_than_the_rate_limit_lets_through() {
    let settings = [
        ("rate_limit.enabled", "true"),
        ("rate_limit.per_second", "1"),
        ("rate_limit.burst", "1"),
    ];
    let (api, records) = api(&settings).await;
    let caller = api.as_user();
    caller
        .put("/api/v1/notes/7")
        .json(&1)
        .await
        .assert_status(204);
    caller
        .put("/api/v1/notes/7")
        .json(&1)
        .await
        .assert_status(429);
    assert_eq!(records.all().len(), 1);
}

#[tokio::test]
async fn a_call_that_nobody_waits_for_is_recorded_as_cut_off() {
    let (api, records) = api(&[("server.request_timeout", "100ms")]).await;
    let answer = api.as_user().post("/api/v1/thoughts").await;
    answer.assert_problem(504, "request_timeout");
    let record = records.first().await;
    assert_eq!(record.operation_id, "think");
    assert_eq!(record.outcome, CallOutcome::CutOff);
}

#[tokio::test]
async fn a_call_that_panics_is_recorded() {
    let (api, records) = api(&[]).await;
    let answer = api.as_user().post("/api/v1/breakages").await;
    answer.assert_problem(500, "internal_server_error");
    let record = records.first().await;
    assert_eq!(record.operation_id, "break_down");
    assert_eq!(record.outcome, CallOutcome::CutOff);
}

#[tokio::test]
async fn a_record_that_has_begun_is_kept_when_the_request_is_given_up() {
    static LATER: Semaphore = Semaphore::const_new(0);
    let settings = [("server.request_timeout", "100ms")];
    let (api, records) = api_that_waits(&settings, &LATER).await;
    let answer = api.as_user().put("/api/v1/notes/7").json(&1).await;
    answer.assert_problem(504, "request_timeout");
    assert_eq!(records.all().len(), 0);
    LATER.add_permits(1);
    assert_eq!(records.first().await.outcome, answered(204, None));
}
