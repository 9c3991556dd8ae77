//! `Versioned`: what of it may be kept, by whom, and how whoever has kept it asks whether it still is the same.

use axum::response::{IntoResponse, Response};
use portcullis::api_spec::Op;
use portcullis::testing::{TestApi, TestCaller};
use portcullis::{
    Api, Caller, Created, Json, NoContent, Path, Reply, Version, Versioned, endpoint, endpoints,
};
use serde_json::{Value, json};

fn version_3(shown: String) -> Versioned<Json<String>> {
    Versioned {
        version: Version(3),
        reply: Json(shown),
    }
}

/// Who reads: everybody is shown something else.
#[endpoint(get, "/desk", signed_in, mcp)]
async fn get_desk(caller: Caller) -> Versioned<Json<String>> {
    version_3(caller.object_id().to_string())
}

#[endpoint(get, "/motto", public("everybody may read it"))]
async fn get_motto() -> Versioned<Json<String>> {
    version_3("Look before you leap.".to_owned())
}

/// One note is there.
#[endpoint(get, "/notes/{id}", signed_in)]
async fn get_note(Path(id): Path<u32>) -> Result<Versioned<Json<String>>, portcullis::Problem> {
    match id {
        7 => Ok(version_3("Buy milk.".to_owned())),
        _ => Err(portcullis::Problem::of_status(http::StatusCode::NOT_FOUND)),
    }
}

#[endpoint(post, "/notes", signed_in)]
async fn create_note() -> Created<Versioned<Json<String>>> {
    Created::at("/api/v1/notes/7", version_3("Buy milk.".to_owned()))
}

#[endpoint(get, "/ping", signed_in)]
async fn ping() -> NoContent {
    NoContent
}

/// A reply that the caller's own cache may keep, and has to ask about.
struct Kept<R>(R);

impl<R: IntoResponse> IntoResponse for Kept<R> {
    fn into_response(self) -> Response {
        let kept = [(http::header::CACHE_CONTROL, "private, no-cache")];
        (kept, self.0).into_response()
    }
}

impl<R: Reply> Reply for Kept<R> {
    fn describe(op: &mut Op) {
        R::describe(op);
    }
}

/// The same for everybody who may read it.
#[endpoint(get, "/rules", signed_in)]
async fn get_rules() -> Kept<Versioned<Json<String>>> {
    Kept(version_3("Be kind.".to_owned()))
}

async fn api() -> TestApi {
    let endpoints = endpoints![get_desk, get_motto, get_note, create_note, ping, get_rules];
    let api = Api::new("Notes", "1.0.0")
        .endpoints(endpoints)
        .state(async |_| Ok(()));
    TestApi::new(api).await
}

async fn ask(caller: &TestCaller, path: &str, condition: &str) -> u16 {
    let request = caller.get(path).header("if-none-match", condition);
    request.await.status()
}

