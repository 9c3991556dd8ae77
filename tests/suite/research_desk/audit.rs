//! The audit log: who called what, when, and what came of it.

use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::portfolios::{create, hold};
use crate::harness::{Mcp, Service, Tenant, Token, eventually};

const AUDIT: &str = "/api/v1/audit";

async fn entries(service: &Service, admin: &Token, query: &str) -> Vec<Value> {
    let path = format!("{AUDIT}?limit=100&{query}");
    let page = service.get_as(admin, &path).await.expect(200).json();
    page["items"].as_array().cloned().unwrap_or_default()
}

/// Operation, surface, status and code of an entry.
fn outline(entry: &Value) -> Value {
    json!([
        entry["operation"],
        entry["surface"],
        entry["status"],
        entry["code"]
    ])
}

#[tokio::test]
async fn every_change_is_listed_with_its_caller_and_its_outcome() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let admin = tenant.user(&["Admin"]);
    let manager = tenant.user(&["PM"]);
    let portfolio = create(&service, &manager).await;
    let id = portfolio.rsplit('/').next().unwrap();
    let mcp = Mcp::of(&service, Some(&manager));
    let position = json!({ "id": id, "symbol": "CRDN", "quantity": 1 });
    mcp.call_well("put_position", position).await;
    hold(&service, &manager, &portfolio, ("ALPN", 1))
        .await
        .problem(409);
    let another = tenant.user(&["PM"]);
    hold(&service, &another, &portfolio, ("CRDN", 2))
        .await
        .problem(403);
    let viewer = tenant.user(&["Viewer"]);
    hold(&service, &viewer, &portfolio, ("CRDN", 3))
        .await
        .problem(403);
    service.get_as(&viewer, &portfolio).await.expect(200);

    let listed = entries(&service, &admin, "").await;
    let outlines: Vec<Value> = listed.iter().map(outline).collect();
    let expected = [
        json!(["put_position", "rest", 403, "forbidden"]),
        json!(["put_position", "rest", 403, "not_the_manager"]),
        json!(["put_position", "rest", 409, "another_currency"]),
        json!(["put_position", "mcp", 200, null]),
        json!(["create_portfolio", "rest", 201, null]),
    ];
    assert_eq!(outlines, expected, "newest first");
    let refused = &listed[0];
    assert_eq!(refused["caller"]["object_id"], *viewer.get("oid"));
    assert_eq!(refused["client_id"], *viewer.get("azp"));
    assert_eq!(refused["caller_type"], "user");
    assert_eq!(refused["method"], "PUT");
    assert_eq!(refused["path"], format!("{portfolio}/positions/CRDN"));
    assert!(listed.is_sorted_by(|newer, older| newer["at"].as_str() >= older["at"].as_str()));
}

#[tokio::test]
async fn the_log_is_searched_and_read_in_pages() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let admin = tenant.user(&["Admin"]);
    let [one, other] = [tenant.user(&["PM"]), tenant.user(&["PM"])];
    for manager in [&one, &other, &one] {
        create(&service, manager).await;
    }
    let feed = tenant.application(&["Ingest"]);
    let path = "/api/v1/instruments/NONE/prices";
    let body = json!({ "rows": [{ "date": "2026-01-30", "close": 1.0 }] });
    let refused = service.send_as(&feed, Method::PUT, path, &body).await;
    let correlation_id = refused.problem(404)["correlation_id"].clone();

    let object_id = one.get("oid").as_str().unwrap();
    let of_one = entries(&service, &admin, &format!("caller={object_id}")).await;
    assert_eq!(of_one.len(), 2);
    let prices = entries(&service, &admin, "operation=put_prices&surface=rest").await;
    assert_eq!(prices.len(), 1);
    assert_eq!(prices[0]["caller_type"], "application");
    assert_eq!(prices[0]["correlation_id"], correlation_id);
    assert!(entries(&service, &admin, "surface=mcp").await.is_empty());

    let all = entries(&service, &admin, "").await;
    let mut paged = Vec::new();
    let mut next = format!("{AUDIT}?limit=3");
    loop {
        let page = service.get_as(&admin, &next).await.expect(200).json();
        paged.extend(page["items"].as_array().cloned().unwrap());
        let Some(cursor) = page["next_cursor"].as_str() else {
            break;
        };
        next = format!("{AUDIT}?limit=3&cursor={cursor}");
    }
    assert_eq!((all.len(), &paged), (4, &all));
}

/// Whoever hangs up in the middle of a call leaves his entry all the same.
#[tokio::test]
async fn nobody_gets_out_of_the_log_by_hanging_up() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let admin = tenant.user(&["Admin"]);
    let manager = tenant.user(&["PM"]);
    let mut stream = TcpStream::connect(service.address()).await.unwrap();
    let head = format!(
        "POST /api/v1/portfolios HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {manager}\r\n\
         content-type: application/json\r\ncontent-length: 100\r\n\r\n{{"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    drop(stream);
    let entry = eventually("the entry of a call that was cut off", async || {
        let listed = entries(&service, &admin, "operation=create_portfolio").await;
        listed.into_iter().next()
    })
    .await;
    assert_eq!(entry["caller"]["object_id"], *manager.get("oid"));
    assert_ne!(entry["status"], 201, "{entry}");
}

#[tokio::test]
async fn whoever_is_nobody_leaves_no_entry_and_nobody_else_reads_the_log() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let body = json!({ "name": "Growth", "currency": "USD" });
    let forged = tenant.user(&["PM"]).expired();
    let path = "/api/v1/portfolios";
    let answer = service.send_as(&forged, Method::POST, path, &body).await;
    answer.problem(401);
    service
        .request(Method::POST, path)
        .json(&body)
        .send()
        .await
        .unwrap();
    let admin = tenant.user(&["Admin"]);
    assert!(entries(&service, &admin, "").await.is_empty());
    for role in ["PM", "Analyst", "Viewer"] {
        let reader = tenant.user(&[role]);
        service.get_as(&reader, AUDIT).await.problem(403);
    }
    let tools = Mcp::of(&service, Some(&admin)).tool_names().await;
    assert!(
        !tools.iter().any(|tool| tool.contains("audit")),
        "{tools:?}"
    );
}
