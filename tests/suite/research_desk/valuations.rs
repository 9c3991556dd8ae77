//! Valuations: begun over REST or by a tool, seen by every replica.

use reqwest::Method;
use serde_json::{Value, json};

use super::portfolios::{create, hold};
use crate::harness::{Answer, Mcp, Program, Reply, Service, Tenant, Token, eventually, within};

/// Sixty days on which a price rises by one, and falls by one on every third.
fn prices() -> Value {
    let mut close = 100.0;
    let rows = (0..60).map(|day| {
        close += if day % 3 == 0 { -1.0 } else { 1.0 };
        json!({ "date": format!("2026-{:02}-{:02}", 1 + day / 28, 1 + day % 28), "close": close })
    });
    json!({ "rows": rows.collect::<Vec<_>>() })
}

async fn deliver(service: &Service, tenant: &Tenant, symbol: &str) {
    let feed = tenant.application(&["Ingest"]);
    let path = format!("/api/v1/instruments/{symbol}/prices");
    let stored = service.send_as(&feed, Method::PUT, &path, &prices()).await;
    stored.expect(200);
}

/// A portfolio of ten shares each of two instruments that have prices.
async fn priced_portfolio(service: &Service, tenant: &Tenant, manager: &Token) -> String {
    let portfolio = create(service, manager).await;
    for symbol in ["CRDN", "HRBR"] {
        deliver(service, tenant, symbol).await;
        let held = hold(service, manager, &portfolio, (symbol, 10)).await;
        held.expect(200);
    }
    portfolio
}

async fn begin(service: &Service, caller: &Token, portfolio: &str, input: &Value) -> String {
    let path = format!("{portfolio}/valuations");
    let begun = service.send_as(caller, Method::POST, &path, input).await;
    let begun = begun.expect(202);
    assert!(begun.body.is_empty(), "{begun}");
    let location = begun.header("location");
    location.expect("a job says where it is").to_owned()
}

async fn ended(service: &Service, caller: &Token, path: &str) -> Value {
    eventually("the end of the valuation", async || {
        let shown = service.get_as(caller, path).await.expect(200).json();
        (shown["status"] != "running").then_some(shown)
    })
    .await
}

/// Reads a stream of events to its end.
async fn events(service: &Service, caller: &Token, path: &str, last: Option<&str>) -> Vec<Value> {
    let mut request = service.request(Method::GET, &format!("{path}/events"));
    if let Some(last) = last {
        request = request.header("last-event-id", last);
    }
    let answer = within(
        "the end of the stream",
        Answer::of(request.bearer_auth(caller)),
    )
    .await;
    let answer = answer.expect(200);
    assert_eq!(answer.header("content-type"), Some("text/event-stream"));
    let field = |block: &str, name: &str| {
        let mut lines = block.lines();
        let value = lines.find_map(|line| line.strip_prefix(name));
        value.unwrap_or_default().trim().to_owned()
    };
    let blocks = answer.text();
    let blocks = blocks.split("\n\n").filter(|block| block.contains("data:"));
    blocks
        .map(|block| {
            let data = serde_json::from_str::<Value>(&field(block, "data:"));
            let data = data.expect("the data is JSON");
            assert_eq!(data["steps_done"].to_string(), field(block, "id:"));
            json!([
                field(block, "event:"),
                data["steps_done"],
                data["steps_total"]
            ])
        })
        .collect()
}

#[tokio::test]
async fn a_valuation_goes_on_by_itself_and_shows_its_result() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let manager = tenant.user(&["PM"]);
    let portfolio = priced_portfolio(&service, &tenant, &manager).await;
    let analyst = tenant.user(&["Analyst"]);
    let input = json!({ "confidence": 0.9, "lookback_days": 60 });
    let path = begin(&service, &analyst, &portfolio, &input).await;
    let shown = ended(&service, &manager, &path).await;
    assert_eq!(shown["status"], "done", "{shown}");
    assert_eq!(shown["requested_by"]["object_id"], *analyst.get("oid"));
    assert_eq!(shown["parameters"]["horizon_days"], 1);
    let result = &shown["result"];
    // Both rise from 100 to 120 and fall by one on every third day: by one of 101 the most.
    assert_eq!(result["value"], 2400.0, "{result}");
    assert_eq!(result["scenarios"], 59);
    assert_eq!(result["as_of"], "2026-03-04");
    let loss = result["value_at_risk"].as_f64().unwrap();
    assert!((20.0..24.0).contains(&loss), "{result}");
    assert_eq!(result["positions"][0]["value"], 1200.0);
    assert_eq!(
        (&shown["steps_done"], &shown["steps_total"]),
        (&json!(3), &json!(3))
    );
}

