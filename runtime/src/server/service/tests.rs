//! The way out of a whole service: an open stream ends with it and holds nothing up, a call that is cut is recorded.

use std::num::NonZeroU32;
use std::time::Instant;

use portcullis_api_spec::{Access, EndpointDef, Method, Mount, Vocabulary};
use tokio::sync::mpsc;

use super::*;
use crate::api::{Api, EndpointSet};
use crate::endpoint::EndpointEntry;
use crate::record::{CallOutcome, CallRecord};
use crate::reply::{Event, Events, NoContent, Reply};

static WATCH: EndpointDef = EndpointDef {
    operation_id: "watch",
    method: Method::Get,
    path: "/watch",
    mount: Mount::Root,
    access: Access::Public { reason: "a test" },
    doc: "Watch.",
    ..EndpointDef::CLOSED
};

static THINK: EndpointDef = EndpointDef {
    operation_id: "think",
    method: Method::Post,
    path: "/think",
    access: Access::SignedIn,
    doc: "Think.",
    ..WATCH
};

static FAIL: EndpointDef = EndpointDef {
    operation_id: "fail",
    method: Method::Post,
    path: "/fail",
    access: Access::SignedIn,
    tool: Some("fail"),
    doc: "Fail.",
    ..WATCH
};

/// A mistake of ours.
async fn fail() -> NoContent {
    panic!("the secret of the house")
}

/// Has no end.
async fn think() -> NoContent {
    std::future::pending().await
}

/// One event, and then nothing, for ever.
async fn watch() -> Events<u8> {
    let first = futures::stream::iter([Event::new(1)]);
    Events::new(futures::StreamExt::chain(first, futures::stream::pending()))
}

/// An application that tells `records` of its calls.
fn api(records: mpsc::UnboundedSender<CallRecord>) -> Api<()> {
    const WATCH_ENTRY: EndpointEntry<()> = EndpointEntry {
        definition: WATCH,
        fingerprints: WATCH.fingerprints(),
        arguments: &[],
        reply: <Events<u8> as Reply>::describe,
        run: |admitted| admitted.run_0(watch),
    };
    const THINK_ENTRY: EndpointEntry<()> = EndpointEntry {
        definition: THINK,
        fingerprints: THINK.fingerprints(),
        arguments: &[],
        reply: NoContent::describe,
        run: |admitted| admitted.run_0(think),
    };
    const FAIL_ENTRY: EndpointEntry<()> = EndpointEntry {
        definition: FAIL,
        fingerprints: FAIL.fingerprints(),
        arguments: &[],
        reply: NoContent::describe,
        run: |admitted| admitted.run_0(fail),
    };
    let vocabulary = Vocabulary {
        roles: &[],
        scopes: &[],
    };
    Api::new("Watch", "1.0.0")
        .endpoints(EndpointSet::new(
            vocabulary,
            &[WATCH_ENTRY, THINK_ENTRY, FAIL_ENTRY],
        ))
        .record(move |(), call| {
            let records = records.clone();
            // Not at once: the service has to wait for it.
            async move {
                tokio::task::yield_now().await;
                let _ = records.send(call);
            }
        })
        .state(async |_| Ok(()))
}

#[tokio::test]
async fn an_open_stream_holds_up_no_shutdown() {
    let mut config = crate::identity::testing::config();
    config.server.shutdown_grace = Duration::from_secs(300);
    let (records, _) = mpsc::unbounded_channel();
    let service = Service::build(api(records).application, Arc::new(config), false).await;
    let service = service.unwrap();
    let url = format!("{}watch", service.public_url);
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let running = tokio::spawn(service.run(async {
        let _ = stopped.await;
    }));
    let mut stream = reqwest::get(&url).await.unwrap();
    assert_eq!(stream.chunk().await.unwrap().unwrap(), "data: 1\n\n");
    let began = Instant::now();
    stop.send(()).unwrap();
    let end = tokio::time::timeout(Duration::from_secs(60), stream.chunk()).await;
    let farewell = end.unwrap().unwrap().unwrap();
    assert_eq!(farewell, ": the service is closing; connect again\n\n");
    assert_eq!(
        stream.chunk().await.unwrap(),
        None,
        "it ends, and is not cut"
    );
    tokio::time::timeout(Duration::from_secs(60), running)
        .await
        .unwrap()
        .unwrap()
        .unwrap();
    assert!(
        began.elapsed() < Duration::from_secs(60),
        "the grace is 300 s"
    );
}

