//! A flood of forged tokens is answered 401 and then 429, by address, and who has a good token does not notice (duty 25).

use reqwest::Method;
use serde_json::json;

use crate::harness::{Answer, Mcp, Program, Service, Tenant, eventually, foreign_key};

const ME: &str = "/api/v1/me";
const ORIGIN: &str = "http://localhost:5173";

/// A caller may send two requests at once, an address twice as many that fail.
fn small_limits(tenant: &Tenant) -> Program {
    Service::program_for(tenant).with_rate(1, 2)
}

fn forged(tenant: &Tenant) -> String {
    let key_id = tenant.user(&["Viewer"]).signed_by(foreign_key());
    let claims = key_id.header("kid", crate::harness::tenant_key().key_id);
    claims.to_string()
}

/// Asks with a bad token, as whoever the list of forwarded addresses names.
async fn fail(service: &Service, token: &str, forwarded_for: &str) -> Answer {
    let request = service.request(Method::GET, ME).bearer_auth(token);
    let request = request.header("x-forwarded-for", forwarded_for);
    Answer::of(request.header("origin", ORIGIN)).await
}

/// Fails until the address is closed; gives the first 429 and how many failures came before it.
async fn close(service: &Service, token: &str, forwarded_for: &str) -> (Answer, usize) {
    for failures in 0..100 {
        let answer = fail(service, token, forwarded_for).await;
        match answer.status {
            401 => {}
            429 => return (answer, failures),
            _ => panic!("neither 401 nor 429: {answer}"),
        }
    }
    panic!("a hundred failures close nothing");
}

#[tokio::test]
async fn a_flood_of_forged_tokens_is_answered_401_and_then_429() {
    let tenant = Tenant::start().await;
    let service = Service::start_ready(small_limits(&tenant)).await;
    let known = tenant.user(&["Viewer"]).to_string();
    let ask = async || Answer::of(service.request(Method::GET, ME).bearer_auth(&known)).await;
    ask().await.expect(200);
    let (refused, failures) = close(&service, &forged(&tenant), "").await;
    assert!(failures >= 4, "{failures}");
    assert_eq!(refused.problem(429)["code"], "rate_limited");
    for (name, start) in [
        ("retry-after", ""),
        ("ratelimit", "\"address\";r=0;t=4"),
        ("ratelimit-policy", "\"address\";q=4;w=4"),
        ("access-control-allow-origin", ORIGIN),
    ] {
        let value = refused.header(name);
        assert!(
            value.is_some_and(|value| value.starts_with(start)),
            "{name}: {refused}"
        );
    }
    let exposed = refused
        .header("access-control-expose-headers")
        .unwrap_or_default();
    assert!(exposed.contains("retry-after"), "{refused}");
    ask().await.expect(200);
    service.get("/health").await.expect(200);
    let told = service
        .log()
        .wait_for("too many failed authentications from this address")
        .await;
    assert_eq!(told["client_address"], "127.0.0.1");
}

/// A fresh key id each time is the flood that would fetch keys, were it looked at; each look at a token writes a line.
#[tokio::test]
async fn once_the_address_is_closed_no_token_from_there_is_looked_at() {
    const REQUESTS: usize = 24;
    let tenant = Tenant::start().await;
    // Nothing but the closed address stands between a token with a fresh key id and a fetch.
    let program = small_limits(&tenant).set("APP_AUTH__KEYS__COOLDOWN", "10ms");
    let service = Service::start_ready(program).await;
    let fresh = |number: usize| {
        let token = tenant.user(&["Viewer"]).signed_by(foreign_key());
        token.header("kid", format!("fresh-{number}")).to_string()
    };
    let before = tenant.key_requests();
    let mut statuses = Vec::new();
    for number in 0..REQUESTS {
        statuses.push(fail(&service, &fresh(number), "").await.status);
    }
    let let_in = statuses.iter().filter(|status| **status == 401).count();
    assert!(statuses.contains(&429), "{statuses:?}");
    let all_logged = async || {
        let events = service.log().events();
        let count = |message| events.iter().filter(|it| it["message"] == message).count();
        (count("request") >= REQUESTS).then(|| count("authentication failed"))
    };
    let looked_at = eventually("a line for each request", all_logged).await;
    assert_eq!(
        looked_at, let_in,
        "who is looked at is answered 401: {statuses:?}"
    );
    let fetched = tenant.key_requests() - before;
    assert!(
        (1..=let_in).contains(&fetched),
        "{fetched} fetches: {statuses:?}"
    );
}

