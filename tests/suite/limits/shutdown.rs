//! SIGTERM loses no request: what runs ends, what comes during the drain is served, and then the process ends with 0.

use std::sync::atomic::{AtomicUsize, Ordering};

use reqwest::Method;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::harness::{Service, Tenant, eventually, within};

#[tokio::test]
async fn the_process_ends_well_after_sigterm() {
    let tenant = Tenant::start().await;
    let mut service = Service::start(&tenant).await;
    service.get("/health").await.expect(200);
    service.terminate().await;
    assert_eq!(service.wait_for_exit().await, Some(0));
}

#[tokio::test]
async fn while_draining_the_service_is_not_ready_and_still_serves() {
    let tenant = Tenant::start().await;
    let program = Service::program_for(&tenant).set("APP_SERVER__DRAIN_DELAY", "2s");
    let mut service = Service::start_ready(program).await;
    service.terminate().await;
    eventually("not ready", async || {
        (service.manage("/readyz").await.status == 503).then_some(())
    })
    .await;
    let answer = service.get("/health").await.expect(200);
    // So that a client with a connection of its own leaves it before it is closed.
    assert_eq!(answer.header("connection"), Some("close"));
    service.manage("/livez").await.expect(200);
    assert_eq!(service.wait_for_exit().await, Some(0));
}

/// Keep-alive clients in mid-stream see every request answered, or refused at connect: never a reset.
#[tokio::test]
async fn no_request_of_a_keep_alive_client_is_lost() {
    for drain_delay in ["0s", "300ms"] {
        let tenant = Tenant::start().await;
        let program = Service::program_for(&tenant).set("APP_SERVER__DRAIN_DELAY", drain_delay);
        let mut service = Service::start_ready(program).await;
        let answered = AtomicUsize::new(0);
        let terminate = async {
            eventually("some answers", async || {
                (answered.load(Ordering::Relaxed) > 100).then_some(())
            })
            .await;
            service.terminate().await;
        };
        let ask = || ask_until_refused(&service, &answered);
        within("the last answer", async {
            tokio::join!(ask(), ask(), ask(), terminate)
        })
        .await;
        assert_eq!(service.wait_for_exit().await, Some(0));
    }
}

/// Asks without a pause until nobody accepts connections any more.
async fn ask_until_refused(service: &Service, answered: &AtomicUsize) {
    loop {
        match service.request(Method::GET, "/health").send().await {
            Ok(response) => {
                let body = response.bytes().await;
                body.expect("an answer that has begun comes to its end");
                answered.fetch_add(1, Ordering::Relaxed);
            }
            Err(error) if error.is_connect() => return,
            Err(error) => panic!("lost after {answered:?} answers: {error:?}"),
        }
    }
}

/// The request was on its way when the signal came: it gets its answer.
#[tokio::test]
async fn a_request_in_flight_is_answered() {
    let tenant = Tenant::start().await;
    let program = Service::program_for(&tenant)
        .set("APP_SERVER__DRAIN_DELAY", "0s")
        .set("APP_SERVER__SHUTDOWN_GRACE", "10s");
    let mut service = Service::start_ready(program).await;
    let analyst = tenant.user(&["Analyst"]);
    let body = r#"{"symbol":"ALPN","title":"Milk","body":"Prices."}"#;
    let (first, second) = body.split_at(10);
    let mut stream = TcpStream::connect(service.address()).await.unwrap();
    let head = format!(
        "POST /api/v1/reports HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {analyst}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{first}",
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    // Once another request on a later connection is answered, the first one has been accepted.
    service.get("/health").await.expect(200);
    service.terminate().await;
    service.log().wait_for("draining").await;
    stream.write_all(second.as_bytes()).await.unwrap();
    let mut answer = String::new();
    within("the answer", stream.read_to_string(&mut answer))
        .await
        .unwrap();
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    assert_eq!(service.wait_for_exit().await, Some(0));
}

#[tokio::test]
async fn a_second_signal_ends_the_process_at_once() {
    let tenant = Tenant::start().await;
    let program = Service::program_for(&tenant).set("APP_SERVER__DRAIN_DELAY", "5min");
    let mut service = Service::start_program(program).await;
    service.terminate().await;
    service.log().wait_for("draining").await;
    service.get("/health").await.expect(200);
    service.terminate().await;
    assert_eq!(service.wait_for_exit().await, Some(1));
    eventually("the reason", async || {
        service.log().text().contains("second signal").then_some(())
    })
    .await;
}
