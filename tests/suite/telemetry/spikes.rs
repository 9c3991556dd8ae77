//! The spike detector, for deployments where nobody collects metrics.

use crate::harness::{Metrics, Service, Tenant, eventually};

#[tokio::test]
async fn a_spike_of_refused_callers_is_one_event_with_its_reasons_and_routes() {
    let tenant = Tenant::start().await;
    let program = Service::program_for(&tenant)
        // Longer than the refusals below take, so that they fall into one window or two.
        .set("APP_TELEMETRY__FAILURE_SPIKE__WINDOW", "3s")
        .set("APP_TELEMETRY__FAILURE_SPIKE__FLOOR", "10");
    let service = Service::start_ready(program).await;
    assert_eq!(
        Metrics::of(&service)
            .await
            .sum("portcullis_failure_spikes_total", &[]),
        0.0
    );
    let viewer = tenant.user(&["Viewer"]);
    for _ in 0..20 {
        let expired = viewer.clone().expired();
        service
            .get_as(&expired, "/api/v1/reports")
            .await
            .expect(401);
    }
    for _ in 0..5 {
        let delete = service.request(reqwest::Method::GET, "/api/v1/audit");
        crate::harness::Answer::of(delete.bearer_auth(&viewer))
            .await
            .expect(403);
    }
    let spike = service.log().wait_for("authentication_failure_spike").await;
    let failures = spike["failures"].as_u64().unwrap();
    assert!((10..=25).contains(&failures), "{spike}");
    assert!(spike["attempts"].as_u64().unwrap() >= failures, "{spike}");
    assert!(
        spike["reasons"]
            .as_str()
            .unwrap()
            .contains("token_expired="),
        "{spike}"
    );
    assert!(
        spike["routes"]
            .as_str()
            .unwrap()
            .contains("/api/v1/reports="),
        "{spike}"
    );
    assert_eq!(spike["window_seconds"], 3.0);
    assert!(
        !spike
            .to_string()
            .contains(viewer.get("oid").as_str().unwrap())
    );
    let spikes = service.log().count("authentication_failure_spike");
    eventually("the count", async || {
        let metrics = Metrics::of(&service).await;
        (metrics.sum("portcullis_failure_spikes_total", &[]) >= spikes as f64).then_some(())
    })
    .await;
}
