//! The way out of a whole service: an open stream ends with it, and holds nothing up.

use std::time::Instant;

use portcullis_api_spec::{Access, EndpointDef, Method, Mount, Vocabulary};

use super::*;
use crate::api::{Api, EndpointEntry, EndpointSet};
use crate::application::ListEntry;
use crate::reply::{Event, Events, Reply};

static WATCH: EndpointDef = EndpointDef {
    operation_id: "watch",
    method: Method::Get,
    path: "/watch",
    mount: Mount::Root,
    access: Access::Public { reason: "a test" },
    also: None,
    tool: None,
    status: None,
    tag: None,
    deprecated: false,
    doc: "Watch.",
};

/// One event, and then nothing, for ever.
async fn watch() -> Events<u8> {
    let first = futures::stream::iter([Event::new(1)]);
    Events::new(futures::StreamExt::chain(first, futures::stream::pending()))
}

fn api() -> Api<()> {
    let entry = EndpointEntry {
        listed: ListEntry {
            endpoint: &WATCH,
            describe: &[<Events<u8> as Reply>::describe],
        },
        run: |admitted| admitted.run(watch),
    };
    let vocabulary = Vocabulary {
        roles: &[],
        scopes: &[],
    };
    Api::new("Watch", "1.0.0")
        .endpoints(EndpointSet::new(vocabulary, vec![entry]))
        .state(async |_| Ok(()))
}

#[tokio::test]
async fn an_open_stream_holds_up_no_shutdown() {
    let mut config = crate::identity::testing::config();
    config.server.shutdown_grace = Duration::from_secs(300);
    let service = Service::build(api().application, Arc::new(config), false).await;
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
    assert_eq!(
        end.unwrap().unwrap(),
        None,
        "the stream ends, and is not cut"
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
