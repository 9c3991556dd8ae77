//! What a user fills in is completed from what the same caller is shown.

use portcullis::testing::{TestApi, TestCaller};
use portcullis::{Api, Json, Path, endpoint, endpoints};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::api::Role;
use crate::message::send;
use crate::notes::service;

#[derive(Serialize, ToSchema)]
struct Leaf {
    #[schema(max_length = 20)]
    book: String,
    leaf: u32,
}

/// List leaves.
#[endpoint(get, "/leaves", signed_in)]
async fn list_leaves() -> Json<Vec<Leaf>> {
    let leaves = |book: &'static str, count| {
        (1..=count).map(move |leaf| Leaf {
            book: book.to_owned(),
            leaf,
        })
    };
    Json(leaves("atlas", 150).chain(leaves("primer", 2)).collect())
}

/// Read a leaf.
#[endpoint(
    get,
    "/books/{book}/leaves/{leaf}",
    signed_in,
    resource("library://books/{book}/{leaf}", listed_by = list_leaves)
)]
async fn read_leaf(Path((book, leaf)): Path<(String, u32)>) -> Json<Leaf> {
    Json(Leaf { book, leaf })
}

async fn library() -> TestCaller {
    let api = Api::new("Library", "1.0.0")
        .endpoints(endpoints![list_leaves, read_leaf])
        .state(async |_| Ok(()));
    TestApi::new(api).await.as_user()
}

async fn complete(caller: &TestCaller, params: Value) -> Value {
    send(caller, "completion/complete", params).await.json()
}

fn blank(reference: Value, name: &str, value: &str) -> Value {
    json!({"ref": reference, "argument": {"name": name, "value": value}})
}

fn template(uri: &str) -> Value {
    json!({"type": "ref/resource", "uri": uri})
}

fn prompt(name: &str) -> Value {
    json!({"type": "ref/prompt", "name": name})
}

#[tokio::test]
async fn a_parameter_has_the_values_that_the_caller_is_listed() {
    let api = service().await;
    let (reader, writer) = (api.as_role(Role::Reader), api.as_role(Role::Writer));
    // Who may read notes and not list them, and one who may do neither scope's work, are shown none.
    let courier = api.as_role(Role::Courier);
    for (caller, begun, values, has_more) in [
        (&reader, "", json!(["n1", "n 3ä"]), true),
        (&reader, "N", json!(["n1", "n 3ä"]), true),
        (&reader, "n ", json!(["n 3ä"]), true),
        (&reader, "n 3Ä", json!([]), true),
        (&reader, "d", json!([]), true),
        (&writer, "d", json!(["d2"]), true),
        (&courier, "", json!([]), false),
    ] {
        let params = blank(template("notes://notes/{id}"), "id", begun);
        let answer = complete(caller, params).await;
        let completion = &answer["result"]["completion"];
        assert_eq!(completion["values"], values, "{begun}: {answer}");
        assert_eq!(completion["hasMore"], has_more, "{begun}: {answer}");
        assert_eq!(completion["total"].is_null(), has_more, "{answer}");
    }
}

#[tokio::test]
async fn values_fit_to_what_has_been_filled_in_and_each_comes_once() {
    let caller = library().await;
    let uri = "library://books/{book}/{leaf}";
    let answer = complete(&caller, blank(template(uri), "book", "")).await;
    let expected = json!({"values": ["atlas", "primer"], "total": 2, "hasMore": false});
    assert_eq!(answer["result"]["completion"], expected, "{answer}");
    let mut params = blank(template(uri), "leaf", "");
    params["context"] = json!({"arguments": {"book": "primer", "leaf": "9"}});
    let answer = complete(&caller, params).await;
    let expected = json!({"values": ["1", "2"], "total": 2, "hasMore": false});
    assert_eq!(answer["result"]["completion"], expected, "{answer}");
}

#[tokio::test]
async fn a_hundred_values_come_at_most_and_how_many_there_are() {
    let answer = complete(
        &library().await,
        blank(template("library://books/{book}/{leaf}"), "leaf", ""),
    )
    .await;
    let completion = &answer["result"]["completion"];
    assert_eq!(completion["values"].as_array().unwrap().len(), 100);
    assert_eq!(completion["total"], 150, "{answer}");
    assert_eq!(completion["hasMore"], true, "{answer}");
}

#[tokio::test]
async fn an_argument_of_a_prompt_has_the_values_of_its_schema() {
    let writer = service().await.as_role(Role::Writer);
    for (name, begun, values) in [
        ("language", "", json!(["english", "estonian", "german"])),
        ("language", "E", json!(["english", "estonian"])),
        ("language", "englisch", json!([])),
        ("brief", "", json!(["true", "false"])),
        ("brief", "t", json!(["true"])),
        ("tone", "dr", json!([])),
    ] {
        let answer = complete(&writer, blank(prompt("review_note"), name, begun)).await;
        let completion = &answer["result"]["completion"];
        assert_eq!(completion["values"], values, "{name} {begun}: {answer}");
        assert_eq!(completion["hasMore"], false, "{answer}");
    }
}

#[tokio::test]
async fn what_nobody_can_fill_in_is_refused() {
    let writer = service().await.as_role(Role::Writer);
    for params in [
        blank(prompt("review_note"), "nothing", ""),
        blank(template("notes://notes/{id}"), "nothing", ""),
        blank(prompt("nothing"), "id", ""),
        // A URI is no template, and a fixed one has no parameter.
        blank(template("notes://notes/n1"), "id", ""),
        blank(template("notes://rules"), "id", ""),
        blank(json!({"type": "ref/tool", "name": "show_note"}), "id", ""),
        json!({"ref": prompt("review_note")}),
        json!({"argument": {"name": "id", "value": ""}}),
        json!({}),
    ] {
        let answer = complete(&writer, params.clone()).await;
        assert_eq!(answer["error"]["code"], -32602, "{params}: {answer}");
    }
}

#[tokio::test]
async fn a_completion_costs_one_token_of_the_callers_rate() {
    let api = TestApi::new(crate::notes::api())
        .set("rate_limit.enabled", "true")
        .set("rate_limit.per_second", "1")
        .set("rate_limit.burst", "3")
        .await;
    let reader = api.as_role(Role::Reader);
    let ask = async || complete(&reader, blank(template("notes://notes/{id}"), "id", "")).await;
    for _ in 0..3 {
        assert!(ask().await["result"].is_object());
    }
    assert_eq!(ask().await["error"]["code"], -32029);
}
