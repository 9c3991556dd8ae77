//! `/metrics`: every refusal moves its own counter and no other, and no caller can make series.

mod bounds;
mod reading;
mod requests;

use reqwest::Method;
use serde_json::json;
use uuid::Uuid;

use crate::harness::{Mcp, Metrics, Program, Service, Tenant, eventually, foreign_key};

const REPORTS: &str = "/api/v1/reports";
const AUTHENTICATIONS: &str = "portcullis_authentications_total";
const AUTHORIZATIONS: &str = "portcullis_authorizations_total";
const RATE_LIMITED: &str = "portcullis_rate_limited_total";
const TOOL_CALLS: &str = "portcullis_tool_calls_total";

/// What the counters of refusals have done since, as `name{labels} growth` lines.
async fn counted(service: &Service, earlier: &Metrics) -> Vec<String> {
    let now = Metrics::of(service).await;
    let growth = now.growth(earlier, "portcullis_");
    let of_callers = [AUTHENTICATIONS, AUTHORIZATIONS, RATE_LIMITED, TOOL_CALLS];
    let counters = growth.into_iter().filter(|(series, _)| {
        let name = series.split('{').next().unwrap_or_default();
        of_callers.contains(&name)
    });
    counters
        .map(|(series, growth)| format!("{series} {growth}"))
        .collect()
}

fn authenticated(outcome: &str, reason: &str, route: &str) -> String {
    format!(
        "{AUTHENTICATIONS}{{http_route=\"{route}\",outcome=\"{outcome}\",reason=\"{reason}\"}} 1"
    )
}

fn authorized(outcome: &str, reason: &str, route: &str) -> String {
    format!(
        "{AUTHORIZATIONS}{{http_route=\"{route}\",outcome=\"{outcome}\",reason=\"{reason}\"}} 1"
    )
}

fn called(outcome: &str, tool: &str) -> String {
    format!("{TOOL_CALLS}{{outcome=\"{outcome}\",tool=\"{tool}\"}} 1")
}

#[tokio::test]
async fn each_answer_moves_exactly_its_counters() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let viewer = tenant.user(&["Viewer"]);
    let cases = [
        (
            "nobody",
            service.request(Method::GET, REPORTS),
            401,
            vec![authenticated("absent", "", REPORTS)],
        ),
        (
            "expired",
            service
                .request(Method::GET, REPORTS)
                .bearer_auth(viewer.clone().expired()),
            401,
            vec![authenticated("rejected", "token_expired", REPORTS)],
        ),
        (
            "foreign",
            service
                .request(Method::GET, REPORTS)
                .bearer_auth(viewer.clone().signed_by(foreign_key())),
            401,
            vec![authenticated("rejected", "signing_key_unknown", REPORTS)],
        ),
        (
            "good",
            service.request(Method::GET, REPORTS).bearer_auth(&viewer),
            200,
            vec![
                authenticated("verified", "", REPORTS),
                authorized("allowed", "", REPORTS),
            ],
        ),
        (
            "without the role",
            service
                .request(Method::DELETE, "/api/v1/reports/1")
                .bearer_auth(&viewer),
            403,
            vec![
                authenticated("verified", "", "/api/v1/reports/{id}"),
                authorized("denied", "missing_role", "/api/v1/reports/{id}"),
            ],
        ),
        (
            "without the scope",
            service
                .request(Method::GET, REPORTS)
                .bearer_auth(viewer.clone().claim("scp", "other")),
            403,
            vec![
                authenticated("verified", "", REPORTS),
                authorized("denied", "missing_scope", REPORTS),
            ],
        ),
        (
            "an application",
            service
                .request(Method::GET, REPORTS)
                .bearer_auth(tenant.application(&["Ingest"])),
            403,
            vec![
                authenticated("verified", "", REPORTS),
                authorized("denied", "users_only", REPORTS),
            ],
        ),
        (
            "a public operation",
            service
                .request(Method::GET, "/health")
                .bearer_auth("nonsense"),
            200,
            vec![],
        ),
        (
            "no route",
            service.request(Method::GET, "/nothing"),
            404,
            vec![],
        ),
    ];
    for (name, request, status, expected) in cases {
        let before = Metrics::of(&service).await;
        let answer = crate::harness::Answer::of(request).await.expect(status);
        assert_eq!(
            counted(&service, &before).await,
            expected,
            "{name}: {answer}"
        );
    }
}

#[tokio::test]
async fn each_tool_call_moves_exactly_its_counters() {
    const MCP: &str = "/api/v1/mcp";
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let viewer = tenant.user(&["Viewer"]);
    let scopeless = viewer.clone().claim("scp", "other");
    let entered = || {
        vec![
            authenticated("verified", "", MCP),
            authorized("allowed", "", MCP),
        ]
    };
    let report = "/api/v1/reports/{id}";
    let cases = [
        (
            "success",
            &viewer,
            "list_reports",
            json!({}),
            authorized("allowed", "", REPORTS),
        ),
        (
            "error",
            &viewer,
            "get_report",
            json!({"id": Uuid::nil()}),
            authorized("allowed", "", report),
        ),
        // Arguments are looked at before the guard is asked.
        (
            "error",
            &viewer,
            "get_report",
            json!({"id": "x", "y": 1}),
            String::new(),
        ),
        (
            "refused",
            &viewer,
            "delete_report",
            json!({"id": 1}),
            authorized("denied", "missing_role", MCP),
        ),
        (
            "refused",
            &scopeless,
            "list_reports",
            json!({}),
            authorized("denied", "missing_scope", MCP),
        ),
        (
            "unknown",
            &viewer,
            "no_such_tool",
            json!({}),
            authorized("unknown", "unknown_tool", MCP),
        ),
    ];
    for (outcome, token, tool, arguments, guarded) in cases {
        let before = Metrics::of(&service).await;
        let answer = Mcp::of(&service, Some(token)).call(tool, arguments).await;
        let mut expected = entered();
        expected.push(called(
            outcome,
            if outcome == "unknown" { "" } else { tool },
        ));
        expected.extend((!guarded.is_empty()).then_some(guarded));
        expected.sort();
        let mut counted = counted(&service, &before).await;
        counted.sort();
        assert_eq!(counted, expected, "{tool}: {answer}");
    }
}

