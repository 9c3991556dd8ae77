//! Values that come as text have one spelling, and the same one in a query, in both kinds of form, in a path and in a header.

use axum::Router;
use axum::body::Body;
use axum::routing::{get, post};
use http::Request;
use portcullis::{Form, Header, Json, Multipart, Path, PathParams, Query, Scalar};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tower::ServiceExt;
use utoipa::ToSchema;

use crate::support::read;

/// How many.
#[derive(Debug, Clone, Copy, Scalar)]
#[scalar(maximum = 100, header = "x-quantity")]
struct Quantity(u32);

/// A part of the whole.
#[derive(Debug, Clone, Copy, Scalar)]
#[scalar(minimum = 0.0, maximum = 1.0)]
struct Share(f64);

#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Staff,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Values {
    count: Option<i8>,
    weight: Option<f64>,
    small: Option<f32>,
    share: Option<Share>,
    quantity: Option<Quantity>,
    is_public: Option<bool>,
    text: Option<String>,
    kind: Option<Kind>,
    #[serde(default)]
    must: f64,
    #[serde(default)]
    many: Vec<f64>,
    #[serde(default)]
    counts: Vec<u8>,
}

#[derive(Debug, Serialize, Deserialize, PathParams)]
struct Place {
    id: u32,
    share: Share,
    is_new: bool,
}

async fn send(request: Request<Body>) -> (u16, Value) {
    let router = Router::new()
        .route(
            "/query",
            get(|Query(it): Query<Values>| async move { Json(it) }),
        )
        .route(
            "/form",
            post(|Form(it): Form<Values>| async move { Json(it) }),
        )
        .route(
            "/parts",
            post(|Multipart(it): Multipart<Values>| async move { Json(it) }),
        )
        .route(
            "/one/{id}",
            get(|Path(it): Path<u32>| async move { Json(it) }),
        )
        .route(
            "/two/{id}/{n}",
            get(|Path(it): Path<(Quantity, i64)>| async move { Json(it.1) }),
        )
        .route(
            "/three/{id}/{share}/{is_new}",
            get(|Path(it): Path<Place>| async move { Json(it) }),
        )
        .route(
            "/header",
            get(|Header(it): Header<Quantity>| async move { Json(it) }),
        );
    read(router.oneshot(request).await.unwrap()).await
}

/// What a query, a form and a form of parts answer to one value, percent-encoded for the first two.
async fn ask_all(name: &str, value: &str) -> [(u16, Value); 3] {
    let pair = format!("{name}={value}");
    let query = Request::get(format!("/query?{pair}")).body(Body::empty());
    let form = Request::post("/form")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(pair));
    let mut part = format!("--frontier\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n")
        .into_bytes();
    part.extend(percent_decode(value));
    part.extend(b"\r\n--frontier--\r\n");
    let parts = Request::post("/parts")
        .header("content-type", "multipart/form-data; boundary=frontier")
        .body(Body::from(part));
    [
        send(query.unwrap()).await,
        send(form.unwrap()).await,
        send(parts.unwrap()).await,
    ]
}

fn percent_decode(text: &str) -> Vec<u8> {
    let mut bytes = text.bytes();
    let mut decoded = Vec::new();
    while let Some(byte) = bytes.next() {
        match byte {
            b'%' => {
                let digits = [bytes.next().unwrap(), bytes.next().unwrap()];
                let digits = str::from_utf8(&digits).unwrap();
                decoded.push(u8::from_str_radix(digits, 16).unwrap());
            }
            other => decoded.push(other),
        }
    }
    decoded
}

async fn assert_refused(name: &str, value: &str) {
    let answers = ask_all(name, value).await;
    for ((status, body), root) in answers.into_iter().zip(["/query", "", ""]) {
        assert_eq!(status, 422, "{name}={value}: {body}");
        let pointer = body["errors"][0]["pointer"].as_str().unwrap_or_default();
        let expected = format!("{root}/{name}");
        assert!(pointer.starts_with(&expected), "{name}={value}: {body}");
        assert_eq!(body["errors"].as_array().unwrap().len(), 1, "{body}");
    }
}

async fn assert_read(name: &str, value: &str, expected: Value) {
    for (status, body) in ask_all(name, value).await {
        assert_eq!(status, 200, "{name}={value}: {body}");
        assert_eq!(body[name], expected, "{name}={value}: {body}");
    }
}

#[tokio::test]
async fn a_number_that_json_cannot_send_is_refused_everywhere() {
    for name in ["weight", "small", "share", "must", "many"] {
        for value in [
            "NaN", "nan", "inf", "-inf", "Infinity", "1e999", "-1e999", "%2B1", ".5", "1.",
        ] {
            assert_refused(name, value).await;
        }
    }
    assert_refused("small", "1e39").await;
    assert_read("weight", "-1.5e2", json!(-150.0)).await;
    assert_read("share", "0.25", json!(0.25)).await;
    assert_read("many", "1e3", json!([1000.0])).await;
}

