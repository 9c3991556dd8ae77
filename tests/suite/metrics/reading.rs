//! Reads of resources and prompts, and lists: each moves its own counter and leaves its own line, and no URI lands in either.

use serde_json::json;

use crate::harness::{Mcp, Metrics, Service, Tenant};

#[tokio::test]
async fn each_read_moves_its_counter_and_leaves_its_line() {
    const TEMPLATE: &str = "desk://reports/{id}";
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let analyst = tenant.user(&["Analyst"]);
    let report = json!({ "symbol": "ALPN", "title": "Milk", "body": "Prices." });
    let author = Mcp::of(&service, Some(&analyst));
    let created = author.call_well("create_report", report).await;
    let id = created["id"].as_str().expect("it has an id").to_owned();
    let uri = format!("desk://reports/{id}");
    let feed = tenant.application(&["Ingest"]);
    let scopeless = analyst.clone().claim("scp", "other");
    let arguments = json!({ "report_id": id });
    let review = json!({ "name": "review_report", "arguments": arguments });
    let cases = [
        (
            &analyst,
            "resources/read",
            json!({ "uri": uri }),
            "success",
            TEMPLATE,
        ),
        (
            &feed,
            "resources/read",
            json!({ "uri": uri }),
            "refused",
            TEMPLATE,
        ),
        (
            &scopeless,
            "resources/read",
            json!({ "uri": uri }),
            "refused",
            TEMPLATE,
        ),
        (
            &analyst,
            "resources/read",
            json!({ "uri": "desk://reports/00000000-0000-0000-0000-000000000000" }),
            "error",
            TEMPLATE,
        ),
        (
            &analyst,
            "resources/read",
            json!({ "uri": "desk://nothing" }),
            "unknown",
            "",
        ),
        (
            &analyst,
            "prompts/get",
            review.clone(),
            "success",
            "review_report",
        ),
        (&feed, "prompts/get", review, "refused", "review_report"),
        (
            &analyst,
            "prompts/get",
            json!({ "name": "review_report" }),
            "error",
            "review_report",
        ),
        (
            &analyst,
            "prompts/get",
            json!({ "name": "nothing" }),
            "unknown",
            "",
        ),
    ];
    let list = Mcp::of(&service, Some(&analyst))
        .post("resources/list", json!({}))
        .await;
    let request = list
        .header("x-correlation-id")
        .expect("every answer has one");
    let line = service.log().wait_for_event("resource list", |event| {
        event["message"] == "resource list" && event["correlation_id"] == *request
    });
    let line = line.await;
    let found = ["resource", "decision", "outcome"].map(|field| line[field].clone());
    assert_eq!(found, [TEMPLATE, "allowed", "success"], "{line}");
    for (index, (token, method, params, outcome, name)) in cases.into_iter().enumerate() {
        let (counter, label, message) = match method {
            "prompts/get" => ("portcullis_prompt_gets_total", "prompt", "prompt get"),
            _ => (
                "portcullis_resource_reads_total",
                "resource",
                "resource read",
            ),
        };
        let before = Metrics::of(&service).await;
        let answer = Mcp::of(&service, Some(token))
            .post(method, params.clone())
            .await;
        let request = answer
            .header("x-correlation-id")
            .expect("every answer has one");
        let growth = Metrics::of(&service).await.growth(&before, counter);
        let labels = match label {
            "prompt" => format!("outcome=\"{outcome}\",prompt=\"{name}\""),
            _ => format!("outcome=\"{outcome}\",resource=\"{name}\""),
        };
        assert_eq!(
            growth,
            [(format!("{counter}{{{labels}}}"), 1.0)],
            "{index}: {answer}"
        );
        let line = service.log().wait_for_event(message, |event| {
            event["message"] == message && event["correlation_id"] == *request
        });
        let line = line.await;
        assert_eq!(
            (&line[label], &line["outcome"]),
            (&json!(name), &json!(outcome)),
            "{line}"
        );
        assert_eq!(
            line["arguments_hmac"].as_str().map(str::len),
            Some(64),
            "{line}"
        );
        assert!(!line.to_string().contains(&id), "{line}");
    }
}
