//! The list shows what the listing operation shows the same caller.

use portcullis::testing::TestCaller;
use serde_json::{Value, json};

use crate::api::Role;
use crate::message::send;
use crate::notes::service;

async fn page(caller: &TestCaller, cursor: Option<&str>) -> Value {
    let params = cursor.map_or_else(|| json!({}), |cursor| json!({"cursor": cursor}));
    send(caller, "resources/list", params).await.json()
}

#[tokio::test]
async fn each_caller_is_listed_what_the_operation_lists_to_them() {
    let api = service().await;
    let published = [
        "notes://notes/n1",
        "notes://notes/n%203%C3%A4",
        "notes://notes/n4",
    ];
    let reader = api.as_role(Role::Reader).resources().await;
    let expected = [
        &["notes://rules"][..],
        &published,
        &["notes://notes/broken"],
    ]
    .concat();
    assert_eq!(reader, expected);
    let writer = api.as_role(Role::Writer).resources().await;
    assert_eq!(
        writer,
        [
            "notes://rules",
            "notes://secret",
            "notes://notes/n1",
            "notes://notes/d2",
            "notes://notes/n%203%C3%A4",
            "notes://notes/n4",
            "notes://notes/broken",
        ]
    );
}

#[tokio::test]
async fn who_may_not_ask_for_the_list_sees_none_of_it() {
    let api = service().await;
    let courier = api.as_role(Role::Courier);
    assert_eq!(courier.resources().await, ["notes://rules"]);
    assert_eq!(courier.resource_templates().await, ["notes://notes/{id}"]);
    assert_eq!(courier.resource("notes://notes/n1").await.text(), "# n1");
    // An application may list notes, and read none.
    let feed = api.as_application(Role::Feed);
    assert_eq!(feed.resources().await, ["notes://rules"]);
    assert!(feed.resource_templates().await.is_empty());
}

#[tokio::test]
async fn everything_that_is_listed_can_be_read() {
    let api = service().await;
    for caller in [api.as_role(Role::Reader), api.as_role(Role::Writer)] {
        for uri in caller.resources().await {
            if !uri.ends_with("/broken") {
                assert!(!caller.resource(&uri).await.bytes().is_empty(), "{uri}");
            }
        }
    }
}

#[tokio::test]
async fn a_page_of_the_operation_is_a_page_of_resources() {
    let reader = service().await.as_role(Role::Reader);
    let first = page(&reader, None).await;
    let listed = first["result"]["resources"].as_array().unwrap();
    assert_eq!(listed.len(), 3, "{first}");
    assert_eq!(
        listed[1],
        json!({
            "uri": "notes://notes/n1",
            "name": "n1",
            "title": "Note n1",
            "mimeType": "text/markdown",
        })
    );
    let cursor = first["result"]["nextCursor"].as_str().unwrap();
    let second = page(&reader, Some(cursor)).await;
    let listed = second["result"]["resources"].as_array().unwrap();
    assert_eq!(listed[0]["uri"], "notes://notes/n4", "{second}");
    // The items of a last page that no URI can name are left out, and the list still ends.
    let cursor = second["result"]["nextCursor"].as_str().unwrap();
    let last = page(&reader, Some(cursor)).await;
    assert_eq!(last["result"]["resources"], json!([]), "{last}");
    assert_eq!(last["result"]["nextCursor"], Value::Null, "{last}");
}

#[tokio::test]
async fn a_cursor_of_nobodys_is_refused() {
    let api = service().await;
    let reader = api.as_role(Role::Reader);
    for cursor in [
        "",
        "x",
        ":",
        "read_note",
        "see_note:",
        "nothing:1",
        "read_note:~&limit=9",
    ] {
        let answer = page(&reader, Some(cursor)).await;
        assert_eq!(answer["error"]["code"], -32602, "{cursor}: {answer}");
    }
    // A message holds a longer cursor than a request does.
    let answer = page(&reader, Some(&format!("read_note:{}", "x".repeat(70_000)))).await;
    assert_eq!(answer["error"]["code"], -32602, "{answer}");
    assert_eq!(answer["error"]["message"], "Unknown cursor", "{answer}");
    // One caller's cursor opens no list to another.
    let first = page(&reader, None).await;
    let cursor = first["result"]["nextCursor"].as_str().unwrap();
    let answer = page(&api.as_role(Role::Courier), Some(cursor)).await;
    assert_eq!(answer["error"]["message"], "Unknown cursor", "{answer}");
}

#[tokio::test]
async fn a_list_costs_one_token_of_the_callers_rate() {
    let api = portcullis::testing::TestApi::new(crate::notes::api())
        .set("rate_limit.enabled", "true")
        .set("rate_limit.per_second", "1")
        .set("rate_limit.burst", "3")
        .await;
    let reader = api.as_role(Role::Reader);
    for _ in 0..3 {
        assert!(page(&reader, None).await["result"].is_object());
    }
    assert_eq!(page(&reader, None).await["error"]["code"], -32029);
}
