//! The same calls to a desk on SQLite and to one on PostgreSQL are answered alike: text, order, pages, numbers, times.
//!
//! What is drawn or depends on the time is masked: ids, timestamps, cursors.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, Service, Tenant, Token, eventually};

/// Titles that databases have treated unlike each other somewhere.
const TITLES: [&str; 12] = [
    "50%_off!",
    "Öl und ÅRHUS",
    "straße STRASSE",
    "İstanbul ıi",
    "日本 株",
    "a\u{301} composed: á",
    "back\\slash \\% \\_",
    "'quoted' \"twice\" $1 ?1",
    " blanks  before and after ",
    "😀 beyond the basic plane",
    "ΟΔΟΣ",
    "$$; DROP TABLE reports; --",
];

/// Searches, in any case and with all that means something to LIKE.
const SEARCHES: [&str; 26] = [
    "%",
    "_",
    "!",
    "\\",
    "\\%",
    "%_",
    "'",
    "\"",
    "$1",
    "?",
    "öl",
    "ÖL",
    "århus",
    "straße",
    "STRASSE",
    "i",
    "İ",
    "ı",
    "日",
    "á",
    "a\u{301}",
    "😀",
    "οδοσ",
    "οδος",
    "  before",
    "; drop table",
];

/// A desk, and all that it has answered so far.
struct Transcript {
    service: Service,
    answers: Vec<(String, Value)>,
}

impl Transcript {
    fn note(&mut self, what: &str, answer: &Answer) -> Value {
        let body = if answer.body.is_empty() {
            Value::Null
        } else {
            answer.json()
        };
        let noted = json!({ "status": answer.status, "etag": answer.header("etag"), "body": masked(body.clone()) });
        self.answers.push((what.to_owned(), noted));
        body
    }

    async fn get(&mut self, caller: &Token, path: &str) -> Value {
        let answer = self.service.get_as(caller, path).await;
        self.note(&format!("GET {}", without_ids(path)), &answer)
    }

    async fn send(&mut self, caller: &Token, method: Method, path: &str, body: &Value) -> Value {
        let what = format!("{method} {} {body}", without_ids(path));
        let answer = self.service.send_as(caller, method, path, body).await;
        self.note(&what, &answer)
    }

    async fn publish(&mut self, author: &Token, report: &str) -> Value {
        let path = format!("{report}/publish");
        let request = self.service.request(Method::POST, &path);
        let answer = Answer::of(request.bearer_auth(author)).await;
        self.note("publish", &answer)
    }

    /// Reads a list to its end in pages of this size.
    async fn pages(&mut self, caller: &Token, path: &str, limit: usize) {
        let mut cursor = String::new();
        loop {
            let separator = if path.contains('?') { '&' } else { '?' };
            let answer = self
                .service
                .get_as(caller, &format!("{path}{separator}limit={limit}{cursor}"))
                .await
                .expect(200);
            let page = self.note(&format!("a page of {path}"), &answer);
            let Some(next) = page["next_cursor"].as_str() else {
                return;
            };
            cursor = format!("&cursor={next}");
        }
    }
}

