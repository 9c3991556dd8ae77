//! `Events` and `LastEventId`: what is sent, what is said about it, and when a stream ends.

use std::time::{SystemTime, UNIX_EPOCH};

use futures::{StreamExt, stream};
use portcullis::api_spec::Op;
use portcullis::testing::TestApi;
use portcullis::{Api, Event, Events, Header, LastEventId, Reply, endpoint, endpoints};
use serde_json::{Value, json};

#[derive(serde::Serialize, utoipa::ToSchema)]
struct Tick {
    count: u64,
}

/// Count to three, and then say nothing more.
#[endpoint(get, "/ticks", signed_in)]
async fn count(last: Option<Header<LastEventId>>) -> Events<Tick> {
    let last = last.and_then(|Header(LastEventId(id))| id.as_str().parse().ok());
    let ticks = stream::iter(last.unwrap_or(0) + 1..=3)
        .map(|count| Event::new(Tick { count }).with_id(count).with_name("tick"));
    Events::new(ticks.chain(stream::pending()))
}

async fn api() -> TestApi {
    let api = Api::new("Clock", "1.0.0")
        .endpoints(endpoints![count])
        .state(async |_| Ok(()));
    TestApi::new(api).set("auth.clock_skew", "0s").await
}

#[tokio::test]
async fn a_stream_goes_on_behind_the_last_event_that_was_seen() {
    let caller = api().await.as_user();
    let mut events = caller.get("/api/v1/ticks").events().await;
    let head = events.response().clone().assert_status(200);
    assert_eq!(head.header("content-type"), Some("text/event-stream"));
    assert_eq!(head.header("cache-control"), Some("no-store"));
    assert_eq!(head.header("x-accel-buffering"), Some("no"));
    for expected in 1..=3_u64 {
        let event = events.next().await.unwrap();
        assert_eq!(event.id, Some(expected.to_string()));
        assert_eq!(event.name.as_deref(), Some("tick"));
        assert_eq!(event.json::<Value>(), json!({ "count": expected }));
    }
    let again = caller.get("/api/v1/ticks").header("last-event-id", "2");
    let event = again.events().await.next().await.unwrap();
    assert_eq!(event.id.as_deref(), Some("3"));
    let wrong = caller.get("/api/v1/ticks").header("last-event-id", "a b");
    wrong.await.assert_problem(422, "invalid_header");
}

#[tokio::test]
async fn a_stream_ends_when_the_token_that_opened_it_does() {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let caller = api().await.as_user().claim("exp", now.as_secs() + 3);
    let mut events = caller.get("/api/v1/ticks").events().await;
    let mut seen = 0;
    while events.next().await.is_some() {
        seen += 1;
    }
    assert_eq!(seen, 3);
    let late = caller.get("/api/v1/ticks").await;
    late.assert_problem(401, "invalid_token");
}

#[test]
fn a_stream_says_what_its_events_carry() {
    let mut op = Op::default();
    <Events<Tick> as Reply>::describe(&mut op);
    let success = op.success.unwrap();
    let (media_type, schema) = success.content.unwrap();
    assert_eq!((success.status, media_type), (200, "text/event-stream"));
    let data = serde_json::to_value(schema).unwrap();
    assert_eq!(data["$ref"], "#/components/schemas/Tick");
    assert!(success.description.contains("`Tick`"));
}

#[tokio::test]
async fn the_document_names_the_data_of_each_event() {
    let document: Value = api().await.as_user().get("/openapi.json").await.json();
    let content = &document["paths"]["/api/v1/ticks"]["get"]["responses"]["200"]["content"];
    let data = &content["text/event-stream"]["schema"];
    assert_eq!(data["$ref"], "#/components/schemas/Tick");
    assert!(document["components"]["schemas"]["Tick"].is_object());
}
