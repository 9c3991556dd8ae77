//! A value that is no variant of an enum: what would be one is said in the same words over REST and MCP.

use portcullis::testing::TestApi;
use portcullis::{Api, Json, NoContent, endpoint, endpoints};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

#[derive(Serialize, Deserialize, ToSchema)]
enum Kind {
    Equity,
    Fund,
}

#[derive(Serialize, Deserialize, ToSchema)]
enum Outside {
    Anytime,
    Within { days: u32 },
    Until { date: String },
}

#[derive(Serialize, Deserialize, ToSchema)]
#[serde(tag = "type")]
enum Inside {
    Market,
    Limit { price: f64 },
}

#[derive(Serialize, Deserialize, ToSchema)]
struct Order {
    kind: Kind,
    hedge: Option<Kind>,
    time: Outside,
    price: Inside,
}

/// Place an order.
#[endpoint(post, "/orders", signed_in, mcp)]
async fn place_order(Json(_): Json<Order>) -> NoContent {
    NoContent
}

/// What is wrong with an order in which one member is another, by both ways.
async fn faults_with(api: &TestApi, member: &str, value: &Value) -> [Value; 2] {
    let mut order = json!({
        "kind": "Fund",
        "time": { "Within": { "days": 3 } },
        "price": { "type": "Market" },
    });
    order[member] = value.clone();
    let caller = api.as_user();
    let answer = caller.post("/api/v1/orders").json(&order).await;
    let by_request = answer.assert_problem(422, "invalid_body")["errors"].clone();
    let answer = caller.tool("place_order", order).await;
    let by_tool = answer.assert_problem("invalid_arguments")["errors"].clone();
    [by_request, by_tool]
}

#[tokio::test]
async fn a_wrong_variant_is_explained_alike_by_request_and_tool() {
    let api = Api::new("Orders", "1.0.0").endpoints(endpoints![place_order]);
    let api = TestApi::new(api.state(async |_| Ok(()))).await;
    let outside = r#"expected "Anytime" or an object with one member of "Within", "Until""#;
    for (member, value, pointer, detail) in [
        (
            "kind",
            json!("Bond"),
            "/kind",
            r#"expected one of "Equity", "Fund""#,
        ),
        (
            "kind",
            json!({ "Fund": {} }),
            "/kind",
            r#"expected one of "Equity", "Fund", found object"#,
        ),
        (
            "hedge",
            json!("Bond"),
            "/hedge",
            r#"expected one of "Equity", "Fund" or null"#,
        ),
        ("time", json!({ "Witin": { "days": 3 } }), "/time", outside),
        ("time", json!("Within"), "/time", outside),
        (
            "time",
            json!({ "Within": { "days": "3" } }),
            "/time/Within/days",
            "expected integer, found string",
        ),
        (
            "price",
            json!({ "type": "Limt", "price": 3 }),
            "/price/type",
            r#"expected one of "Market", "Limit""#,
        ),
        (
            "price",
            json!({ "price": 3 }),
            "/price/type",
            r#"is required: one of "Market", "Limit""#,
        ),
        (
            "price",
            json!({ "type": "Limit" }),
            "/price/price",
            "is required",
        ),
    ] {
        let expected = json!([{ "pointer": pointer, "detail": detail }]);
        for errors in faults_with(&api, member, &value).await {
            assert_eq!(errors, expected, "{member} {value}");
        }
    }
}
