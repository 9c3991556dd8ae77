//! `derive(Scalar)` and `derive(PathParams)`: one declaration is the schema, the check and the 422.

use axum::Router;
use axum::body::Body;
use axum::routing::{get, post};
use http::Request;
use portcullis::api_spec::{Op, check_against};
use portcullis::{Arg, Header, Json, NoContent, Path, PathParams, Query, Scalar};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tower::ServiceExt;
use utoipa::{PartialSchema, ToSchema};

use crate::support::read;

/// The symbol of an instrument.
#[derive(Debug, Clone, PartialEq, Scalar)]
#[scalar(min_length = 1, max_length = 4, pattern = "^[A-Z]*$", example = "ALPN")]
struct Symbol(String);

/// How many.
#[derive(Debug, Clone, Copy, PartialEq, Scalar)]
#[scalar(minimum = 1, exclusive_maximum = 100)]
struct Quantity(u32);

/// Who asks.
#[derive(Debug, Clone, PartialEq, Scalar)]
#[scalar(max_length = 8, header = "x-desk", name = "DeskName")]
struct Desk(String);

/// Aliases must work wherever a type does.
type Wrapped = f64;

#[derive(Debug, Clone, Copy, PartialEq, Scalar)]
#[scalar(minimum = -0.5, maximum = 0.5)]
struct Share(Wrapped);

#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct Order {
    symbol: Symbol,
    quantity: Quantity,
    share: Option<Share>,
    others: Vec<Symbol>,
}

#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "only what is wrong with it matters here")]
struct Filter {
    symbol: Option<Symbol>,
    #[serde(default)]
    quantity: Vec<Quantity>,
}

#[derive(Deserialize, PathParams)]
#[expect(dead_code, reason = "only what is wrong with it matters here")]
struct Place {
    /// How many pages in.
    page: Quantity,
    symbol: Symbol,
}

async fn answer(request: Request<Body>) -> (u16, Vec<String>, Vec<String>) {
    let router = Router::new()
        .route("/orders", post(|order: Json<Order>| async { order }))
        .route("/find", get(|_: Query<Filter>| async { NoContent }))
        .route("/desk", get(|_: Header<Desk>| async { NoContent }))
        .route(
            "/{symbol}/pages/{page}",
            get(|_: Path<Place>| async { NoContent }),
        );
    let (status, body) = read(router.oneshot(request).await.unwrap()).await;
    let errors = body["errors"].as_array().cloned().unwrap_or_default();
    let words = |member: &str| {
        let word = |error: &Value| error[member].as_str().unwrap().to_owned();
        errors.iter().map(word).collect()
    };
    (status, words("pointer"), words("detail"))
}

async fn order(body: Value) -> (u16, Vec<String>, Vec<String>) {
    let request = Request::post("/orders").header("content-type", "application/json");
    answer(request.body(Body::from(body.to_string())).unwrap()).await
}

async fn ask(path: &str) -> (u16, Vec<String>, Vec<String>) {
    answer(Request::get(path).body(Body::empty()).unwrap()).await
}

#[test]
fn a_declaration_is_the_schema() {
    let schema = serde_json::to_value(Symbol::schema()).unwrap();
    let expected = json!({
        "type": "string", "description": "The symbol of an instrument.",
        "minLength": 1, "maxLength": 4, "pattern": "^[A-Z]*$", "examples": ["ALPN"],
    });
    assert_eq!(schema, expected);
    assert_eq!(Desk::name(), "DeskName");
    let schema = serde_json::to_value(Share::schema()).unwrap();
    assert_eq!(
        schema,
        json!({ "type": "number", "format": "double", "minimum": -0.5, "maximum": 0.5 })
    );
}

#[test]
fn only_a_checked_value_can_be_made() {
    let symbol: Symbol = "ALPN".parse().unwrap();
    assert_eq!(
        (symbol.get().as_str(), symbol.to_string().as_str()),
        ("ALPN", "ALPN")
    );
    assert_eq!(
        Symbol::try_from("alpn".to_owned()).unwrap_err().to_string(),
        "does not match ^[A-Z]*$"
    );
    assert!("0".parse::<Quantity>().is_err());
    assert_eq!(u32::from(Quantity::try_from(99).unwrap()), 99);
    assert!(Quantity::try_from(100).is_err());
    assert!(Share::try_from(f64::NAN).is_err());
    let fault = "many".parse::<Quantity>().unwrap_err().to_string();
    assert_eq!(fault, "\"many\" is not a valid integer");
}

#[tokio::test]
async fn every_value_outside_comes_back_with_its_pointer() {
    let good = json!({ "symbol": "ALPN", "quantity": 1, "share": null, "others": [] });
    assert_eq!(order(good).await.0, 200);
    let bad =
        json!({ "symbol": "alpn", "quantity": 100, "share": 0.75, "others": ["A", "", "TOOLONG"] });
    assert!(check_against::<Order>(&bad).len() >= 5);
    let (status, mut pointers, details) = order(bad).await;
    pointers.sort();
    let expected = ["/others/1", "/others/2", "/quantity", "/share", "/symbol"];
    assert_eq!(
        (status, pointers),
        (422, expected.map(str::to_owned).to_vec())
    );
    assert!(
        details.contains(&"must be below 100".to_owned()),
        "{details:?}"
    );
}

#[tokio::test]
async fn a_scalar_is_checked_in_query_path_and_header() {
    assert_eq!(ask("/find?symbol=A&quantity=1&quantity=2").await.0, 204);
    let (status, pointers, _) = ask("/find?symbol=a&quantity=0").await;
    assert_eq!(
        (status, pointers),
        (
            422,
            vec!["/query/symbol".to_owned(), "/query/quantity".to_owned()]
        )
    );
    assert_eq!(ask("/ALPN/pages/7").await.0, 204);
    let (status, mut pointers, _) = ask("/alpn/pages/0").await;
    pointers.sort();
    assert_eq!(
        (status, pointers),
        (
            422,
            vec!["/path/page".to_owned(), "/path/symbol".to_owned()]
        )
    );
    let desk = |name: &str| {
        answer(
            Request::get("/desk")
                .header("x-desk", name)
                .body(Body::empty())
                .unwrap(),
        )
    };
    assert_eq!(desk("rates").await.0, 204);
    let (status, pointers, _) = desk("far too long").await;
    assert_eq!((status, pointers), (422, vec!["/header/x-desk".to_owned()]));
}

#[test]
fn path_parameters_are_described_by_name() {
    let mut op = Op {
        path_names: ["symbol", "page"].into(),
        ..Op::default()
    };
    <Path<Place> as Arg<()>>::describe(&mut op);
    assert!(op.path_names.is_empty());
    let parameters = serde_json::to_value(&op.parameters).unwrap();
    assert_eq!(parameters[0]["name"], "page");
    assert_eq!(parameters[0]["description"], "How many pages in.");
    assert_eq!(parameters[1]["name"], "symbol");
}
