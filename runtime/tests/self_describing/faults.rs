//! All faults of a request's content come back at once, each with its pointer.

use axum::Router;
use axum::body::Body;
use axum::routing::{get, post};
use http::Request;
use portcullis::{Form, Json, NoContent, Path, Query};
use serde::Deserialize;
use serde_json::{Value, json};
use tower::ServiceExt;
use utoipa::ToSchema;

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

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only what is wrong with it matters here")]
struct Search {
    text: String,
    limit: Option<u8>,
    exact: Option<bool>,
    #[serde(default)]
    tag: Vec<u8>,
}

async fn pointers(request: Request<Body>) -> (u16, Vec<String>) {
    let router = Router::new()
        .route("/body", post(|_: Json<Delivery>| async { NoContent }))
        .route("/form", post(|_: Form<Search>| async { NoContent }))
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
async fn only_the_documented_media_type_is_read_as_json() {
    for (media_type, status) in [
        ("application/json", 204),
        ("Application/JSON ; charset=utf-16; profile=x", 204),
        ("application/problem+json", 415),
        ("application/merge-patch+json", 415),
        ("text/json", 415),
        ("", 415),
    ] {
        let request = Request::post("/body").header("content-type", media_type);
        let request = request.body(Body::from(r#"{"rows":[]}"#)).unwrap();
        assert_eq!(pointers(request).await.0, status, "{media_type}");
    }
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
async fn a_name_that_comes_again_is_a_list() {
    let (status, _) = of_path("/query?text=a&tag=1&tag=2").await;
    assert_eq!(status, 204);
    let found = of_path("/query?text=a&tag=1&tag=many").await;
    assert_eq!(found, refused(&["/query/tag"]));
}

#[tokio::test]
async fn a_form_is_read_as_a_query_is() {
    let form = |media_type: &str, text: &'static str| {
        let request = Request::post("/form").header("content-type", media_type);
        pointers(request.body(Body::from(text)).unwrap())
    };
    let media_type = "Application/X-WWW-Form-Urlencoded; charset=utf-8";
    assert_eq!(form(media_type, "text=a+b&tag=1&tag=2").await.0, 204);
    let found = form(media_type, "limit=many&colour=red").await;
    assert_eq!(found, refused(&["/limit", "/colour", "/text"]));
    assert_eq!(form("application/json", "text=a").await.0, 415);
    let too_large = "x".repeat(3 * 1024 * 1024);
    let request = Request::post("/form").header("content-type", media_type);
    let found = pointers(request.body(Body::from(too_large)).unwrap()).await;
    assert_eq!(found.0, 413);
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

#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "only what is wrong with it matters here")]
struct Options {
    #[serde(default)]
    depth: Option<u8>,
}

#[tokio::test]
async fn a_list_does_not_stand_for_an_object_though_serde_takes_it() {
    let send = async |path: &str, body: &str| {
        let router: Router = Router::new()
            .route("/options", post(|_: Json<Options>| async { NoContent }))
            .route("/delivery", post(|_: Json<Delivery>| async { NoContent }))
            .route("/list", post(|_: Json<Vec<u8>>| async { NoContent }));
        let request = Request::post(path)
            .header("content-type", "application/json")
            .body(Body::from(body.to_owned()))
            .unwrap();
        let (status, body) = read(router.oneshot(request).await.unwrap()).await;
        (status, body["errors"].to_string())
    };
    for (path, body) in [
        ("/options", "[]"),
        ("/options", " \n[7]"),
        ("/delivery", r#"[[{"close":1,"date":"2026-01-31"}],"ABC"]"#),
    ] {
        let (status, errors) = send(path, body).await;
        assert_eq!(status, 422, "{body}");
        assert!(errors.contains("expected object, found array"), "{errors}");
    }
    assert_eq!(send("/options", "{}").await.0, 204);
    assert_eq!(send("/list", "[1,2]").await.0, 204);
}