#[tokio::test]
async fn who_may_not_read_a_portfolio_learns_its_value_and_not_what_it_holds() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let manager = tenant.user(&["PM"]);
    let portfolio = priced_portfolio(&service, &tenant, &manager).await;
    let analyst = tenant.user(&["Analyst"]);
    service.get_as(&analyst, &portfolio).await.problem(403);
    let path = begin(&service, &analyst, &portfolio, &json!({})).await;
    let shown = ended(&service, &analyst, &path).await;
    assert_eq!(shown["result"]["value"], 2400.0, "{shown}");
    let watched = format!("{path}/events");
    let watched = service.get_as(&analyst, &watched).await.expect(200);
    let id = portfolio.rsplit('/').next().unwrap();
    let mcp = Mcp::of(&service, Some(&analyst));
    let told = mcp.call_well("value_portfolio", json!({ "id": id })).await;
    assert_eq!(told["result"]["positions"], Value::Null, "{told}");
    for text in [&*shown.to_string(), watched.text(), &told.to_string()] {
        assert!(!text.contains("CRDN") && !text.contains("HRBR"), "{text}");
    }
    for reader in ["PM", "Admin"] {
        let reader = tenant.user(&[reader]);
        let shown = service.get_as(&reader, &path).await.expect(200).json();
        assert_eq!(shown["result"]["positions"][0]["symbol"], "CRDN");
    }
}

#[tokio::test]
async fn every_replica_tells_how_a_valuation_goes() {
    let tenant = Tenant::start().await;
    let program = Service::program_for(&tenant);
    let replica =
        Service::program_for(&tenant).set("APP_APP__DATABASE_URL", program.database_url());
    let service = Service::start_program(program).await;
    let replica = Service::start_program(replica).await;
    service.wait_until_ready().await;
    replica.wait_until_ready().await;
    let manager = tenant.user(&["PM"]);
    let portfolio = priced_portfolio(&service, &tenant, &manager).await;
    let path = begin(&service, &manager, &portfolio, &json!({})).await;
    let all = json!([["step", 1, 3], ["step", 2, 3], ["done", 3, 3]]);
    for instance in [&replica, &service] {
        assert_eq!(json!(events(instance, &manager, &path, None).await), all);
    }
    let rest = events(&replica, &manager, &path, Some("2")).await;
    assert_eq!(rest, [json!(["done", 3, 3])]);
    let nothing = events(&replica, &manager, &path, Some("3")).await;
    assert_eq!(nothing, [] as [Value; 0]);
    let shown = replica.get_as(&manager, &path).await.expect(200).json();
    assert_eq!(
        shown,
        service.get_as(&manager, &path).await.expect(200).json()
    );
}

#[tokio::test]
async fn a_tool_call_reports_progress_and_answers_with_the_result() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let manager = tenant.user(&["PM"]);
    let portfolio = priced_portfolio(&service, &tenant, &manager).await;
    let id = portfolio.rsplit('/').next().unwrap();
    let mcp = Mcp::of(&service, Some(&manager));
    let params = json!({
        "name": "value_portfolio",
        "arguments": { "id": id },
        "_meta": { "progressToken": 7 },
    });
    let answer = mcp.post("tools/call", params).await.expect(200);
    assert_eq!(answer.header("content-type"), Some("text/event-stream"));
    let result = Reply::result(&answer);
    assert_ne!(result["isError"], true, "{answer}");
    let shown = &result["structuredContent"];
    let path = format!("/api/v1/valuations/{}", shown["id"].as_str().unwrap());
    let over_rest = service.get_as(&manager, &path).await.expect(200).json();
    assert_eq!((shown, &shown["status"]), (&over_rest, &json!("done")));
    let text = answer.text();
    let messages = text.lines().filter_map(|line| line.strip_prefix("data:"));
    let messages: Vec<Value> = messages
        .filter_map(|data| serde_json::from_str(data.trim()).ok())
        .collect();
    let steps = messages
        .iter()
        .filter(|it| it["method"] == "notifications/progress");
    let told: Vec<f64> = steps
        .map(|it| it["params"]["progress"].as_f64().unwrap())
        .collect();
    assert!(told.is_sorted_by(|one, next| one < next), "{told:?}");
    assert_eq!(told.last(), Some(&3.0), "{told:?}");
    assert_eq!(messages.last().map(|it| &it["id"]), Some(&json!(1)));
    // Without a token nothing is told, and the answer is the same kind of thing.
    let plain = mcp.call_well("value_portfolio", json!({ "id": id })).await;
    assert_eq!(plain["status"], "done");
}