#[tokio::test]
async fn a_call_that_the_end_of_the_service_cuts_is_recorded() {
    let mut config = crate::identity::testing::config();
    config.authentication.required = false;
    config.server.shutdown_grace = Duration::ZERO;
    let (records, mut recorded) = mpsc::unbounded_channel();
    let service = Service::build(api(records).application, Arc::new(config), false).await;
    let service = service.unwrap();
    let url = format!("{}think", service.public_url);
    let recorder = service.recorder.clone().unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let running = tokio::spawn(service.run(async {
        let _ = stopped.await;
    }));
    let asking = tokio::spawn(reqwest::Client::new().post(&url).send());
    assert!(recorder.begun_within(Duration::from_secs(60)).await);
    stop.send(()).unwrap();
    tokio::time::timeout(Duration::from_secs(60), running)
        .await
        .unwrap()
        .unwrap()
        .unwrap();
    let record = recorded.try_recv().unwrap();
    assert_eq!(
        (record.operation_id, record.outcome),
        ("think", CallOutcome::CutOff)
    );
    asking.abort();
}

#[tokio::test]
async fn no_more_streams_are_open_than_their_caller_may_have() {
    let mut config = crate::identity::testing::config();
    config.rate_limit.enabled = true;
    config.rate_limit.waiting_per_caller = NonZeroU32::MIN;
    config.rate_limit.address_factor = NonZeroU32::MIN;
    let (records, _) = mpsc::unbounded_channel();
    let service = Service::build(api(records).application, Arc::new(config), false).await;
    let service = service.unwrap();
    let url = format!("{}watch", service.public_url);
    let running = tokio::spawn(service.run(std::future::pending()));
    let open = reqwest::get(&url).await.unwrap();
    assert_eq!(open.status(), 200);
    let refused = reqwest::get(&url).await.unwrap();
    assert_eq!(refused.status(), 429);
    assert!(refused.headers().contains_key("retry-after"));
    let text = refused.text().await.unwrap();
    assert!(text.contains("too_many_waiting"), "{text}");
    drop(open);
    let freed = async { while reqwest::get(&url).await.unwrap().status() != 200 {} };
    let freed = tokio::time::timeout(Duration::from_secs(60), freed).await;
    freed.expect("the place comes back with the stream");
    running.abort();
}

/// Also behind a tool: rmcp would leave a call without an answer.
#[tokio::test]
async fn a_panic_is_a_500_over_both_surfaces_and_the_service_lives() {
    let mut config = crate::identity::testing::config();
    config.authentication.required = false;
    let (records, mut recorded) = mpsc::unbounded_channel();
    let service = Service::build(api(records).application, Arc::new(config), false).await;
    let service = service.unwrap();
    let base = service.public_url.clone();
    let running = tokio::spawn(service.run(std::future::pending()));
    let client = reqwest::Client::new();
    for _ in 0..2 {
        let answer = client.post(format!("{base}fail")).send().await.unwrap();
        assert_eq!(answer.status(), 500);
        let correlation_id = answer.headers()["x-correlation-id"].clone();
        let text = answer.text().await.unwrap();
        let problem: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(problem["code"], "internal_server_error");
        assert_eq!(problem["correlation_id"], correlation_id.to_str().unwrap());
        assert!(!text.contains("secret"), "{text}");
        assert_eq!(recorded.recv().await.unwrap().operation_id, "fail");
    }
    let call = r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"fail"}}"#;
    let request = client.post(format!("{base}api/v1/mcp")).body(call);
    let request = request
        .header("content-type", "application/json")
        .header("mcp-protocol-version", "2025-11-25")
        .header("accept", "application/json, text/event-stream");
    let answer = tokio::time::timeout(Duration::from_secs(60), request.send()).await;
    let answer = answer.expect("a call is answered").unwrap();
    let text = answer.text().await.unwrap();
    assert!(text.contains("internal_server_error"), "{text}");
    assert!(text.contains(r#""isError":true"#), "{text}");
    assert!(!text.contains("secret"), "{text}");
    running.abort();
}