#[tokio::test]
async fn a_caller_over_the_rate_is_counted_by_its_limit() {
    let tenant = Tenant::start().await;
    let program = Service::program_for(&tenant).with_rate(1, 1);
    let service = Service::start_ready(program).await;
    let eager = tenant.user(&["Viewer"]);
    let mut refused = 0.0;
    for _ in 0..5 {
        let answer = service.get_as(&eager, REPORTS).await;
        refused += f64::from(u8::from(answer.status == 429));
    }
    assert!(refused > 0.0);
    let metrics = Metrics::of(&service).await;
    let labels = [("limit", "caller"), ("http_route", REPORTS)];
    assert_eq!(metrics.sum(RATE_LIMITED, &labels), refused);
    assert_eq!(
        metrics.sum(AUTHENTICATIONS, &[("outcome", "verified")]),
        5.0
    );
    assert_eq!(
        metrics.sum(AUTHORIZATIONS, &[("outcome", "allowed")]),
        5.0 - refused
    );
}

#[tokio::test]
async fn an_address_over_the_rate_is_counted_by_its_limit() {
    let tenant = Tenant::start().await;
    let program = Service::program_for(&tenant).with_rate(1, 1);
    let service = Service::start_ready(program).await;
    let mut answers = [0.0; 2];
    for path in [REPORTS, "/health"] {
        for _ in 0..100 {
            let answer = service.get(path).await;
            answers[usize::from(path == "/health")] += f64::from(u8::from(answer.status == 429));
        }
    }
    let metrics = Metrics::of(&service).await;
    assert!(answers[0] > 0.0, "no failure was refused");
    assert_eq!(answers[1], 0.0, "nobody can close it");
    for (route, refused) in [REPORTS, "/health"].into_iter().zip(answers) {
        let labels = [("limit", "address"), ("http_route", route)];
        assert_eq!(metrics.sum(RATE_LIMITED, &labels), refused, "{route}");
    }
    let absent = [("outcome", "absent"), ("http_route", REPORTS)];
    assert_eq!(metrics.sum(AUTHENTICATIONS, &absent), 100.0 - answers[0]);
}

#[tokio::test]
async fn the_bypass_gauge_is_one_in_poc_mode_and_zero_otherwise() {
    const GAUGE: &str = "portcullis_authentication_bypassed";
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let metrics = Metrics::of(&service).await;
    assert!(metrics.has(GAUGE));
    assert_eq!(metrics.sum(GAUGE, &[]), 0.0);

    let program = Program::isolated()
        .set("APP_ENV", "test")
        .set("AUTH_REQUIRED", "false");
    let poc = Service::start_program(program).await;
    poc.get("/api/v1/me").await.expect(200);
    let metrics = Metrics::of(&poc).await;
    assert_eq!(metrics.sum(GAUGE, &[]), 1.0);
    assert_eq!(
        metrics.sum(AUTHENTICATIONS, &[("outcome", "bypassed")]),
        1.0
    );
    // Nothing is said to be missing where nothing is needed.
    assert!(
        !metrics.has("portcullis_signing_keys"),
        "{}",
        metrics.text()
    );
}

#[tokio::test]
async fn the_keys_show_their_status_their_age_and_every_fetch() {
    let tenant = Tenant::start_unavailable().await;
    let program = Service::program_for(&tenant).set("APP_AUTH__KEYS__REFRESH", "200ms");
    let service = Service::start_program(program).await;
    let status =
        |metrics: &Metrics, status| metrics.sum("portcullis_signing_keys", &[("status", status)]);
    let fetches = |metrics: &Metrics, outcome| {
        metrics.sum(
            "portcullis_signing_key_fetches_total",
            &[("outcome", outcome)],
        )
    };
    let failed = eventually("a failed fetch", async || {
        let metrics = Metrics::of(&service).await;
        (fetches(&metrics, "failure") > 0.0).then_some(metrics)
    })
    .await;
    assert_eq!(status(&failed, "missing"), 1.0);
    assert_eq!(status(&failed, "fresh") + status(&failed, "stale"), 0.0);
    assert!(!failed.has("portcullis_signing_keys_age_seconds"));
    let token = tenant.user(&["Viewer"]);
    service.get_as(&token, REPORTS).await.expect(503);
    let metrics = Metrics::of(&service).await;
    let unavailable = [("outcome", "keys_unavailable"), ("http_route", REPORTS)];
    assert_eq!(metrics.sum(AUTHENTICATIONS, &unavailable), 1.0);

    tenant.list_keys(&[crate::harness::tenant_key()]);
    let fresh = eventually("fresh keys", async || {
        let metrics = Metrics::of(&service).await;
        (status(&metrics, "fresh") == 1.0).then_some(metrics)
    })
    .await;
    assert!(fetches(&fresh, "success") > 0.0);
    assert!(fresh.has("portcullis_signing_keys_age_seconds"));
    assert_eq!(status(&fresh, "missing"), 0.0);
}
