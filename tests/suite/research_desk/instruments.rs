//! Instruments are read by users; prices come from an application.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Service, Tenant};

const PRICES: &str = "/api/v1/instruments/ALPN/prices";

fn rows() -> Value {
    json!({ "rows": [
        { "date": "2026-01-29", "close": 41.25 },
        { "date": "2026-01-30", "close": 41.5 },
    ] })
}

#[tokio::test]
async fn delivering_the_same_prices_twice_is_like_once() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let ingest = tenant.application(&["Ingest"]);
    let viewer = tenant.user(&["Viewer"]);
    let first = service.send_as(&ingest, Method::PUT, PRICES, &rows()).await;
    assert!((200..300).contains(&first.status), "{first}");
    let read = service.get_as(&viewer, PRICES).await.expect(200).json();
    let second = service.send_as(&ingest, Method::PUT, PRICES, &rows()).await;
    assert_eq!(second.status, first.status);
    assert_eq!(
        service.get_as(&viewer, PRICES).await.expect(200).json(),
        read
    );
    let corrected = json!({ "rows": [{ "date": "2026-01-30", "close": 42.0 }] });
    service
        .send_as(&ingest, Method::PUT, PRICES, &corrected)
        .await;
    let read = service.get_as(&viewer, PRICES).await.expect(200).json();
    let last = read["items"].as_array().and_then(|items| items.last());
    assert_eq!(last.map(|row| &row["close"]), Some(&json!(42.0)), "{read}");
}

#[tokio::test]
async fn no_user_delivers_prices_and_no_application_reads() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    for role in ["Admin", "Analyst", "PM", "Viewer", "Ingest"] {
        let user = tenant.user(&[role]);
        service
            .send_as(&user, Method::PUT, PRICES, &rows())
            .await
            .problem(403);
    }
    let ingest = tenant.application(&["Ingest", "Admin", "Viewer"]);
    for path in ["/api/v1/instruments", "/api/v1/reports", PRICES] {
        service.get_as(&ingest, path).await.problem(403);
    }
}

#[tokio::test]
async fn a_delivery_with_one_fault_stores_nothing() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let ingest = tenant.application(&["Ingest"]);
    let delivery = json!({ "rows": [
        { "date": "2026-01-29", "close": 41.25 },
        { "date": "2026-02-30", "close": -1.0 },
    ] });
    let problem = service
        .send_as(&ingest, Method::PUT, PRICES, &delivery)
        .await
        .problem(422);
    let errors = problem["errors"].as_array().map(Vec::len);
    assert_eq!(errors, Some(2), "{problem}");
    let viewer = tenant.user(&["Viewer"]);
    let read = service.get_as(&viewer, PRICES).await.expect(200).json();
    assert_eq!(read["items"], json!([]));
}

#[tokio::test]
async fn an_unknown_instrument_is_a_problem() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let viewer = tenant.user(&["Viewer"]);
    service
        .get_as(&viewer, "/api/v1/instruments/NONE")
        .await
        .problem(404);
    service
        .get_as(&viewer, "/api/v1/instruments/NONE/prices")
        .await
        .problem(404);
    let ingest = tenant.application(&["Ingest"]);
    let unknown = "/api/v1/instruments/NONE/prices";
    service
        .send_as(&ingest, Method::PUT, unknown, &rows())
        .await
        .problem(404);
}

#[tokio::test]
async fn instruments_come_in_pages() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let viewer = tenant.user(&["Viewer"]);
    let all = service
        .get_as(&viewer, "/api/v1/instruments?limit=100")
        .await
        .expect(200)
        .json();
    let page = service
        .get_as(&viewer, "/api/v1/instruments?limit=3")
        .await
        .expect(200)
        .json();
    let cursor = page["next_cursor"]
        .as_str()
        .expect("more than three instruments");
    let rest = format!("/api/v1/instruments?limit=100&cursor={cursor}");
    let rest = service.get_as(&viewer, &rest).await.expect(200).json();
    let joined = [page["items"].as_array(), rest["items"].as_array()];
    let joined = joined
        .into_iter()
        .flatten()
        .flatten()
        .cloned()
        .collect::<Vec<_>>();
    assert_eq!(json!(joined), all["items"]);
}
