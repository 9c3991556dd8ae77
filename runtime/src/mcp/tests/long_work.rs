use std::num::NonZeroU32;
use std::time::Duration;

use serde_json::{Value, json};

use super::desk::{Answer, Desk, STEPS};
use super::settings::config;
use crate::until::until;

/// An answer that comes as an event stream, message by message.
struct Stream {
    response: reqwest::Response,
    unread: String,
}

impl Stream {
    async fn of_call(desk: &Desk, tool: &str, arguments: Value) -> Self {
        let params = json!({
            "name": tool,
            "arguments": arguments,
            "_meta": {"progressToken": "t"},
        });
        let body = json!({"jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": params});
        let request = desk
            .post("viewer")
            .header("mcp-protocol-version", "2025-11-25");
        let response = request.body(body.to_string()).send().await.unwrap();
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self {
            response,
            unread: String::new(),
        }
    }

    /// The next message; `None` at the end of the stream.
    async fn next(&mut self) -> Option<Value> {
        loop {
            if let Some((event, rest)) = self.unread.split_once("\n\n") {
                let data = event.lines().find_map(|line| line.strip_prefix("data:"));
                let message = data.map(|data| serde_json::from_str(data.trim()).unwrap());
                self.unread = rest.to_owned();
                if message.is_some() {
                    return message;
                }
                continue;
            }
            let chunk = self.response.chunk().await.unwrap()?;
            self.unread.push_str(str::from_utf8(&chunk).unwrap());
        }
    }

    async fn step(&mut self) -> Value {
        let message = self.next().await.unwrap();
        assert_eq!(message["method"], "notifications/progress", "{message}");
        assert_eq!(message["params"]["progressToken"], "t");
        message["params"].clone()
    }

    async fn result(&mut self) -> Value {
        let message = self.next().await.unwrap();
        assert_eq!(message["id"], 7, "{message}");
        assert_eq!(self.next().await, None, "nothing comes after the answer");
        message["result"].clone()
    }
}

fn last_text(result: &Value) -> &str {
    let blocks = result["content"].as_array().unwrap();
    blocks.last().unwrap()["text"].as_str().unwrap()
}

#[tokio::test]
async fn steps_are_told_one_by_one_and_all_before_the_answer() {
    for (tool, arguments) in [("work", json!({})), ("begin_job", json!({"id": "a"}))] {
        let desk = Desk::start().await;
        desk.jobs.allow(1);
        let mut stream = Stream::of_call(&desk, tool, arguments).await;
        for step in 1..=STEPS {
            let told = stream.step().await;
            assert_eq!(told["progress"], json!(step as f64), "{tool}");
            assert_eq!(told["total"], json!(STEPS as f64));
            assert_eq!(told["message"], format!("step {step}"));
            desk.jobs.allow(1);
        }
        let result = stream.result().await;
        assert_eq!(result["isError"], false, "{tool}: {result}");
    }
}

#[tokio::test]
async fn steps_in_quick_succession_end_with_the_last_one() {
    for (tool, arguments) in [("work", json!({})), ("begin_job", json!({"id": "a"}))] {
        let desk = Desk::start().await;
        desk.jobs.allow(STEPS);
        let mut stream = Stream::of_call(&desk, tool, arguments).await;
        let (mut told, mut message) = (0.0, stream.next().await.unwrap());
        while message.get("id").is_none() {
            let progress = message["params"]["progress"].as_f64().unwrap();
            assert!(progress > told, "{tool}: {progress} after {told}");
            told = progress;
            message = stream.next().await.unwrap();
        }
        assert_eq!(told, STEPS as f64, "{tool}");
        assert_eq!(stream.next().await, None);
    }
}

#[tokio::test]
async fn without_a_progress_token_the_answer_is_plain() {
    let desk = Desk::start().await;
    desk.jobs.allow(2 * STEPS);
    let answer = desk.call("viewer", "work", json!({})).await;
    assert_eq!(answer.headers["content-type"], "application/json");
    let content = &answer.body["result"]["structuredContent"];
    assert_eq!(*content, json!({"result": STEPS}));
    let answer = desk.call("viewer", "begin_job", json!({"id": "a"})).await;
    assert_eq!(answer.headers["content-type"], "application/json");
}

#[tokio::test]
async fn a_job_answers_with_what_its_place_shows_the_same_caller() {
    let desk = Desk::start().await;
    desk.jobs.allow(STEPS);
    let answer = desk.call("viewer", "begin_job", json!({"id": "a"})).await;
    let result = &answer.body["result"];
    let expected = json!({
        "id": "a",
        "done": STEPS,
        "shown_to": "00000000-0000-0000-0000-000000000002",
    });
    assert_eq!(result["structuredContent"], expected, "{answer:?}");
    assert_eq!(last_text(result), "location: /api/v1/jobs/a");
    let list = desk.send("viewer", "tools/list", json!({})).await;
    let tools = list.body["result"]["tools"].as_array().unwrap();
    let tool = tools.iter().find(|tool| tool["name"] == "begin_job");
    let schema = &tool.unwrap()["outputSchema"];
    assert_eq!(schema["required"], json!(["id", "done", "shown_to"]));
}

async fn problem_of(id: &str) -> Answer {
    let desk = Desk::start().await;
    desk.jobs.allow(STEPS);
    let answer = desk.call("viewer", "begin_job", json!({"id": id})).await;
    assert_eq!(answer.body["result"]["isError"], true, "{answer:?}");
    answer
}

