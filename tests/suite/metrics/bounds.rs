//! Labels stay bounded: whatever callers make up, there are no more series than before, and none names them.

use reqwest::Method;
use serde_json::json;
use uuid::Uuid;

use super::REPORTS;
use crate::harness::{Mcp, Metrics, Service, Tenant};

#[tokio::test]
async fn no_caller_can_make_series() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let mark = "zq7";
    // A different one of each in every round, and the first round has met every label.
    let round = async || {
        let made_up = format!("{mark}{}", Uuid::new_v4().simple());
        let viewer = tenant.user(&["Viewer"]);
        let method = Method::from_bytes(made_up.to_uppercase().as_bytes()).unwrap();
        let odd = service.request(method, &format!("/{made_up}"));
        odd.send().await.unwrap();
        for path in [
            format!("/{made_up}"),
            format!("/api/v1/{made_up}"),
            format!("/docs/{made_up}"),
            format!("{REPORTS}?{made_up}=1"),
        ] {
            service.get(&path).await;
        }
        for token in [
            viewer.clone().header("kid", made_up.clone()),
            viewer.clone().claim("tid", made_up.clone()),
            viewer.clone().claim("tid", Uuid::new_v4().to_string()),
            viewer.clone().claim("aud", made_up.clone()),
            viewer.clone().claim("roles", json!([made_up])),
            viewer.clone().claim("azp", made_up.clone()),
        ] {
            let request = service.request(Method::GET, REPORTS).bearer_auth(token);
            let request = request.header("x-correlation-id", &made_up);
            request
                .header("origin", format!("https://{made_up}.example"))
                .send()
                .await
                .unwrap();
        }
        Mcp::of(&service, Some(&viewer))
            .call(&made_up, json!({}))
            .await;
        Mcp::of(&service, Some(&viewer))
            .post(&made_up, json!({}))
            .await;
    };
    round().await;
    round().await;
    let settled = Metrics::of(&service).await;
    for _ in 0..10 {
        round().await;
    }
    let after = Metrics::of(&service).await;
    assert_eq!(after.len(), settled.len(), "{}", after.text());
    let text = after.text().to_lowercase();
    assert!(!text.contains(mark), "{text}");
    assert!(
        after.sum(
            "http_server_request_duration_seconds_count",
            &[("http_request_method", "_OTHER")]
        ) >= 12.0
    );
}
