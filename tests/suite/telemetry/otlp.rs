//! OTLP, switched on by the standard variables, against a receiver that decodes what arrives.

use reqwest::Method;
use serde_json::json;

use crate::harness::{Answer, Collector, Mcp, Program, Service, Tenant, eventually, texts_of};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const SECRET: &str = "hunter2-of-the-collector";

fn program(tenant: &Tenant, endpoint: &str) -> Program {
    Service::program_for(tenant)
        .set("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint)
        .set("OTEL_EXPORTER_OTLP_HEADERS", format!("x-api-key={SECRET}"))
        .set("OTEL_SERVICE_NAME", "desk-under-test")
        .set(
            "OTEL_RESOURCE_ATTRIBUTES",
            "team=a%20b,service.name=not-this",
        )
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[tokio::test]
async fn traces_and_metrics_reach_the_collector_at_the_latest_when_the_service_ends() {
    let (tenant, collector) = (Tenant::start().await, Collector::start().await);
    let mut service = Service::start_ready(program(&tenant, &collector.url)).await;
    let viewer = tenant.user(&["Viewer"]);
    let request = service
        .request(Method::GET, "/api/v1/reports")
        .bearer_auth(&viewer)
        .header("traceparent", format!("00-{TRACE}-00f067aa0ba902b7-01"));
    Answer::of(request).await.expect(200);
    let call = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {
        "name": "list_reports", "arguments": {},
        "_meta": {"traceparent": format!("00-{TRACE}-aaaaaaaaaaaaaaaa-01")},
    }});
    Answer::of(Mcp::of(&service, Some(&viewer)).request().json(&call))
        .await
        .expect(200);
    service.terminate().await;
    assert_eq!(service.wait_for_exit().await, Some(0));

    let spans = collector.spans();
    let named = |name: &str| {
        let span = spans.iter().find(|span| span.name == name);
        span.unwrap_or_else(|| panic!("no span {name} in {spans:?}"))
    };
    let rest = named("GET /api/v1/reports");
    assert_eq!(hex(&rest.trace_id), TRACE);
    assert_eq!(hex(&rest.parent_span_id), "00f067aa0ba902b7");
    let attributes = texts_of(&rest.attributes);
    for (name, value) in [
        ("http.request.method", "GET"),
        ("http.route", "/api/v1/reports"),
        ("http.response.status_code", "200"),
    ] {
        let expected = (name.to_owned(), value.to_owned());
        assert!(attributes.contains(&expected), "{name}: {attributes:?}");
    }
    let tool = named("tools/call list_reports");
    assert_eq!(hex(&tool.trace_id), TRACE);
    assert_eq!(hex(&tool.parent_span_id), "aaaaaaaaaaaaaaaa");
    let around = named("POST /api/v1/mcp");
    assert_eq!(
        tool.links[0].span_id, around.span_id,
        "the call names its request"
    );

    let names = collector.metric_names();
    for name in ["http.server.request.duration", "portcullis.authentications"] {
        assert!(names.iter().any(|it| it == name), "{name}: {names:?}");
    }
    for headers in collector.headers() {
        assert_eq!(headers["x-api-key"], SECRET);
        assert_eq!(headers["content-type"], "application/x-protobuf");
    }
    let resources = collector.resources();
    assert!(!resources.is_empty());
    for resource in resources {
        for (name, value) in [
            ("service.name", "desk-under-test"),
            ("team", "a b"),
            ("deployment.environment.name", "test"),
        ] {
            let expected = (name.to_owned(), value.to_owned());
            assert!(resource.contains(&expected), "{name}: {resource:?}");
        }
    }
    let told = format!("{spans:?} {}", service.log().text());
    assert!(!told.contains(SECRET), "{told}");
    let object_id = viewer.get("oid").as_str().unwrap();
    assert!(!format!("{spans:?}").contains(object_id), "{spans:?}");
}