#[tokio::test]
async fn every_kind_of_failure_counts() {
    let tenant = Tenant::start().await;
    let service =
        Service::start_ready(small_limits(&tenant).set("APP_SERVER__TRUSTED_HOPS", "1")).await;
    let unknown_key = tenant
        .user(&["Viewer"])
        .header("kid", "never-seen")
        .to_string();
    let expired = tenant.user(&["Viewer"]).expired().to_string();
    for (address, token) in [
        ("192.0.2.1", forged(&tenant).as_str()),
        ("192.0.2.2", unknown_key.as_str()),
        ("192.0.2.3", expired.as_str()),
        ("192.0.2.4", "nonsense"),
    ] {
        close(&service, token, address).await;
    }
    let anonymous = async || {
        let request = service.request(Method::GET, ME);
        Answer::of(request.header("x-forwarded-for", "192.0.2.5")).await
    };
    let mut closed = false;
    for _ in 0..100 {
        closed = closed || anonymous().await.status == 429;
    }
    assert!(closed, "no credential at all is a failure too");
}

#[tokio::test]
async fn another_address_does_not_notice_and_no_header_moves_a_bucket() {
    let tenant = Tenant::start().await;
    let service =
        Service::start_ready(small_limits(&tenant).set("APP_SERVER__TRUSTED_HOPS", "1")).await;
    let token = forged(&tenant);
    close(&service, &token, "192.0.2.1:4711").await;
    // The part that a client writes itself changes nothing, neither does the port.
    for list in [
        "192.0.2.1:1",
        "203.0.113.9, 192.0.2.1",
        "unknown, 192.0.2.1:2",
    ] {
        let (_, failures) = close(&service, &token, list).await;
        assert!(
            failures <= 1,
            "{list}: {failures} failures before it was closed"
        );
    }
    for other in ["192.0.2.2", "[2001:db8::1]:443", "192.0.2.1, 198.51.100.1"] {
        assert_eq!(fail(&service, &token, other).await.status, 401, "{other}");
    }
    let fresh = tenant.user(&["Viewer"]).to_string();
    let request = service.request(Method::GET, ME).bearer_auth(fresh);
    Answer::of(request.header("x-forwarded-for", "192.0.2.3"))
        .await
        .expect(200);
}

#[tokio::test]
async fn without_trusted_hops_a_forwarded_address_is_not_believed() {
    let tenant = Tenant::start().await;
    let service = Service::start_ready(small_limits(&tenant)).await;
    let token = forged(&tenant);
    close(&service, &token, "192.0.2.1").await;
    let (_, failures) = close(&service, &token, "192.0.2.2").await;
    assert!(failures <= 1, "{failures}");
}

#[tokio::test]
async fn a_closed_address_is_closed_over_mcp_too() {
    let tenant = Tenant::start().await;
    let service = Service::start_ready(small_limits(&tenant)).await;
    let known = tenant.user(&["Viewer"]);
    let (known_mcp, forged) = (Mcp::of(&service, Some(&known)), forged(&tenant));
    known_mcp.call("get_me", json!({})).await.expect(200);
    let post = async || {
        let request = Mcp::of(&service, None).request().bearer_auth(&forged);
        Answer::of(request.json(&json!({"jsonrpc": "2.0", "id": 1, "method": "ping"}))).await
    };
    let mut statuses = Vec::new();
    while statuses.last() != Some(&429) && statuses.len() < 100 {
        statuses.push(post().await.status);
    }
    assert!(statuses.len() > 4, "{statuses:?}");
    assert!(statuses.starts_with(&[401, 401, 401, 401]), "{statuses:?}");
    assert_eq!(statuses.last(), Some(&429));
}

/// All that ask it may share an address, such as a load balancer's: a 429 would take every instance out.
#[tokio::test]
async fn nobody_can_close_health() {
    let tenant = Tenant::start().await;
    let service = Service::start_ready(small_limits(&tenant)).await;
    for _ in 0..50 {
        let answer = service.get("/health").await;
        assert_eq!(answer.status, 200, "{answer}");
        assert_eq!(answer.header("ratelimit"), None, "{answer}");
    }
    close(&service, &forged(&tenant), "").await;
    service.get("/health").await.expect(200);
}

/// With the shipped limits a test run over a corpus of bad tokens, one after the other, sees the answers it came for.
#[tokio::test]
async fn four_hundred_failures_one_after_the_other_are_each_answered_401() {
    let tenant = Tenant::start().await;
    let shipped = Service::program_for(&tenant).set("APP_RATE_LIMIT__ENABLED", "true");
    let service = Service::start_ready(shipped).await;
    let forged = forged(&tenant);
    for number in 0..400 {
        // A connection of its own for each.
        let request = service.request(Method::GET, ME).bearer_auth(&forged);
        let answer = Answer::of(request.header("connection", "close")).await;
        assert_eq!(answer.status, 401, "{number}: {answer}");
    }
}