#[tokio::test]
async fn what_cannot_be_valued_says_why() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let manager = tenant.user(&["PM"]);
    let portfolio = create(&service, &manager).await;
    let valuations = format!("{portfolio}/valuations");
    let empty = service
        .send_as(&manager, Method::POST, &valuations, &json!({}))
        .await;
    assert_eq!(empty.problem(409)["code"], "portfolio_is_empty");
    let held = hold(&service, &manager, &portfolio, ("CRDN", 1)).await;
    held.expect(200);
    let path = begin(&service, &manager, &portfolio, &json!({})).await;
    let shown = ended(&service, &manager, &path).await;
    assert_eq!(
        (&shown["status"], &shown["failure"]),
        (&json!("failed"), &json!("too_few_prices"))
    );
    let told = events(&service, &manager, &path, None).await;
    assert_eq!(told.last(), Some(&json!(["failed", 2, 2])));
    let wrong = json!({ "confidence": 1.0, "horizon_days": 0, "lookback_days": 7 });
    let refused = service
        .send_as(&manager, Method::POST, &valuations, &wrong)
        .await;
    let problem = refused.problem(422);
    assert_eq!(
        problem["errors"].as_array().map(Vec::len),
        Some(3),
        "{problem}"
    );
    let unknown = "/api/v1/valuations/0b9f3e52-7c1d-4a68-9e0f-5d2a8c7b6e41";
    for path in [unknown.to_owned(), format!("{unknown}/events")] {
        let answer = service.get_as(&manager, &path).await;
        assert_eq!(answer.problem(404)["code"], "valuation_not_found");
    }
}

/// Begins valuations on a replica that fails in the middle of one; gives the path of that one, which stays `running` until
/// its lease is over.
async fn orphan(program: impl Fn() -> Program, witness: &Service, manager: &Token) -> String {
    let mut begun = Vec::new();
    for _ in 0..2 {
        let path = create(witness, manager).await;
        // Each position is a step that is stored: a valuation of several is seldom at its end when the replica fails.
        for symbol in ["CRDN", "FLD500", "HRBR"] {
            let held = hold(witness, manager, &path, (symbol, 10)).await;
            held.expect(200);
        }
        begun.push(path);
    }
    for _ in 0..50 {
        let mut failing = Service::start_ready(program()).await;
        let input = json!({});
        let begin = |portfolio| begin(&failing, manager, portfolio, &input);
        let [one, other] = [&begun[0], &begun[1]];
        let paths = tokio::join!(begin(one), begin(other), begin(one), begin(other));
        failing.kill();
        for path in [paths.0, paths.1, paths.2, paths.3] {
            let shown = witness.get_as(manager, &path).await.expect(200).json();
            if shown["status"] == "running" {
                return path;
            }
        }
    }
    panic!("fifty replicas failed, and none in the middle of a valuation");
}

/// Whoever watches is told to connect again, and the stream has an end: it is not cut, and holds up nobody.
#[tokio::test]
async fn an_open_stream_is_ended_cleanly_by_sigterm() {
    let tenant = Tenant::start().await;
    let program = Service::program_for(&tenant)
        .set("APP_SERVER__DRAIN_DELAY", "0s")
        .set("APP_SERVER__SHUTDOWN_GRACE", "5min");
    let database = program.database_url();
    let mut service = Service::start_ready(program).await;
    let manager = tenant.user(&["PM"]);
    for symbol in ["CRDN", "HRBR"] {
        deliver(&service, &tenant, symbol).await;
    }
    let replica = || Service::program_for(&tenant).set("APP_APP__DATABASE_URL", &*database);
    let path = orphan(replica, &service, &manager).await;
    let streams = [(); 3].map(|()| {
        let request = service.request(Method::GET, &format!("{path}/events"));
        request.bearer_auth(&manager).send()
    });
    let [one, other, third] = streams;
    let open = within("open streams", async { tokio::join!(one, other, third) }).await;
    service.terminate().await;
    for stream in [open.0, open.1, open.2] {
        let stream = stream.expect("the service answers");
        assert_eq!(stream.status(), 200);
        let text = within("the end of the stream", stream.text()).await;
        let text = text.expect("it ends, and is not cut");
        assert!(
            text.ends_with(": the service is closing; connect again\n\n"),
            "{text}"
        );
    }
    assert_eq!(service.wait_for_exit().await, Some(0));
}
