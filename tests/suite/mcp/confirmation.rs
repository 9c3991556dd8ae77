//! Whoever has a report deleted by a tool is asked first, if their client can ask: on the real binary, with real tokens.

use serde_json::{Value, json};

use crate::harness::{Answer, Era, Mcp, Reply, Service, Tenant, Token};

/// A client that shows forms to its user.
fn asking<'a>(service: &'a Service, token: &Token) -> Mcp<'a> {
    Mcp::of(service, Some(token)).with_capabilities(json!({ "elicitation": {} }))
}

fn call(id: &str) -> Value {
    json!({ "name": "delete_report", "arguments": { "id": id } })
}

/// The question about a call, and the call with an answer to it.
async fn ask(mcp: &Mcp<'_>, id: &str, answer: Value) -> (Value, Value) {
    let asked = mcp.post("tools/call", call(id)).await.expect(200);
    let question = result(&asked);
    assert_eq!(question["resultType"], "input_required", "{asked}");
    let mut answered = call(id);
    answered["inputResponses"] = json!({ "confirm": answer });
    answered["requestState"] = question["requestState"].clone();
    (question, answered)
}

fn yes() -> Value {
    json!({ "action": "accept", "content": { "ok": true } })
}

fn result(answer: &Answer) -> Value {
    match Reply::read(answer) {
        Reply::Result(result) => result,
        Reply::Error { .. } => panic!("refused: {answer}"),
    }
}

/// A published report, which everybody reads.
async fn report(service: &Service, tenant: &Tenant) -> String {
    let analyst = tenant.user(&["Analyst"]);
    let mcp = Mcp::of(service, Some(&analyst));
    let report = json!({ "symbol": "ALPN", "title": "Milk", "body": "Prices." });
    let report = mcp.call_well("create_report", report).await;
    let id = report["id"]
        .as_str()
        .expect("a report has an id")
        .to_owned();
    mcp.call_well("publish_report", json!({ "id": id })).await;
    id
}

#[tokio::test]
async fn a_report_is_deleted_on_a_yes_and_on_nothing_else() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let id = report(&service, &tenant).await;
    let path = format!("/api/v1/reports/{id}");
    let admin = tenant.user(&["Admin"]);
    let mcp = asking(&service, &admin);
    let (question, confirmed) = ask(&mcp, &id, yes()).await;
    let message = &question["inputRequests"]["confirm"]["params"]["message"];
    let message = message.as_str().expect("a question is text");
    assert!(message.contains(&format!("id = \"{id}\"")), "{message}");
    assert!(!question.to_string().contains(&admin.to_string()));
    service.get_as(&admin, &path).await.expect(200);

    let (_, declined) = ask(&mcp, &id, json!({ "action": "decline" })).await;
    let undone = result(&mcp.post("tools/call", declined).await);
    assert_eq!(undone["structuredContent"]["code"], "not_confirmed");
    service.get_as(&admin, &path).await.expect(200);

    let done = result(&mcp.post("tools/call", confirmed.clone()).await);
    assert_eq!(done["isError"], false, "{done}");
    service.get_as(&admin, &path).await.expect(404);

    // The answer counts again, and finds nothing to delete: a second deletion has no further effect.
    let again = result(&mcp.post("tools/call", confirmed).await);
    assert_eq!(again["structuredContent"]["status"], 404, "{again}");
    for expected in ["asked", "declined", "confirmed"] {
        let log = service.log();
        let says = |event: &Value| event["confirmation"] == expected;
        let record = log.wait_for_event(expected, says).await;
        assert_eq!(record["tool"], "delete_report", "{record}");
    }
}

#[tokio::test]
async fn a_yes_is_worth_nothing_for_another_call() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let (id, other) = (
        report(&service, &tenant).await,
        report(&service, &tenant).await,
    );
    let admin = tenant.user(&["Admin"]);
    let mcp = asking(&service, &admin);
    let (_, confirmed) = ask(&mcp, &id, yes()).await;
    let change = |edit: &dyn Fn(&mut Value)| {
        let mut changed = confirmed.clone();
        edit(&mut changed);
        changed
    };
    let stranger = tenant.user(&["Admin"]);
    let other_client = admin
        .clone()
        .claim("azp", "0d3c5b1e-6f0a-4a53-9a4e-7b8c2d1f9e60");
    let rows = [
        (
            "another report",
            &admin,
            change(&|it| it["arguments"]["id"] = other.clone().into()),
        ),
        ("another person", &stranger, confirmed.clone()),
        ("another client", &other_client, confirmed.clone()),
        (
            "a state that is none",
            &admin,
            change(&|it| it["requestState"] = "x".into()),
        ),
        (
            "a state with a byte more",
            &admin,
            change(&|it| {
                let state = it["requestState"].as_str().unwrap_or_default();
                it["requestState"] = format!("{state}A").into();
            }),
        ),
    ];
    for (row, token, params) in rows {
        for capabilities in [json!({ "elicitation": {} }), json!({})] {
            let mcp = Mcp::of(&service, Some(token)).with_capabilities(capabilities);
            let answer = mcp.post("tools/call", params.clone()).await;
            let refused = matches!(Reply::read(&answer), Reply::Error { code: -32602, .. });
            assert!(refused, "{row}: {answer}");
        }
        let legacy = Mcp::of(&service, Some(token)).in_era(Era::Initialized);
        let answer = legacy.post("tools/call", params).await;
        let refused = matches!(Reply::read(&answer), Reply::Error { code: -32602, .. });
        assert!(refused, "{row}: {answer}");
    }
    for id in [&id, &other] {
        let path = format!("/api/v1/reports/{id}");
        service.get_as(&admin, &path).await.expect(200);
    }
}

