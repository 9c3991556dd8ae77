//! Portfolios: kept by their managers, read by the desk.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, Mcp, Service, Tenant, Token};

pub(super) const PORTFOLIOS: &str = "/api/v1/portfolios";

/// Creates a portfolio in dollars and gives its path.
pub(crate) async fn create(service: &Service, manager: &Token) -> String {
    let body = json!({ "name": "Growth", "currency": "USD" });
    let created = service
        .send_as(manager, Method::POST, PORTFOLIOS, &body)
        .await
        .expect(201);
    let location = created.header("location");
    location.expect("a created one says where").to_owned()
}

pub(crate) async fn hold(
    service: &Service,
    manager: &Token,
    portfolio: &str,
    (symbol, quantity): (&str, u32),
) -> Answer {
    let path = format!("{portfolio}/positions/{symbol}");
    let body = json!({ "quantity": quantity });
    service.send_as(manager, Method::PUT, &path, &body).await
}

#[tokio::test]
async fn a_portfolio_holds_what_its_manager_says() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let manager = tenant.user(&["PM"]);
    let path = create(&service, &manager).await;
    hold(&service, &manager, &path, ("HRBR", 5))
        .await
        .expect(200);
    hold(&service, &manager, &path, ("CRDN", 7))
        .await
        .expect(200);
    let held = hold(&service, &manager, &path, ("HRBR", 3))
        .await
        .expect(200);
    let positions = json!([
        { "symbol": "CRDN", "quantity": 7 },
        { "symbol": "HRBR", "quantity": 3 },
    ]);
    assert_eq!(held.json()["positions"], positions);
    assert_eq!(held.header("etag"), Some("\"4\""));
    hold(&service, &manager, &path, ("CRDN", 0))
        .await
        .expect(200);
    for role in ["Viewer", "PM", "Admin"] {
        let reader = tenant.user(&[role]);
        let read = service.get_as(&reader, &path).await.expect(200).json();
        let left = json!([{ "symbol": "HRBR", "quantity": 3 }]);
        assert_eq!(read["positions"], left, "{role}");
        assert_eq!(read["version"], 5);
    }
}

#[tokio::test]
async fn nobody_but_its_manager_changes_a_portfolio() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let manager = tenant.user(&["PM"]);
    let path = create(&service, &manager).await;
    let another = tenant.user(&["PM"]);
    let refused = hold(&service, &another, &path, ("CRDN", 1)).await;
    assert_eq!(refused.problem(403)["code"], "not_the_manager");
    let read = service.get_as(&another, &path).await.expect(200).json();
    assert_eq!(
        (&read["positions"], &read["version"]),
        (&json!([]), &json!(1))
    );
    let identifiers = ["tenant_id", "object_id"].map(|name| read["manager"][name].clone());
    assert_eq!(
        identifiers,
        ["tid", "oid"].map(|claim| manager.get(claim).clone())
    );
}

#[tokio::test]
async fn what_cannot_be_held_is_told_apart() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let manager = tenant.user(&["PM"]);
    let path = create(&service, &manager).await;
    let unknown = format!("{PORTFOLIOS}/0b9f3e52-7c1d-4a68-9e0f-5d2a8c7b6e41");
    for (portfolio, symbol, status, code) in [
        (&path, "NONE", 404, "unknown_instrument"),
        (&path, "ALPN", 409, "another_currency"),
        (&path, "alpn", 422, "invalid_path"),
        (&unknown, "CRDN", 404, "portfolio_not_found"),
    ] {
        let answer = hold(&service, &manager, portfolio, (symbol, 1)).await;
        assert_eq!(answer.problem(status)["code"], code, "{symbol}");
    }
    let too_many = hold(&service, &manager, &path, ("CRDN", 1_000_000_001)).await;
    assert_eq!(too_many.problem(422)["errors"][0]["pointer"], "/quantity");
    let nameless = json!({ "name": " ", "currency": "dollars" });
    let refused = service
        .send_as(&manager, Method::POST, PORTFOLIOS, &nameless)
        .await;
    let problem = refused.problem(422);
    let errors = problem["errors"].as_array().cloned().unwrap_or_default();
    let mut pointers: Vec<&Value> = errors.iter().map(|error| &error["pointer"]).collect();
    pointers.sort_by_key(|pointer| pointer.to_string());
    pointers.dedup();
    assert_eq!(pointers, ["/currency", "/name"], "{problem}");
}

#[tokio::test]
async fn portfolios_come_in_pages_newest_first() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let manager = tenant.user(&["PM"]);
    let mut created = Vec::new();
    for _ in 0..3 {
        created.push(create(&service, &manager).await);
    }
    created.reverse();
    let mut listed = Vec::new();
    let mut next = format!("{PORTFOLIOS}?limit=2");
    loop {
        let page = service.get_as(&manager, &next).await.expect(200).json();
        for item in page["items"].as_array().unwrap() {
            listed.push(format!("{PORTFOLIOS}/{}", item["id"].as_str().unwrap()));
        }
        let Some(cursor) = page["next_cursor"].as_str() else {
            break;
        };
        next = format!("{PORTFOLIOS}?limit=2&cursor={cursor}");
    }
    assert_eq!(listed, created);
}

#[tokio::test]
async fn an_assistant_keeps_a_portfolio_for_its_manager() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let manager = tenant.user(&["PM"]);
    let mcp = Mcp::of(&service, Some(&manager));
    let body = json!({ "name": "By a tool", "currency": "GBP" });
    let created = mcp.call_well("create_portfolio", body).await;
    let position = json!({ "id": created["id"], "symbol": "GLT10", "quantity": 4 });
    let held = mcp.call_well("put_position", position).await;
    let id = created["id"].as_str().unwrap();
    let path = format!("{PORTFOLIOS}/{id}");
    let read = service.get_as(&manager, &path).await.expect(200);
    assert_eq!(read.json(), held);
}