#[tokio::test]
async fn the_guard_of_the_jobs_place_decides_too() {
    let answer = problem_of("secret").await;
    let problem = &answer.body["result"]["structuredContent"];
    assert_eq!(problem["code"], "forbidden");
    assert!(!answer.body.to_string().contains("analysts"), "{answer:?}");
}

#[tokio::test]
async fn a_place_that_is_not_ours_is_never_asked() {
    for (id, code) in [
        ("elsewhere", "internal_server_error"),
        ("missing", "not_found"),
    ] {
        let answer = problem_of(id).await;
        let problem = &answer.body["result"]["structuredContent"];
        assert_eq!(problem["code"], code, "{id}");
    }
}

#[tokio::test]
async fn a_waiting_call_costs_one_token() {
    let mut config = config();
    config.rate_limit.enabled = true;
    config.rate_limit.per_second = NonZeroU32::MIN;
    config.rate_limit.burst = NonZeroU32::MIN;
    let desk = Desk::start_with(config).await;
    desk.jobs.allow(STEPS);
    let first = desk.call("viewer", "begin_job", json!({"id": "a"})).await;
    assert_eq!(first.body["result"]["isError"], false, "{first:?}");
    let second = desk.call("viewer", "begin_job", json!({"id": "a"})).await;
    assert_eq!(second.status, 429, "{second:?}");
}

#[tokio::test]
async fn over_rest_a_job_is_answered_at_once() {
    let desk = Desk::start().await;
    let url = format!("http://{}/api/v1/jobs/a", desk.address);
    let request = reqwest::Client::new()
        .post(url)
        .header("x-test-caller", "viewer");
    let answer = super::desk::read(request).await;
    assert_eq!(answer.status, 202);
    assert_eq!(answer.headers["location"], "/api/v1/jobs/a");
    desk.jobs.allow(STEPS);
    until("the job is done", || desk.jobs.done() == STEPS).await;
}

#[tokio::test]
async fn a_client_that_goes_away_ends_the_wait_and_not_the_job() {
    let desk = Desk::start().await;
    desk.jobs.allow(1);
    let mut stream = Stream::of_call(&desk, "begin_job", json!({"id": "a"})).await;
    assert_eq!(stream.step().await["progress"], 1.0);
    drop(stream);
    desk.jobs.allow(STEPS - 1);
    until("the job is done", || desk.jobs.done() == STEPS).await;
}

#[tokio::test]
async fn a_wait_that_takes_too_long_shows_what_is_there() {
    let mut config = config();
    config.mcp.wait_timeout = Duration::from_millis(1);
    let desk = Desk::start_with(config).await;
    let answer = desk.call("viewer", "begin_job", json!({"id": "a"})).await;
    let result = &answer.body["result"];
    assert_eq!(result["structuredContent"]["done"], 0, "{answer:?}");
    assert!(last_text(result).contains("The work goes on"), "{answer:?}");
    desk.jobs.allow(STEPS);
    until("the job is done", || desk.jobs.done() == STEPS).await;
}

#[tokio::test]
async fn a_service_that_closes_keeps_nobody_waiting() {
    let desk = Desk::start().await;
    desk.jobs.allow(1);
    let mut stream = Stream::of_call(&desk, "begin_job", json!({"id": "a"})).await;
    assert_eq!(stream.step().await["progress"], 1.0);
    desk.shutdown.begin_closing();
    let result = stream.result().await;
    assert_eq!(result["structuredContent"]["done"], 1, "{result}");
    assert!(last_text(&result).contains("The work goes on"), "{result}");
}

#[tokio::test]
async fn a_wait_ends_with_its_token_and_shows_nothing_then() {
    let desk = Desk::start().await;
    let call = desk.call("expired viewer", "begin_job", json!({"id": "a"}));
    let answer = tokio::time::timeout(Duration::from_secs(20), call).await;
    let answer = answer.expect("the wait outlives the token");
    let result = &answer.body["result"];
    assert_eq!(result["isError"], true, "{answer:?}");
    assert_eq!(result["structuredContent"]["code"], "invalid_token");
    desk.jobs.allow(STEPS);
    until("the job is done", || desk.jobs.done() == STEPS).await;
}

#[tokio::test]
async fn work_ends_with_the_token_of_its_call_and_with_the_service() {
    let desk = Desk::start().await;
    let call = desk.call("expired viewer", "work", json!({}));
    let answer = tokio::time::timeout(Duration::from_secs(20), call).await;
    let answer = answer.expect("the work outlives the token");
    let result = &answer.body["result"];
    assert_eq!(result["structuredContent"]["code"], "invalid_token");

    desk.jobs.allow(1);
    let mut stream = Stream::of_call(&desk, "work", json!({})).await;
    assert_eq!(stream.step().await["progress"], 1.0);
    desk.shutdown.begin_closing();
    let result = stream.result().await;
    assert_eq!(result["structuredContent"]["code"], "service_unavailable");
}

#[tokio::test]
async fn a_place_that_redirects_or_shows_no_json_is_no_result() {
    for id in ["redirect", "text"] {
        let answer = problem_of(id).await;
        let problem = &answer.body["result"]["structuredContent"];
        assert_eq!(problem["code"], "internal_server_error", "{id}");
        assert!(!answer.body.to_string().contains("The work goes on"));
    }
}
