//! Several instances on one database: they start together, and of changes to one version exactly one wins.

use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, Service, Tenant, Token};
use crate::research_desk::portfolios::{create, hold};

const REPORTS: &str = "/api/v1/reports";

/// How many ask at once. With three instances and eight connections each, none of them waits for another's connection.
const CALLERS: usize = 12;

/// Instances that were started at the same time on an empty database.
async fn replicas(tenant: &Tenant) -> [Service; 3] {
    let first = Service::program_for(tenant);
    let database = first.database_url();
    let other = || Service::program_for(tenant).set("APP_APP__DATABASE_URL", &*database);
    let (second, third) = (other(), other());
    let started = tokio::join!(
        Service::start_program(first),
        Service::start_program(second),
        Service::start_program(third),
    );
    let replicas = [started.0, started.1, started.2];
    for replica in &replicas {
        replica.wait_until_ready().await;
    }
    replicas
}

async fn draft(service: &Service, author: &Token) -> (String, String) {
    let body = json!({ "symbol": "ALPN", "title": "First", "body": "Herds." });
    let created = service.send_as(author, Method::POST, REPORTS, &body).await;
    let created = created.expect(201);
    let header = |name| created.header(name).expect("it is sent").to_owned();
    (header("location"), header("etag"))
}

/// Lets callers ask all replicas at once, and counts the answers by status.
async fn at_once<F: Future<Output = Answer>>(
    replicas: &[Service; 3],
    ask: impl Fn(usize, usize) -> F,
) -> (usize, Vec<Answer>) {
    let asked = (0..CALLERS).map(|caller| ask(caller, caller % replicas.len()));
    let answers = join_all(asked).await;
    let (won, lost): (Vec<_>, Vec<_>) = answers.into_iter().partition(|it| it.status == 200);
    (won.len(), lost)
}

#[tokio::test]
#[ignore = "needs a PostgreSQL: `tests/run postgres`"]
async fn of_all_who_change_one_version_of_a_report_one_does() {
    let tenant = Tenant::start().await;
    let replicas = replicas(&tenant).await;
    let author = tenant.user(&["Analyst"]);
    for _ in 0..5 {
        let (path, version) = draft(&replicas[0], &author).await;
        let (won, lost) = at_once(&replicas, async |caller, replica| {
            let body =
                json!({ "symbol": "ALPN", "title": format!("By {caller}"), "body": "Herds." });
            let request = replicas[replica].request(Method::PUT, &path);
            let request = request.bearer_auth(&author).header("if-match", &version);
            Answer::of(request.json(&body)).await
        })
        .await;
        assert_eq!(won, 1, "{lost:?}");
        for loser in lost {
            assert_eq!(loser.problem(412)["code"], "precondition_failed");
        }
        let stored = replicas[1].get_as(&author, &path).await.expect(200);
        assert_eq!(stored.json()["version"], 2);
    }
}

#[tokio::test]
#[ignore = "needs a PostgreSQL: `tests/run postgres`"]
async fn of_all_who_publish_a_report_one_does() {
    let tenant = Tenant::start().await;
    let replicas = replicas(&tenant).await;
    let author = tenant.user(&["Analyst"]);
    for _ in 0..5 {
        let (path, _) = draft(&replicas[0], &author).await;
        let publish = format!("{path}/publish");
        let (won, lost) = at_once(&replicas, async |_, replica| {
            let request = replicas[replica].request(Method::POST, &publish);
            Answer::of(request.bearer_auth(&author)).await
        })
        .await;
        assert_eq!(won, 1, "{lost:?}");
        for loser in lost {
            assert_eq!(loser.problem(409)["code"], "already_published");
        }
        let stored = replicas[1].get_as(&author, &path).await.expect(200);
        assert_eq!(stored.json()["version"], 2);
    }
}

#[tokio::test]
#[ignore = "needs a PostgreSQL: `tests/run postgres`"]
async fn no_position_of_many_that_are_set_at_once_is_lost() {
    let tenant = Tenant::start().await;
    let replicas = replicas(&tenant).await;
    let manager = tenant.user(&["PM"]);
    let symbols = ["CRDN", "FLD500", "HRBR"];
    let portfolio = create(&replicas[0], &manager).await;
    let (won, lost) = at_once(&replicas, async |caller, replica| {
        let symbol = symbols[caller % symbols.len()];
        let quantity = u32::try_from(caller).expect("they are few") + 1;
        hold(&replicas[replica], &manager, &portfolio, (symbol, quantity)).await
    })
    .await;
    assert_eq!(won, CALLERS, "{lost:?}");
    let stored = replicas[1]
        .get_as(&manager, &portfolio)
        .await
        .expect(200)
        .json();
    assert_eq!(stored["version"], 1 + CALLERS, "each of them is a version");
    let held = stored["positions"].as_array().expect("it holds something");
    let held: Vec<_> = held.iter().map(|it| it["symbol"].clone()).collect();
    assert_eq!(Value::from(held), json!(symbols));
}