#[tokio::test]
async fn a_whole_number_has_one_spelling_everywhere() {
    for name in ["count", "quantity", "counts"] {
        for value in ["%2B5", "007", "-0", "5.0", "%205", "5%20", "many", "300"] {
            assert_refused(name, value).await;
        }
    }
    assert_read("count", "-5", json!(-5)).await;
    assert_read("quantity", "0", json!(0)).await;
    assert_read("counts", "10", json!([10])).await;
}

#[tokio::test]
async fn a_boolean_is_true_or_false_everywhere() {
    for value in ["on", "1", "True", "yes"] {
        assert_refused("is_public", value).await;
    }
    assert_read("is_public", "true", json!(true)).await;
    assert_read("is_public", "false", json!(false)).await;
}

#[tokio::test]
async fn an_optional_number_that_nobody_filled_in_is_absent_everywhere() {
    for name in ["count", "weight", "small", "share", "quantity", "is_public"] {
        assert_read(name, "", Value::Null).await;
    }
    assert_read("text", "", json!("")).await;
    for name in ["must", "many", "counts", "kind"] {
        assert_refused(name, "").await;
    }
}

#[tokio::test]
async fn what_is_left_blank_is_no_fault_beside_others() {
    let form = "--f\r\ncontent-disposition: form-data; name=\"count\"\r\n\r\n\r\n\
                --f\r\ncontent-disposition: form-data; name=\"must\"\r\n\r\nNaN\r\n--f--\r\n";
    let request = Request::post("/parts").header("content-type", "multipart/form-data; boundary=f");
    let (status, body) = send(request.body(Body::from(form)).unwrap()).await;
    assert_eq!(
        (status, &body["errors"][0]["pointer"]),
        (422, &json!("/must"))
    );
    assert_eq!(body["errors"].as_array().unwrap().len(), 1, "{body}");
}

#[tokio::test]
async fn bytes_that_are_not_text_are_refused_everywhere() {
    for value in ["%FF", "a%C3", "%ED%A0%80"] {
        assert_refused("text", value).await;
        assert_refused("kind", value).await;
    }
    assert_read("text", "%EF%BF%BD", json!("\u{fffd}")).await;
    for path in ["/one/%FF", "/three/1/0.5/%FF"] {
        let (status, body) = send(Request::get(path).body(Body::empty()).unwrap()).await;
        assert_eq!((status, &body["code"]), (422, &json!("invalid_path")));
        let pointer = body["errors"][0]["pointer"].as_str().unwrap();
        assert!(matches!(pointer, "/path/id" | "/path/is_new"), "{body}");
    }
    let name = Request::get("/query?%FF=1").body(Body::empty()).unwrap();
    let (status, body) = send(name).await;
    assert_eq!(
        (status, &body["errors"][0]["pointer"]),
        (422, &json!("/query"))
    );
}

#[tokio::test]
async fn a_path_has_one_spelling() {
    for (path, expected) in [
        ("/one/7", json!(7)),
        ("/two/7/-7", json!(-7)),
        (
            "/three/7/0.5/true",
            json!({ "id": 7, "share": 0.5, "is_new": true }),
        ),
    ] {
        let answer = send(Request::get(path).body(Body::empty()).unwrap()).await;
        assert_eq!(answer, (200, expected), "{path}");
    }
    for (path, pointer) in [
        ("/one/007", "/path/id"),
        ("/one/+7", "/path/id"),
        ("/one/%2B7", "/path/id"),
        ("/two/07/7", "/path/id"),
        ("/two/7/-0", "/path/n"),
        ("/two/7/07", "/path/n"),
        ("/three/07/0.5/true", "/path/id"),
        ("/three/7/.5/true", "/path/share"),
        ("/three/7/NaN/true", "/path/share"),
        ("/three/7/0.5/True", "/path/is_new"),
    ] {
        let (status, body) = send(Request::get(path).body(Body::empty()).unwrap()).await;
        let errors = body["errors"].as_array().unwrap();
        assert_eq!((status, errors.len()), (422, 1), "{path}: {body}");
        assert_eq!(errors[0]["pointer"], pointer, "{path}: {body}");
    }
}

#[tokio::test]
async fn a_header_has_one_spelling() {
    for (value, expected) in [("7", 200), ("+7", 422), ("07", 422), ("-0", 422)] {
        let request = Request::get("/header").header("x-quantity", value);
        let (status, body) = send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(status, expected, "{value}: {body}");
    }
}