#[tokio::test]
async fn who_has_kept_the_answer_is_told_whether_it_still_is_the_same() {
    let user = api().await.as_user();
    for (path, condition, status) in [
        ("/api/v1/notes/7", r#""3""#, 304),
        ("/api/v1/notes/7", r#"W/"3""#, 304),
        ("/api/v1/notes/7", r#""1", "3""#, 304),
        ("/api/v1/notes/7", "*", 304),
        ("/api/v1/notes/7", r#""2""#, 200),
        ("/api/v1/notes/7", "3", 422),
        ("/api/v1/motto", r#""3""#, 304),
        ("/api/v1/rules", r#""3""#, 304),
        // Nothing is there, or nothing that has a version.
        ("/api/v1/notes/8", r#""3""#, 404),
        ("/api/v1/notes/8", "*", 404),
        ("/api/v1/ping", "*", 204),
        ("/api/v1/ping", "3", 204),
    ] {
        let answered = ask(&user, path, condition).await;
        assert_eq!(answered, status, "{path} {condition}");
    }
}

#[tokio::test]
async fn a_304_has_the_headers_of_the_200_and_nothing_of_its_content() {
    let user = api().await.as_user();
    for path in ["/api/v1/notes/7", "/api/v1/motto", "/api/v1/rules"] {
        let shown = user.get(path).await.assert_status(200);
        let kept = user.get(path).header("if-none-match", "\"3\"").await;
        for method in [http::Method::GET, http::Method::HEAD] {
            let again = user.request(method, path).header("if-none-match", "\"3\"");
            let again = again.await.assert_status(304);
            assert_eq!(again.bytes(), b"");
            for name in ["content-type", "content-length"] {
                assert_eq!(again.header(name), None, "{name} of {path}");
            }
        }
        for name in ["etag", "cache-control", "vary", "ratelimit-policy"] {
            assert_eq!(kept.header(name), shown.header(name), "{name} of {path}");
        }
        assert_eq!(kept.header("etag"), Some("\"3\""));
    }
}

/// RFC 9111 section 5.2.2.5. A browser's cache does not tell its users apart.
#[tokio::test]
async fn no_cache_keeps_what_is_for_one_caller_unless_the_reply_says_so() {
    let api = api().await;
    let user = api.as_user();
    for (path, said) in [
        ("/api/v1/desk", Some("no-store")),
        ("/api/v1/notes/7", Some("no-store")),
        ("/api/v1/notes/8", Some("no-store")),
        ("/api/v1/notes/x", Some("no-store")),
        ("/api/v1/ping", Some("no-store")),
        ("/api/v1/rules", Some("private, no-cache")),
        ("/api/v1/motto", None),
    ] {
        let answer = user.get(path).await;
        assert_eq!(answer.header("cache-control"), said, "{path}");
    }
    let created = user.post("/api/v1/notes").await.assert_status(201);
    assert_eq!(created.header("cache-control"), Some("no-store"));
    let refused = api.anonymous().get("/api/v1/rules").await;
    assert_eq!(refused.header("cache-control"), Some("no-store"));
}

/// RFC 9110 section 13.1.2: a condition on what is there does not create anything.
#[tokio::test]
async fn a_change_is_never_304() {
    let user = api().await.as_user();
    let create = user.post("/api/v1/notes").header("if-none-match", "*");
    create.await.assert_problem(412, "precondition_unsupported");
}

#[tokio::test]
async fn nobody_is_told_304_who_is_not_let_in() {
    let anonymous = api().await.anonymous();
    for condition in ["\"3\"", "*", "nonsense"] {
        for path in ["/api/v1/notes/7", "/api/v1/rules", "/api/v1/desk"] {
            assert_eq!(ask(&anonymous, path, condition).await, 401, "{condition}");
        }
    }
}

#[tokio::test]
async fn the_document_says_where_an_answer_can_be_304() {
    let user = api().await.as_user();
    let document: Value = user.get("/openapi.json").await.json();
    for (path, method, expected) in [
        ("/api/v1/desk", "get", true),
        ("/api/v1/motto", "get", true),
        ("/api/v1/notes/{id}", "get", true),
        ("/api/v1/rules", "get", true),
        ("/api/v1/notes", "post", false),
        ("/api/v1/ping", "get", false),
    ] {
        let operation = &document["paths"][path][method];
        let not_modified = &operation["responses"]["304"];
        let parameters = operation["parameters"].as_array();
        let parameter = parameters.and_then(|all| {
            let mut all = all.iter();
            all.find(|it| it["name"] == "If-None-Match" && it["in"] == "header")
        });
        assert_eq!(not_modified.is_object(), expected, "{path}");
        assert_eq!(parameter.is_some(), expected, "{path}");
        if let Some(parameter) = parameter {
            assert_eq!(parameter["required"], false, "{path}");
            assert_eq!(not_modified["content"], Value::Null, "{path}");
            for name in ["ETag", "Cache-Control", "x-correlation-id"] {
                assert!(not_modified["headers"][name].is_object(), "{path}: {name}");
            }
            let malformed = operation["responses"]["422"]["x-problem-codes"].as_array();
            assert!(malformed.is_some_and(|it| it.contains(&json!("invalid_header"))));
        }
    }
}

/// A tool's caller keeps no answers, and a condition on the message is none on the call.
#[tokio::test]
async fn a_tool_call_makes_no_condition() {
    let user = api().await.as_user();
    let me = user.object_id().unwrap().to_string();
    let shown = user.tool("get_desk", json!({})).await;
    assert_eq!(shown.content::<Value>(), json!({ "result": me }));
    let refused = user.tool("get_desk", json!({ "If-None-Match": "*" })).await;
    refused.assert_problem("invalid_arguments");
}
