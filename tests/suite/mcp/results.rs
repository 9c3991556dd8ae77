//! Every tool of the desk, called well once: what it gives is what its output schema says (the harness compares every
//! result that any test sees).

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::harness::{Matrix, Mcp, Service, Tenant};

#[tokio::test]
async fn every_tool_gives_what_its_schema_promises() {
    let matrix = Matrix::read().await;
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let everybody = tenant.user(&["Admin", "Analyst", "PM", "Viewer"]);
    let mut walk = Walk {
        mcp: Mcp::of(&service, Some(&everybody)),
        called: BTreeSet::new(),
    };
    walk.call("get_me", json!({})).await;
    walk.call("list_instruments", json!({ "limit": 2 })).await;
    walk.call("get_instrument", json!({ "symbol": "ALPN" }))
        .await;
    walk.call("list_prices", json!({ "symbol": "ALPN", "limit": 3 }))
        .await;
    let text = json!({ "symbol": "ALPN", "title": "Milk", "body": "Prices." });
    let report = walk.call("create_report", text.clone()).await;
    let id = json!({ "id": report["id"] });
    walk.call("get_report", id.clone()).await;
    walk.call("list_reports", json!({})).await;
    let mut change = text;
    change["id"] = report["id"].clone();
    change["If-Match"] = "\"1\"".into();
    walk.call("update_report", change).await;
    walk.call("publish_report", id.clone()).await;
    walk.call("delete_report", id).await;
    let core = json!({ "name": "Core", "currency": "CHF" });
    let portfolio = walk.call("create_portfolio", core).await;
    let id = portfolio["id"].clone();
    let position = json!({ "id": id, "symbol": "ALPN", "quantity": 10 });
    walk.call("put_position", position).await;
    walk.call("get_portfolio", json!({ "id": id })).await;
    walk.call("list_portfolios", json!({})).await;
    let valuation = walk.call("value_portfolio", json!({ "id": id })).await;
    let valuation = json!({ "id": valuation["id"] });
    walk.call("get_valuation", valuation).await;
    let tools = matrix.operations.iter().filter_map(|it| it.tool.clone());
    assert_eq!(walk.called, tools.collect(), "a tool is called by nobody");
}

struct Walk<'a> {
    mcp: Mcp<'a>,
    called: BTreeSet<String>,
}

impl Walk<'_> {
    async fn call(&mut self, tool: &str, arguments: Value) -> Value {
        self.called.insert(tool.to_owned());
        self.mcp.call_well(tool, arguments).await
    }
}
