//! All faults of a request's content come back at once, each with its pointer.

use axum::Router;
use axum::body::Body;
use axum::routing::{get, post};
use http::Request;
use portcullis::{Json, NoContent, Path, Query};
use serde::Deserialize;
use serde_json::{Value, json};
use tower::ServiceExt;
use utoipa::{IntoParams, ToSchema};

use crate::support::read;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only what is wrong with it matters here")]
struct Delivery {
    rows: Vec<Row>,
    #[schema(pattern = "^[A-Z]{1,4}$")]
    symbol: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "only what is wrong with it matters here")]
struct Row {
    #[schema(exclusive_minimum = 0)]
    close: f64,
    #[schema(format = Date)]
    date: String,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only what is wrong with it matters here")]
struct Search {
    text: String,
    limit: Option<u8>,
    exact: Option<bool>,
}

async fn pointers(request: Request<Body>) -> (u16, Vec<String>) {
    let router = Router::new()
        .route("/body", post(|_: Json<Delivery>| async { NoContent }))
        .route("/query", get(|_: Query<Search>| async { NoContent }))
        .route("/one/{id}", get(|_: Path<u32>| async { NoContent }))
        .route(
            "/two/{id}/pages/{page}",
            get(|_: Path<(u32, bool)>| async { NoContent }),
        );
    let (status, body) = read(router.oneshot(request).await.unwrap()).await;
    let errors = body["errors"].as_array().cloned().unwrap_or_default();
    for error in &errors {
        assert!(!error["detail"].as_str().unwrap().is_empty(), "{error}");
    }
    let pointer = |error: &Value| error["pointer"].as_str().unwrap().to_owned();
    (status, errors.iter().map(pointer).collect())
}

async fn of_body(body: Value) -> (u16, Vec<String>) {
    let request = Request::post("/body")
        .header("content-type", "application/json")
        .body(Body::from(body.to_string()));
    pointers(request.unwrap()).await
}

async fn of_path(path: &str) -> (u16, Vec<String>) {
    pointers(Request::get(path).body(Body::empty()).unwrap()).await
}

fn refused(pointers: &[&str]) -> (u16, Vec<String>) {
    (422, pointers.iter().map(|it| (*it).to_owned()).collect())
}

#[tokio::test]
async fn every_fault_of_a_body_is_named() {
    let body = json!({
        "rows": [
            { "close": "high", "date": "2026-01-01" },
            { "close": 1.0, "date": "2026-01-02" },
            { "close": -1.0, "date": "2026-02-30" },
            { "date": "2026-01-02" },
        ],
        "symbol": "alpn",
        "x/y": 1,
    });
    let expected = refused(&[
        "/rows/0/close",
        "/rows/2/close",
        "/rows/2/date",
        "/rows/3/close",
        "/symbol",
        "/x~1y",
    ]);
    let (status, mut found) = of_body(body).await;
    found.sort();
    assert_eq!((status, found), expected);
}

#[tokio::test]
async fn what_a_type_accepts_is_not_checked_again() {
    let lax = json!({ "rows": [{ "close": -1.0, "date": "someday" }] });
    assert_eq!(of_body(lax).await, (204, Vec::new()));
}

#[tokio::test]
async fn what_only_serde_knows_is_kept() {
    let text = r#"{"rows":[],"rows":[]}"#;
    let request = Request::post("/body").header("content-type", "application/json");
    let found = pointers(request.body(Body::from(text)).unwrap()).await;
    assert_eq!(found, refused(&[""]), "a duplicate field");
}

#[tokio::test]
async fn every_fault_of_a_query_is_named() {
    for (query, expected) in [
        (
            "limit=many&exact=perhaps&text=a",
            &["/query/limit", "/query/exact"][..],
        ),
        ("limit=300", &["/query/limit", "/query/text"]),
        ("", &["/query/text"]),
        (
            "text=a&colour=red&limit=-1",
            &["/query/colour", "/query/limit"],
        ),
        ("text=a&text=b", &["/query/text"]),
    ] {
        let (status, found) = of_path(&format!("/query?{query}")).await;
        assert_eq!((status, found), refused(expected), "{query}");
    }
    assert_eq!(of_path("/query?text=a&limit=3").await.0, 204);
}

#[tokio::test]
async fn every_fault_of_a_path_is_named() {
    assert_eq!(of_path("/one/x").await, refused(&["/path/id"]));
    assert_eq!(of_path("/one/99999999999").await, refused(&["/path/id"]));
    assert_eq!(
        of_path("/two/-1/pages/x").await,
        refused(&["/path/id", "/path/page"])
    );
    assert_eq!(of_path("/two/1/pages/x").await, refused(&["/path/page"]));
    assert_eq!(of_path("/two/1/pages/true").await.0, 204);
}
