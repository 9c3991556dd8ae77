//! The database goes away: every call is answered in time, and the service is well again when the database is.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::json;

use super::{behind_a_cable, psql, told};
use crate::harness::{Answer, Cable, Service, Tenant, Token, eventually, within};

const REPORTS: &str = "/api/v1/reports";

/// A call waits five seconds for a connection, and its record waits once more.
const PATIENCE: Duration = Duration::from_secs(15);

/// Asks for a list and writes a report.
async fn read_and_write(service: &Service, analyst: &Token) -> [Answer; 2] {
    let draft = json!({ "symbol": "ALPN", "title": "Milk", "body": "Herds." });
    let read = service.get_as(analyst, REPORTS);
    let written = service.send_as(analyst, Method::POST, REPORTS, &draft);
    tokio::join!(read, written).into()
}

async fn is_told_and_overcome(fail: impl Fn(&Cable)) {
    let tenant = Tenant::start().await;
    let (program, cable) = behind_a_cable(&tenant).await;
    let service = Service::start_ready(program).await;
    let analyst = tenant.user(&["Analyst"]);
    let [read, written] = read_and_write(&service, &analyst).await;
    read.expect(200);
    written.expect(201);

    fail(&cable);
    let began = Instant::now();
    for answer in read_and_write(&service, &analyst).await {
        assert_eq!(answer.problem(503)["code"], "dependency_unavailable");
        assert!(answer.header("retry-after").is_some(), "{answer}");
        // The cause is the operators', with what it says about their network.
        assert!(!answer.text().contains("database"), "{answer}");
    }
    assert!(began.elapsed() < PATIENCE, "{:?}", began.elapsed());
    service.get("/health").await.expect(200);
    let failed = service.log().wait_for("a request failed");
    let failed = within("the cause", failed).await;
    assert!(
        failed["cause"].to_string().contains("out of reach: "),
        "{failed}"
    );
    let lost = service.log().wait_for("an audit entry could not be stored");
    let lost = within("the record that could not be stored", lost).await;
    assert!(
        lost["entry"].to_string().contains("create_report"),
        "{lost}"
    );

    cable.mend();
    eventually("a call that is answered", async || {
        let [read, written] = read_and_write(&service, &analyst).await;
        (read.status == 200 && written.status == 201).then_some(())
    })
    .await;
}

#[tokio::test]
#[ignore = "needs a PostgreSQL: `tests/run postgres`"]
async fn a_database_that_is_started_anew_is_told_and_overcome() {
    is_told_and_overcome(|cable| cable.cut()).await;
}

#[tokio::test]
#[ignore = "needs a PostgreSQL: `tests/run postgres`"]
async fn a_database_that_is_gone_without_a_word_is_told_and_overcome() {
    is_told_and_overcome(|cable| cable.fall_silent()).await;
}

/// What the server ends, as in a planned change of machines, nobody notices once it is back.
#[tokio::test]
#[ignore = "needs a PostgreSQL: `tests/run postgres`"]
async fn connections_that_the_server_has_ended_cost_no_call() {
    let tenant = Tenant::start().await;
    let program = Service::program_for(&tenant);
    let name = format!("ended-{}", uuid::Uuid::new_v4());
    let url = format!("{}&application_name={name}", program.database_url());
    let service = Service::start_ready(program.set("APP_APP__DATABASE_URL", url)).await;
    let analyst = tenant.user(&["Analyst"]);
    let ended = format!(
        "SELECT COUNT(pg_terminate_backend(pid, 10000)) FROM pg_stat_activity WHERE application_name = '{name}'"
    );
    for _ in 0..3 {
        let calls = (0..8).map(|_| read_and_write(&service, &analyst));
        for [read, written] in futures::future::join_all(calls).await {
            read.expect(200);
            written.expect(201);
        }
        assert_ne!(told(&ended).await, "0");
    }
}

/// Somebody holds a table, as a migration by hand does: what waits for it is given up in time, and all is well afterwards.
#[tokio::test]
#[ignore = "needs a PostgreSQL: `tests/run postgres`"]
async fn a_statement_that_does_not_end_is_given_up_and_its_connection_comes_back() {
    let tenant = Tenant::start().await;
    let program = Service::program_for(&tenant).set("APP_SERVER__REQUEST_TIMEOUT", "1s");
    let database = program.database_url();
    let schema = database.rsplit("[search_path]=").next();
    let schema = schema.expect("a schema of its own").to_owned();
    let service = Service::start_ready(program).await;
    let analyst = tenant.user(&["Analyst"]);
    service.get_as(&analyst, REPORTS).await.expect(200);

    let lock = format!("BEGIN; LOCK TABLE {schema}.reports; SELECT pg_sleep(600)");
    let mut holding = psql(&lock).spawn().expect("psql can be run");
    let held = format!(
        "SELECT COUNT(*) FROM pg_locks WHERE granted AND mode = 'AccessExclusiveLock' AND relation = '{schema}.reports'::regclass"
    );
    eventually("the lock", async || {
        (told(&held).await == "1").then_some(())
    })
    .await;
    // More than there are connections: some wait for the table, the others for a connection.
    let waiting = (0..12).map(|_| service.get_as(&analyst, REPORTS));
    for answer in futures::future::join_all(waiting).await {
        assert_eq!(answer.problem(504)["code"], "request_timeout");
    }
    service.get("/health").await.expect(200);

    holding.kill().await.expect("psql is ours");
    let backend = format!(
        "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_locks WHERE relation = '{schema}.reports'::regclass \
         AND mode = 'AccessExclusiveLock'"
    );
    told(&backend).await;
    eventually("a list", async || {
        let answer = service.get_as(&analyst, REPORTS).await;
        (answer.status == 200).then_some(())
    })
    .await;
}
