//! A JSON body has the shape that the document promises, at every depth: no list for an object, and no number that its type
//! cannot hold.

use std::collections::BTreeMap;

use axum::Router;
use axum::body::Body;
use axum::routing::post;
use http::Request;
use portcullis::Json;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tower::ServiceExt;
use utoipa::ToSchema;

use crate::support::read;

#[derive(Default, Deserialize, Serialize, ToSchema)]
struct Place {
    #[serde(default)]
    city: String,
    #[serde(default)]
    height: f32,
}

#[derive(Deserialize, Serialize, ToSchema)]
struct Weight(f32);

#[derive(Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Payment {
    Cash,
    Card { limit: f32 },
    Gift(Place),
    Split(f32, f32),
}

#[derive(Default, Deserialize, Serialize, ToSchema)]
#[serde(default)]
struct Order {
    place: Place,
    perhaps: Option<Place>,
    boxed: Box<Place>,
    stops: Vec<Place>,
    by_name: BTreeMap<String, Place>,
    weight: Option<Weight>,
    heights: Vec<f32>,
    pair: Option<(f32, i8)>,
    far: f64,
    payment: Option<Payment>,
    free: Value,
}

async fn send(body: String) -> (u16, Value) {
    let router = Router::new().route("/order", post(async |order: Json<Order>| order));
    let request = Request::post("/order").header("content-type", "application/json");
    read(
        router
            .oneshot(request.body(Body::from(body)).unwrap())
            .await
            .unwrap(),
    )
    .await
}

#[tokio::test]
async fn a_list_is_no_object_at_any_depth() {
    for (body, pointer) in [
        (json!([]), ""),
        (json!({"place": []}), "/place"),
        (json!({"place": ["Bern", 540]}), "/place"),
        (json!({"perhaps": ["Bern"]}), "/perhaps"),
        (json!({"boxed": ["Bern"]}), "/boxed"),
        (json!({"stops": [{"city": "Bern"}, ["Bern"]]}), "/stops/1"),
        (json!({"by_name": {"home": ["Bern"]}}), "/by_name/home"),
        (json!({"payment": {"card": [1.0]}}), "/payment/card"),
        (json!({"payment": {"gift": ["Bern"]}}), "/payment/gift"),
    ] {
        let (status, answer) = send(body.to_string()).await;
        assert_eq!(status, 422, "{body}: {answer}");
        let errors = answer["errors"].as_array().unwrap();
        let is_named = errors.iter().any(|error| error["pointer"] == pointer);
        assert!(is_named, "{body}: {answer}");
    }
}

#[tokio::test]
async fn a_number_that_its_type_cannot_hold_is_refused() {
    for (body, pointer) in [
        (r#"{"place": {"height": 1e39}}"#, "/place/height"),
        (r#"{"place": {"height": -1e39}}"#, "/place/height"),
        (r#"{"weight": 3.5e38}"#, "/weight"),
        (r#"{"far": 1e309}"#, "/far"),
        (r#"{"heights": [1, 1e300]}"#, "/heights/1"),
        (r#"{"pair": [1e39, 1]}"#, "/pair/0"),
        (
            r#"{"payment": {"card": {"limit": 1e39}}}"#,
            "/payment/card/limit",
        ),
        (r#"{"payment": {"split": [1, 1e39]}}"#, "/payment/split/1"),
        (
            r#"{"place": {"height": 400000000000000000000000000000000000000}}"#,
            "/place/height",
        ),
    ] {
        let (status, answer) = send(body.to_owned()).await;
        assert_eq!(status, 422, "{body}: {answer}");
        let errors = answer["errors"].as_array().unwrap();
        let is_named = errors.iter().any(|error| error["pointer"] == pointer);
        assert!(is_named, "{body}: {answer}");
    }
}

#[tokio::test]
async fn what_the_document_promises_is_taken() {
    let order = json!({
        "place": {"city": "Bern", "height": 540.5},
        "stops": [{"city": "Thun"}],
        "by_name": {"home": {"city": "Bern"}},
        "weight": -3.0e38,
        "heights": [1, -2, 3.4e38, 1e-60],
        "pair": [1.5, 1],
        "far": 1e300,
        "payment": {"split": [1, 2.5]},
        "free": [["anything"], {"a": 1e300}],
    });
    let (status, answer) = send(order.to_string()).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(answer["free"], order["free"]);
    assert_eq!(answer["far"], 1e300);
    assert_eq!(answer["pair"], json!([1.5, 1]));
    let (status, answer) = send(r#"{"payment": "cash"}"#.to_owned()).await;
    assert_eq!((status, &answer["payment"]), (200, &json!("cash")));
}
