//! SIGTERM under load: clients of every kind go on until nobody accepts them any more, and each of their requests is
//! answered.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use reqwest::{Method, RequestBuilder};
use serde_json::json;

use crate::harness::{Mcp, Service, Tenant, Token, eventually, within};

const REPORTS: &str = "/api/v1/reports";
const DRAIN_DELAY: Duration = Duration::from_secs(1);

/// What all clients have in common.
struct Load<'a> {
    service: &'a Service,
    answered: AtomicUsize,
    /// The load balancer has seen that the service is not ready, and brings no new connections.
    looked_away: AtomicBool,
}

impl Load<'_> {
    /// Sends one request after the other, until nobody accepts connections.
    async fn until_refused(&self, request: impl Fn() -> RequestBuilder) {
        while self.is_answered(request()).await {}
    }

    /// As a client behind a load balancer does that has no connection of its own.
    async fn until_looked_away(&self, request: impl Fn() -> RequestBuilder) {
        while !self.looked_away.load(Ordering::Relaxed) {
            let request = request().header("connection", "close");
            assert!(self.is_answered(request).await, "refused while accepting");
        }
    }

    /// Whether anybody is there to answer. Whoever accepts a connection has to.
    async fn is_answered(&self, request: RequestBuilder) -> bool {
        let answered = async {
            let response = request.send().await?;
            let status = response.status();
            Ok::<_, reqwest::Error>((status, response.text().await?))
        };
        match within("an answer", answered).await {
            Ok((status, text)) => {
                assert!(status.is_success(), "{status}: {text}");
                assert!(!text.contains("\"isError\":true"), "{text}");
                self.answered.fetch_add(1, Ordering::Relaxed);
                true
            }
            Err(error) if error.is_connect() => false,
            Err(error) => panic!("lost after {:?} answers: {error:?}", self.answered),
        }
    }

    async fn look_away_when_not_ready(&self) {
        eventually("not ready", async || {
            (self.service.manage("/readyz").await.status == 503).then_some(())
        })
        .await;
        self.looked_away.store(true, Ordering::Relaxed);
    }
}

fn list<'a>(service: &'a Service, caller: &'a Token) -> impl Fn() -> RequestBuilder + use<'a> {
    move || service.request(Method::GET, REPORTS).bearer_auth(caller)
}

fn create<'a>(service: &'a Service, caller: &'a Token) -> impl Fn() -> RequestBuilder + use<'a> {
    let report = json!({ "symbol": "ALPN", "title": "Milk", "body": "x".repeat(20_000) });
    move || {
        let request = service.request(Method::POST, REPORTS);
        request.bearer_auth(caller).json(&report)
    }
}

#[tokio::test]
async fn every_request_under_load_is_answered_and_the_process_ends_in_time() {
    let tenant = Tenant::start().await;
    let grace = Duration::from_secs(20);
    let program = Service::program_for(&tenant)
        .set(
            "APP_SERVER__DRAIN_DELAY",
            format!("{}ms", DRAIN_DELAY.as_millis()),
        )
        .set(
            "APP_SERVER__SHUTDOWN_GRACE",
            format!("{}s", grace.as_secs()),
        );
    let mut service = Service::start_ready(program).await;
    let analyst = tenant.user(&["Analyst"]);
    let mcp = Mcp::of(&service, Some(&analyst));
    let call = || {
        let params = json!({ "name": "list_reports", "arguments": {} });
        mcp.message("tools/call", params)
    };
    let load = Load {
        service: &service,
        answered: AtomicUsize::new(0),
        looked_away: AtomicBool::new(false),
    };
    let terminate = async {
        eventually("some answers", async || {
            (load.answered.load(Ordering::Relaxed) > 100).then_some(())
        })
        .await;
        let at_signal = load.answered.load(Ordering::Relaxed);
        service.terminate().await;
        load.look_away_when_not_ready().await;
        (Instant::now(), at_signal)
    };
    let ((terminated, at_signal), ..) = tokio::join!(
        terminate,
        load.until_refused(list(&service, &analyst)),
        load.until_refused(create(&service, &analyst)),
        load.until_refused(call),
        load.until_looked_away(list(&service, &analyst)),
        load.until_looked_away(create(&service, &analyst)),
        load.until_looked_away(call),
    );
    let answered = load.answered.load(Ordering::Relaxed);
    assert!(answered > at_signal, "nobody asked during the drain");
    assert_eq!(service.wait_for_exit().await, Some(0));
    let took = terminated.elapsed();
    assert!(took < DRAIN_DELAY + grace, "{took:?}");
    let log = service.log().text();
    assert!(!log.contains("were cut"), "{log}");
}