/// A caller may lose the role between the question and the answer.
#[tokio::test]
async fn the_guard_decides_when_the_answer_comes() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let id = report(&service, &tenant).await;
    let admin = tenant.user(&["Admin"]);
    let (_, confirmed) = ask(&asking(&service, &admin), &id, yes()).await;
    let viewer = admin.clone().claim("roles", json!(["Viewer"]));
    let answer = asking(&service, &viewer)
        .post("tools/call", confirmed.clone())
        .await;
    assert!(
        matches!(Reply::read(&answer), Reply::Error { code: -32602, .. }),
        "{answer}"
    );
    let without_scope = admin.clone().claim("scp", "Unrelated.Read");
    let mcp = asking(&service, &without_scope);
    mcp.post("tools/call", confirmed.clone()).await.expect(403);
    let expired = admin.clone().expired();
    let mcp = asking(&service, &expired);
    mcp.post("tools/call", confirmed).await.expect(401);
    let path = format!("/api/v1/reports/{id}");
    service.get_as(&admin, &path).await.expect(200);
}

#[tokio::test]
async fn replicas_take_each_others_answers_if_they_share_the_key() {
    let tenant = Tenant::start().await;
    let key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    let keyed = |resource| {
        Service::program_for(&tenant)
            .set("APP_MCP__CONFIRMATION_KEY", key)
            .set("APP_MCP__RESOURCE", resource)
    };
    let (one, other, neighbour) = (
        Service::start_program(keyed("https://desk.example.com/mcp")).await,
        Service::start_program(keyed("https://desk.example.com/mcp")).await,
        Service::start_program(keyed("https://staging.desk.example.com/mcp")).await,
    );
    let alone = Service::start(&tenant).await;
    let admin = tenant.user(&["Admin"]);
    let unknown = "0b9f3e52-7c1d-4a68-9e0f-5d2a8c7b6e41";
    let (_, confirmed) = ask(&asking(&one, &admin), unknown, yes()).await;
    let run = result(
        &asking(&other, &admin)
            .post("tools/call", confirmed.clone())
            .await,
    );
    assert_eq!(run["structuredContent"]["status"], 404, "it ran: {run}");
    let refused = asking(&neighbour, &admin)
        .post("tools/call", confirmed.clone())
        .await;
    assert!(
        matches!(Reply::read(&refused), Reply::Error { code: -32602, .. }),
        "another service with the same key: {refused}"
    );
    let asked = result(&asking(&alone, &admin).post("tools/call", confirmed).await);
    assert_eq!(asked["resultType"], "input_required", "{asked}");
    assert!(!one.log().text().contains(key) && !other.log().text().contains(key));
}

#[tokio::test]
async fn a_client_that_cannot_ask_is_told_that_nobody_was_asked() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let admin = tenant.user(&["Admin"]);
    for era in Era::BOTH {
        let id = report(&service, &tenant).await;
        let mcp = Mcp::of(&service, Some(&admin)).in_era(era);
        let tools = mcp.tools().await;
        let tool = tools.iter().find(|tool| tool["name"] == "delete_report");
        let tool = tool.expect("an admin deletes reports");
        assert_eq!(tool["annotations"]["destructiveHint"], true);
        let description = tool["description"].as_str().unwrap_or_default();
        assert!(description.contains("Destructive:"), "{description}");
        let done = result(&mcp.post("tools/call", call(&id)).await.expect(200));
        assert!(
            done["content"].to_string().contains("Nobody was asked"),
            "{done}"
        );
        let path = format!("/api/v1/reports/{id}");
        service.get_as(&admin, &path).await.expect(404);
    }
}
