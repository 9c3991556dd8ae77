use std::num::NonZeroU32;

use axum::body::Body;
use axum::extract::Request;
use serde_json::{Value, json};
use tower::ServiceExt;

use super::desk::{Desk, authentication_of, read};
use super::settings::config;
use crate::telemetry::Captured;

#[tokio::test]
async fn nobody_gets_in_without_a_credential_and_is_told_where_to_get_one() {
    let desk = Desk::start().await;
    let answer = desk.send("", "tools/list", json!({})).await;
    assert_eq!(answer.status, 401);
    let challenge = answer.headers["www-authenticate"].to_str().unwrap();
    let metadata = format!(
        "resource_metadata=\"http://{}/.well-known/oauth-protected-resource/api/v1/mcp\"",
        desk.address
    );
    assert!(
        challenge.starts_with("Bearer ") && challenge.contains(&metadata),
        "{challenge}"
    );
    assert!(
        challenge.contains("scope=\"api://desk/user_impersonation\""),
        "{challenge}"
    );
    assert!(!challenge.contains("error="), "{challenge}");
}

#[tokio::test]
async fn the_refusal_comes_before_the_body_is_looked_at() {
    let desk = Desk::start().await;
    for body in ["{", "[]", &"x".repeat(9000)] {
        assert_eq!(read(desk.post("").body(body.to_owned())).await.status, 401);
    }
}

#[tokio::test]
async fn a_caller_sees_what_its_role_and_kind_admit_in_a_fixed_order() {
    let desk = Desk::start().await;
    assert_eq!(
        desk.tool_names("viewer").await,
        [
            "begin_job",
            "get_note",
            "list_notes",
            "open_house",
            "wait",
            "who_am_i",
            "work"
        ]
    );
    assert_eq!(
        desk.tool_names("analyst").await,
        [
            "begin_job",
            "delete_note",
            "get_note",
            "list_notes",
            "open_house",
            "put_note",
            "wait",
            "who_am_i",
            "work"
        ]
    );
    assert_eq!(
        desk.tool_names("application").await,
        ["begin_job", "open_house", "wait", "who_am_i", "work"]
    );
}

#[tokio::test]
async fn a_hidden_tool_looks_exactly_like_an_unknown_one() {
    let desk = Desk::start().await;
    for caller in ["viewer", "application"] {
        let hidden = desk.call(caller, "put_note", json!({"id": "a"})).await;
        let unknown = desk.call(caller, "no_such_tool", json!({"id": "a"})).await;
        let no_tool = desk.call(caller, "secret", json!({"id": "a"})).await;
        assert_eq!(hidden.body["error"]["code"], -32602);
        assert_eq!(
            (hidden.status, &hidden.body),
            (unknown.status, &unknown.body)
        );
        assert_eq!(
            (hidden.status, &hidden.body),
            (no_tool.status, &no_tool.body)
        );
    }
    let call = |name: &'static str| {
        desk.send_modern(
            "viewer",
            "tools/call",
            json!({"name": name, "arguments": {}}),
        )
    };
    let (hidden, unknown) = (call("put_note").await, call("no_such_tool").await);
    assert_eq!((hidden.status, hidden.body), (unknown.status, unknown.body));
}

/// How much has been counted so far, whatever the labels.
fn counts(desk: &Desk) -> f64 {
    let metrics = desk.telemetry.render();
    let samples = metrics
        .lines()
        .filter(|line| line.starts_with("portcullis_") && line.contains("_total{"));
    let values = samples.map(|line| line.rsplit(' ').next().unwrap().parse::<f64>().unwrap());
    values.sum()
}