/// An id in a path is drawn.
fn without_ids(path: &str) -> String {
    let is_id = |part: &&str| part.len() == 36 && part.matches('-').count() == 4;
    let parts = path.split('/');
    let parts = parts.map(|part| if is_id(&part) { "{id}" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

fn masked(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(masked).collect(),
        Value::Object(members) => {
            let members = members.into_iter().map(|(name, value)| {
                let is_drawn =
                    name == "id" || name.ends_with("_id") || name.ends_with("_at") || name == "at";
                let is_drawn = is_drawn || matches!(&*name, "next_cursor" | "path" | "instance");
                let value = match value.as_str() {
                    Some(text) if is_drawn => {
                        json!(format!("{} characters", class_of(&name, text)))
                    }
                    Some(_) | None => masked(value),
                };
                (name, value)
            });
            Value::Object(members.collect())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value,
    }
}

/// What is left of something drawn: the form of a time, the length of anything else but a cursor.
fn class_of(name: &str, text: &str) -> String {
    if name.ends_with("at") {
        let is_time = text.ends_with('Z') && text.len() >= 20 && text.as_bytes()[10] == b'T';
        assert!(is_time, "{name} is {text}");
        return "a time's".to_owned();
    }
    match name {
        "next_cursor" => "a cursor's".to_owned(),
        _ => without_ids(text).len().to_string(),
    }
}

async fn write_and_search(desk: &mut Transcript, author: &Token, reader: &Token) {
    let reports = "/api/v1/reports";
    for (number, title) in TITLES.iter().enumerate() {
        let symbol = ["ALPN", "BLT.B"][number % 2];
        let body = json!({ "symbol": symbol, "title": title, "body": format!("{title}\n\u{1}\t{number}%") });
        let created = desk.send(author, Method::POST, reports, &body).await;
        let path = format!(
            "{reports}/{}",
            created["id"].as_str().expect("it has an id")
        );
        assert_eq!(
            desk.get(author, &path).await,
            created,
            "read as it was answered"
        );
        if number % 3 != 0 {
            let published = desk.publish(author, &path).await;
            assert_eq!(
                desk.get(reader, &path).await,
                published,
                "read as it was answered"
            );
        }
    }
    for text in SEARCHES {
        let search: String = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
        for caller in [author, reader] {
            desk.get(caller, &format!("{reports}?search={search}"))
                .await;
        }
    }
    for path in [
        reports.to_owned(),
        format!("{reports}?symbol=BLT.B"),
        format!("{reports}?status=draft"),
    ] {
        desk.pages(author, &path, 5).await;
        desk.pages(reader, &path, 1).await;
    }
}

async fn deliver_and_value(desk: &mut Transcript, tenant: &Tenant, manager: &Token) {
    let feed = tenant.application(&["Ingest"]);
    let closes = [
        0.1,
        0.0001,
        1e9,
        1.0 / 3.0,
        123_456_789.123_456_79,
        41.5,
        5e-4,
        99.99,
    ];
    for symbol in ["HRBR", "CRDN"] {
        let prices = format!("/api/v1/instruments/{symbol}/prices");
        let rows = (0..80).rev().map(|day| {
            let number = u8::try_from(day).expect("it is small");
            let close = (closes[day % closes.len()] * (1.0 - f64::from(number) / 997.0)).max(0.0001);
            json!({ "date": format!("2026-{:02}-{:02}", 1 + day / 28, 1 + day % 28), "close": close })
        });
        let rows = json!({ "rows": rows.collect::<Vec<_>>() });
        let stored = desk.send(&feed, Method::PUT, &prices, &rows).await;
        assert_eq!(stored["rows"], 80, "{stored}");
        desk.send(
            &feed,
            Method::PUT,
            &prices,
            &json!({ "rows": [{ "date": "2026-01-01", "close": 0.3 }] }),
        )
        .await;
        desk.pages(manager, &prices, 33).await;
        desk.get(manager, &format!("{prices}?from=2026-01-20&to=2026-02-10"))
            .await;
    }
    desk.send(
        &feed,
        Method::PUT,
        "/api/v1/instruments/NOSUCH/prices",
        &json!({ "rows": [{ "date": "2026-01-01", "close": 1 }] }),
    )
    .await;
    desk.pages(manager, "/api/v1/instruments", 3).await;

    let portfolios = "/api/v1/portfolios";
    let input = json!({ "name": "Grün & 'wild' 日本", "currency": "USD" });
    let created = desk.send(manager, Method::POST, portfolios, &input).await;
    let portfolio = format!(
        "{portfolios}/{}",
        created["id"].as_str().expect("it has an id")
    );
    for (symbol, quantity) in [
        ("CRDN", 1_000_000_000),
        ("HRBR", 7),
        ("BLT.B", 1),
        ("FLD500", 1),
        ("FLD500", 0),
    ] {
        let path = format!("{portfolio}/positions/{symbol}");
        desk.send(
            manager,
            Method::PUT,
            &path,
            &json!({ "quantity": quantity }),
        )
        .await;
    }
    desk.get(manager, &portfolio).await;
    desk.pages(manager, portfolios, 1).await;
    let valuations = format!("{portfolio}/valuations");
    let input = json!({ "lookback_days": 60 });
    let begun = desk
        .service
        .send_as(manager, Method::POST, &valuations, &input);
    let valued = begun.await.expect(202);
    let path = valued
        .header("location")
        .expect("a job says where it is")
        .to_owned();
    eventually("the end of the valuation", async || {
        let shown = desk.service.get_as(manager, &path).await.expect(200).json();
        (shown["status"] != "running").then_some(())
    })
    .await;
    let shown = desk.get(manager, &path).await;
    assert_eq!(shown["status"], "done", "{shown}");
}

#[tokio::test]
#[ignore = "needs a PostgreSQL: `tests/run postgres`"]
async fn both_databases_answer_the_same_calls_alike() {
    let tenant = Tenant::start().await;
    let [author, reader, manager, admin] =
        ["Analyst", "Viewer", "PM", "Admin"].map(|role| tenant.user(&[role]));
    let on_postgres = Service::program_for(&tenant);
    assert!(on_postgres.database_url().starts_with("postgres://"));
    let on_sqlite = Service::program_for(&tenant);
    let file = format!("sqlite://{}", on_sqlite.path("desk.db").display());
    let on_sqlite = on_sqlite.set("APP_APP__DATABASE_URL", file);
    let mut transcripts = Vec::new();
    for program in [on_sqlite, on_postgres] {
        let service = Service::start_ready(program).await;
        let mut desk = Transcript {
            service,
            answers: Vec::new(),
        };
        write_and_search(&mut desk, &author, &reader).await;
        deliver_and_value(&mut desk, &tenant, &manager).await;
        desk.pages(&admin, "/api/v1/audit", 7).await;
        desk.pages(&admin, "/api/v1/audit?operation=create_report", 100)
            .await;
        transcripts.push(desk.answers);
    }
    let [sqlite, postgres] = &transcripts[..] else {
        panic!("two desks were asked");
    };
    for (one, other) in sqlite.iter().zip(postgres) {
        assert_eq!(one, other, "SQLite, PostgreSQL");
        assert!(one.1["status"].as_u64() < Some(500), "{one:?}");
    }
    assert_eq!(sqlite.len(), postgres.len());
    assert!(sqlite.len() > 100, "{}", sqlite.len());
}