/// The exporter reads them by itself, over what it is given, though not the endpoint that they belong to.
#[tokio::test]
async fn headers_meant_for_another_host_are_not_sent_to_the_collector() {
    const OTHER: &str = "key-of-another-vendor";
    let (tenant, collector) = (Tenant::start().await, Collector::start().await);
    let program = program(&tenant, &collector.url)
        .set(
            "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
            "https://vendor.example",
        )
        .set(
            "OTEL_EXPORTER_OTLP_TRACES_HEADERS",
            format!("x-api-key={OTHER},x-other={OTHER}"),
        )
        .set(
            "OTEL_EXPORTER_OTLP_METRICS_HEADERS",
            format!("x-api-key={OTHER}"),
        );
    let mut service = Service::start_ready(program).await;
    service.get("/health").await.expect(200);
    service.terminate().await;
    assert_eq!(service.wait_for_exit().await, Some(0));
    assert!(!collector.spans().is_empty() && !collector.metric_names().is_empty());
    for headers in collector.headers() {
        assert_eq!(headers["x-api-key"], SECRET);
        assert!(!format!("{headers:?}").contains(OTHER), "{headers:?}");
    }
    let log = service.log().text();
    assert!(log.contains("OTEL_EXPORTER_OTLP_TRACES_HEADERS"), "{log}");
    assert!(!log.contains(OTHER), "{log}");
}

#[tokio::test]
async fn a_collector_that_is_away_costs_requests_nothing_and_the_log_one_line() {
    let tenant = Tenant::start().await;
    let nobody = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = nobody.local_addr().unwrap();
    drop(nobody);
    let program = program(&tenant, &format!("http://{address}"));
    let service = Service::start_ready(program.set("APP_TELEMETRY__OTLP__INTERVAL", "100ms")).await;
    let is_it = |event: &serde_json::Value| {
        event
            .to_string()
            .contains("telemetry could not be exported")
    };
    for _ in 0..20 {
        service.get("/health").await.expect(200);
    }
    service.log().wait_for_event("of the failure", is_it).await;
    // Metrics and traces each have a client of their own, and each says it once, however many batches follow.
    let requests = async || {
        service.get("/health").await.expect(200);
        let events = service.log().events();
        let lines = events
            .iter()
            .filter(|event| event["message"] == "request")
            .count();
        (lines >= 60).then(|| events.iter().filter(|event| is_it(event)).count())
    };
    let said = eventually("more requests", requests).await;
    assert!((1..=2).contains(&said), "said {said} times");
    let noise = service.log().text();
    assert!(!noise.contains("opentelemetry"), "{noise}");
    assert!(!noise.contains(SECRET), "{noise}");
}

#[tokio::test]
async fn nothing_is_sent_unless_a_collector_is_named_and_not_when_it_is_disabled() {
    let (tenant, collector) = (Tenant::start().await, Collector::start().await);
    let disabled = program(&tenant, &collector.url).set("OTEL_SDK_DISABLED", "true");
    let unnamed = program(&tenant, "");
    for program in [disabled, unnamed] {
        let mut service = Service::start_ready(program).await;
        service.get("/health").await.expect(200);
        service.terminate().await;
        assert_eq!(service.wait_for_exit().await, Some(0));
    }
    assert!(collector.headers().is_empty());
}

#[tokio::test]
async fn a_sampler_that_sends_nothing_leaves_metrics_alone() {
    let (tenant, collector) = (Tenant::start().await, Collector::start().await);
    let program = program(&tenant, &collector.url)
        .set("OTEL_TRACES_SAMPLER", "traceidratio")
        .set("OTEL_TRACES_SAMPLER_ARG", "0");
    let mut service = Service::start_ready(program).await;
    service.get("/health").await.expect(200);
    service.terminate().await;
    assert_eq!(service.wait_for_exit().await, Some(0));
    assert!(collector.spans().is_empty());
    assert!(!collector.metric_names().is_empty());
}

#[tokio::test]
async fn what_cannot_be_served_stops_the_start_and_shows_no_secret() {
    let tenant = Tenant::start().await;
    for (name, value, told) in [
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc", "http/protobuf"),
        ("OTEL_TRACES_SAMPLER", "xray", "parentbased_always_on"),
        ("OTEL_TRACES_SAMPLER_ARG", "2", "from 0 to 1"),
        ("OTEL_RESOURCE_ATTRIBUTES", "team", "name=value"),
        ("OTEL_EXPORTER_OTLP_HEADERS", SECRET, "name=value"),
        (
            "OTEL_EXPORTER_OTLP_ENDPOINT",
            "http://collector:4318",
            "clear text",
        ),
        (
            "OTEL_EXPORTER_OTLP_ENDPOINT",
            "collector:4318",
            "OTEL_EXPORTER_OTLP_ENDPOINT",
        ),
    ] {
        let program = program(&tenant, "http://127.0.0.1:4318").set(name, value);
        let finished = program.run(&["serve"]).await;
        let output = finished.output();
        assert_eq!(finished.exit_code, Some(78), "{name}: {output}");
        assert!(
            output.contains(name) && output.contains(told),
            "{name}: {output}"
        );
        assert!(!output.contains(SECRET), "{name}: {output}");
    }
}