/// What can be asked for: something that callers without the role may not know of, and what nobody has.
fn hidden_and_unknown() -> [(&'static str, &'static str, [&'static str; 3]); 3] {
    [
        ("tools/call", "name", ["put_note", "no_such_t", "secret"]),
        (
            "resources/read",
            "uri",
            ["desk://drafts/a", "desk://nowher/a", "not-even-a-uri!"],
        ),
        (
            "prompts/get",
            "name",
            ["finish_draft", "no_such_prom", "get_note"],
        ),
    ]
}

/// Every step of a message leaves an event or a count. They are compared, not the time they take, which depends on the
/// machine (`benches/hidden_tool.rs` looks at that): who measures answers from afar learns nothing that these do not show.
#[tokio::test]
async fn what_is_hidden_is_refused_by_the_steps_of_what_is_unknown() {
    let desk = Desk::start().await;
    // The services that `direct` starts and ends have written their lines.
    desk.call("viewer", "get_note", json!({"id": "a"})).await;
    let fields_of = |event: &Value| -> Vec<String> {
        let mut fields: Vec<String> = event.as_object().unwrap().keys().cloned().collect();
        fields.sort_unstable();
        fields.push(event["level"].to_string());
        fields
    };
    for caller in ["viewer", "viewer without scope", "application"] {
        for (method, member, names) in hidden_and_unknown() {
            // Who asks for progress goes through the transport, also with a call.
            for (is_modern, meta) in [
                (false, json!({})),
                (true, json!({})),
                (false, json!({"progressToken": 1})),
            ] {
                let mut seen = Vec::new();
                for name in names {
                    let params = json!({member: name, "arguments": {"id": "a"}, "_meta": meta});
                    let captured = Captured::start();
                    let counted = counts(&desk);
                    let mut answer = match is_modern {
                        false => desk.send(caller, method, params).await,
                        true => desk.send_modern(caller, method, params).await,
                    };
                    assert!(answer.body["error"].is_object(), "{name}: {answer:?}");
                    let events = captured.events();
                    let written: Vec<_> = events.iter().map(fields_of).collect();
                    assert!(!written.is_empty(), "{name}: {events:?}");
                    answer.headers.remove("date");
                    // A URI comes back.
                    let body = answer.body.to_string().replace(name, "NAME");
                    let counted = counts(&desk) - counted;
                    seen.push((written, counted, answer.status, answer.headers, body));
                }
                assert!(
                    seen.iter().all(|other| *other == seen[0]),
                    "{caller}, {method}: {seen:#?}"
                );
            }
        }
    }
}

#[tokio::test]
async fn a_missing_scope_keeps_the_tool_listed_and_its_call_asks_for_the_scope() {
    let desk = Desk::start().await;
    let caller = "viewer without scope";
    assert!(
        desk.tool_names(caller)
            .await
            .contains(&"get_note".to_owned())
    );
    let answer = desk.call(caller, "get_note", json!({"id": "a"})).await;
    assert_eq!(answer.status, 403);
    let challenge = answer.headers["www-authenticate"].to_str().unwrap();
    assert!(
        challenge.contains("error=\"insufficient_scope\""),
        "{challenge}"
    );
    assert!(
        challenge.contains("scope=\"api://desk/user_impersonation\""),
        "{challenge}"
    );
    assert!(challenge.contains("resource_metadata="), "{challenge}");
}

#[tokio::test]
async fn a_missing_scope_hides_no_missing_role() {
    let desk = Desk::start().await;
    let answer = desk
        .call("viewer without scope", "put_note", json!({}))
        .await;
    assert_eq!(answer.body["error"]["code"], -32602);
}

#[tokio::test]
async fn a_public_operation_sees_no_caller_whichever_way_it_is_called() {
    let desk = Desk::start().await;
    let answer = desk.call("viewer", "open_house", json!({})).await;
    let content = &answer.body["result"]["structuredContent"];
    assert_eq!(*content, json!({"result": false}), "{answer:?}");
    let url = format!("http://{}/api/v1/open", desk.address);
    let request = reqwest::Client::new()
        .get(url)
        .header("x-test-caller", "viewer");
    assert_eq!(super::desk::read(request).await.body, json!(false));
}

/// The front is a courtesy to clients. Whatever it lets through by a mistake of ours is decided once more.
#[tokio::test]
async fn the_guard_decides_again_about_what_gets_past_the_front() {
    let desk = Desk::start().await;
    for (caller, method, path, status) in [
        ("", "GET", "/api/v1/notes/a", 401),
        ("viewer", "GET", "/api/v1/notes/a", 200),
        ("viewer without scope", "GET", "/api/v1/notes/a", 403),
        ("viewer", "DELETE", "/api/v1/notes/a", 403),
        ("application", "DELETE", "/api/v1/notes/a", 403),
        ("analyst", "DELETE", "/api/v1/notes/a", 204),
    ] {
        let request = Request::builder().method(method).uri(path);
        let request = request.extension(authentication_of(caller));
        let request = request.body(Body::empty()).unwrap();
        let answer = desk.operations.clone().oneshot(request).await.unwrap();
        assert_eq!(answer.status(), status, "{caller}: {method} {path}");
    }
}

#[tokio::test]
async fn tool_calls_and_requests_draw_on_one_rate() {
    let mut config = config();
    config.rate_limit.enabled = true;
    config.rate_limit.per_second = NonZeroU32::MIN;
    config.rate_limit.burst = NonZeroU32::MIN;
    let desk = Desk::start_with(config).await;
    let called = desk.call("viewer", "who_am_i", json!({})).await;
    assert_eq!(called.body["result"]["isError"], false, "{called:?}");
    let asked = read(desk.get("viewer", "/api/v1/me")).await;
    assert_eq!(asked.status, 429, "{asked:?}");
}
