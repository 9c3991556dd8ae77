//! `Progress` and `Accepted`: what they say in the document, and how long work may take.

use std::time::Duration;

use portcullis::api_spec::Op;
use portcullis::testing::TestApi;
use portcullis::{Accepted, Api, Json, Progress, Reply, endpoint, endpoints};
use serde_json::{Value, json};
use tokio::sync::Semaphore;

static BEGUN: Semaphore = Semaphore::const_new(0);
static MAY_END: Semaphore = Semaphore::const_new(0);

/// Work until somebody says that it is enough.
#[endpoint(post, "/work", signed_in, mcp)]
async fn work(progress: Progress) -> Json<u64> {
    progress.report(1, 2, "begun");
    BEGUN.add_permits(1);
    MAY_END.acquire().await.unwrap().forget();
    Json(2)
}

#[tokio::test]
async fn a_tool_call_that_waits_may_take_longer_than_a_request() {
    let api = Api::new("Workshop", "1.0.0")
        .endpoints(endpoints![work])
        .state(async |_| Ok(()));
    let api = TestApi::new(api)
        .set("server.request_timeout", "100ms")
        .await;
    let caller = api.as_user();
    let call = tokio::spawn({
        let caller = caller.clone();
        async move { caller.tool("work", json!({})).await }
    });
    BEGUN.acquire().await.unwrap().forget();
    // The first of these may be given up in the same instant as the call above would be; by the end of the second, the
    // call has outlived the limit for certain.
    for _ in 0..2 {
        let over_rest = caller.post("/api/v1/work").await;
        over_rest.assert_problem(504, "request_timeout");
    }
    MAY_END.add_permits(1);
    let answer = call.await.unwrap();
    let content: Value = answer.content();
    assert_eq!(content, json!({ "result": 2 }));
    let step = &answer.steps()[0];
    assert_eq!((step.progress, step.total), (1.0, Some(2.0)));
    assert_eq!(step.message.as_deref(), Some("begun"));
}

#[tokio::test]
async fn a_wait_has_its_own_limit() {
    let api = Api::new("Workshop", "1.0.0")
        .endpoints(endpoints![wait_forever])
        .state(async |_| Ok(()));
    let api = TestApi::new(api)
        .set("mcp.wait_timeout", "100ms")
        .set("server.request_timeout", "600s")
        .await;
    let caller = api.as_user();
    let call = caller.tool("wait_forever", json!({}));
    let answer = tokio::time::timeout(Duration::from_secs(30), call).await;
    answer.unwrap().assert_problem("request_timeout");
}

/// Never come to an end.
#[endpoint(post, "/forever", signed_in, mcp)]
async fn wait_forever(_: Progress) -> Json<u64> {
    std::future::pending().await
}

#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "only its schema is read")]
struct Valuation {
    loss: f64,
}

#[test]
fn accepted_says_where_and_what() {
    let mut op = Op::default();
    <Accepted<Valuation> as Reply>::describe(&mut op);
    let success = op.success.unwrap();
    assert_eq!((success.status, success.content), (202, None));
    assert!(success.headers.contains_key("Location"));
    assert!(success.description.contains("`Valuation`"));
    let outcome = serde_json::to_value(op.outcome.unwrap()).unwrap();
    assert_eq!(outcome["$ref"], "#/components/schemas/Valuation");
    assert!(op.schemas.contains_key("Valuation"));
}
