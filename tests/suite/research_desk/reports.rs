//! A report's life: created, changed by whoever has seen it, published, deleted.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, Service, Tenant, Token};

pub(super) const REPORTS: &str = "/api/v1/reports";

pub(super) fn draft(title: &str) -> Value {
    json!({ "symbol": "ALPN", "title": title, "body": "Herds are getting smaller." })
}

pub(super) async fn create(service: &Service, author: &Token, title: &str) -> Answer {
    service
        .send_as(author, Method::POST, REPORTS, &draft(title))
        .await
        .expect(201)
}

pub(super) fn path_of(created: &Answer) -> String {
    format!(
        "{REPORTS}/{}",
        created.json()["id"].as_str().expect("a report has an id")
    )
}

pub(super) async fn update(
    service: &Service,
    author: &Token,
    path: &str,
    if_match: Option<&str>,
) -> Answer {
    let mut request = service.request(Method::PUT, path).bearer_auth(author);
    if let Some(if_match) = if_match {
        request = request.header("if-match", if_match);
    }
    Answer::of(request.json(&draft("Changed"))).await
}

async fn publish(service: &Service, author: &Token, path: &str) -> Answer {
    let request = service.request(Method::POST, &format!("{path}/publish"));
    Answer::of(request.bearer_auth(author)).await
}

#[tokio::test]
async fn a_created_report_says_where_it_is() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let analyst = tenant.user(&["Analyst"]);
    let created = create(&service, &analyst, "Milk").await;
    let path = path_of(&created);
    assert_eq!(created.header("location"), Some(&*path));
    let read = service.get_as(&analyst, &path).await.expect(200);
    assert_eq!(read.json(), created.json());
    assert_eq!(read.header("etag"), created.header("etag"));
    assert_eq!(read.json()["status"], "draft");
    assert_eq!(read.json()["title"], "Milk");
}

#[tokio::test]
async fn nobody_overwrites_what_he_has_not_seen() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let analyst = tenant.user(&["Analyst"]);
    let created = create(&service, &analyst, "Milk").await;
    let path = path_of(&created);
    let first = created
        .header("etag")
        .expect("a report has a version")
        .to_owned();
    update(&service, &analyst, &path, None).await.problem(428);
    update(&service, &analyst, &path, Some("\"999\""))
        .await
        .problem(412);
    update(&service, &analyst, &path, Some("nonsense"))
        .await
        .problem(422);
    let changed = update(&service, &analyst, &path, Some(&first))
        .await
        .expect(200);
    assert_eq!(changed.json()["title"], "Changed");
    let second = changed
        .header("etag")
        .expect("a report has a version")
        .to_owned();
    assert_ne!(first, second);
    update(&service, &analyst, &path, Some(&first))
        .await
        .problem(412);
    update(&service, &analyst, &path, Some(&second))
        .await
        .expect(200);
}

#[tokio::test]
async fn a_list_of_versions_matches_when_a_strong_tag_names_the_current_one() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let analyst = tenant.user(&["Analyst"]);
    for (name, lines, status) in [
        ("weak", &[r#"W/"1""#][..], 412),
        ("none of a list", &[r#""2", W/"1", "other""#], 412),
        ("none of several lines", &[r#""2""#, r#""3""#], 412),
        ("empty", &[""], 428),
        ("whatever is stored, in a list", &[r#""1", *"#], 422),
        ("one of a list", &[r#""9", "1""#], 200),
        ("one of several lines", &[r#""9""#, r#""1""#], 200),
    ] {
        let path = path_of(&create(&service, &analyst, "Milk").await);
        let mut request = service.request(Method::PUT, &path).bearer_auth(&analyst);
        for line in lines {
            request = request.header("if-match", *line);
        }
        let answer = Answer::of(request.json(&draft("Changed"))).await;
        assert_eq!(answer.status, status, "{name}: {answer}");
        let read = service.get_as(&analyst, &path).await.expect(200);
        let is_changed = read.json()["title"] == "Changed";
        assert_eq!(is_changed, status == 200, "{name}: {read}");
    }
}

#[tokio::test]
async fn drafts_are_hidden_from_everybody_but_author_and_admin() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let author = tenant.user(&["Analyst"]);
    let path = path_of(&create(&service, &author, "Secret plans").await);
    service.get_as(&author, &path).await.expect(200);
    service
        .get_as(&tenant.user(&["Admin"]), &path)
        .await
        .expect(200);
    let nothing = service
        .get_as(
            &author,
            &format!("{REPORTS}/0b9f3e52-7c1d-4a68-9e0f-5d2a8c7b6e41"),
        )
        .await;
    for role in ["Analyst", "PM", "Viewer"] {
        let other = tenant.user(&[role]);
        let hidden = service.get_as(&other, &path).await;
        // The same answer as for a report that is not there.
        assert_eq!(
            hidden.problem(404)["code"],
            nothing.problem(404)["code"],
            "{role}"
        );
        let list = service.get_as(&other, REPORTS).await.expect(200);
        assert!(!list.text().contains("Secret plans"), "{role}: {list}");
    }
    let found = service
        .get_as(&author, &format!("{REPORTS}?status=draft"))
        .await
        .expect(200);
    assert!(found.text().contains("Secret plans"), "{found}");
}

#[tokio::test]
async fn only_the_author_changes_and_publishes() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let author = tenant.user(&["Analyst"]);
    let created = create(&service, &author, "Milk").await;
    let path = path_of(&created);
    let etag = created.header("etag").expect("a report has a version");
    let other = tenant.user(&["Analyst"]);
    let changed = update(&service, &other, &path, Some(etag)).await;
    assert!(matches!(changed.status, 403 | 404), "{changed}");
    let published = publish(&service, &other, &path).await;
    assert!(matches!(published.status, 403 | 404), "{published}");
    publish(&service, &author, &path).await.expect(200);
}

#[tokio::test]
async fn a_report_is_published_once_and_for_everybody() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let author = tenant.user(&["Analyst"]);
    let path = path_of(&create(&service, &author, "Milk").await);
    let published = publish(&service, &author, &path).await.expect(200);
    assert_eq!(published.json()["status"], "published");
    let read = service
        .get_as(&tenant.user(&["Viewer"]), &path)
        .await
        .expect(200);
    publish(&service, &author, &path).await.problem(409);
    assert_eq!(read.json(), published.json());
}

#[tokio::test]
async fn an_admin_deletes_and_nobody_else() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let author = tenant.user(&["Analyst"]);
    let path = path_of(&create(&service, &author, "Milk").await);
    let delete =
        |token: Token| Answer::of(service.request(Method::DELETE, &path).bearer_auth(token));
    delete(author.clone()).await.problem(403);
    delete(tenant.user(&["Admin"])).await.expect(204);
    service.get_as(&author, &path).await.problem(404);
    delete(tenant.user(&["Admin"])).await.problem(404);
}

#[tokio::test]
async fn a_report_on_an_unknown_instrument_is_refused() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let analyst = tenant.user(&["Analyst"]);
    for (member, value) in [
        ("symbol", json!("NONE")),
        ("symbol", json!("not a symbol")),
        ("title", json!("")),
        ("title", json!("x".repeat(10_000))),
        ("body", json!("x".repeat(900_000))),
    ] {
        let mut report = draft("Milk");
        report[member] = value;
        let answer = service
            .send_as(&analyst, Method::POST, REPORTS, &report)
            .await;
        assert!(matches!(answer.status, 404 | 422), "{member}: {answer}");
        answer.problem(answer.status);
    }
}

#[tokio::test]
async fn a_cursor_walks_every_report_once_while_others_come_in() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let author = tenant.user(&["Analyst"]);
    let mut expected = Vec::new();
    for index in 0..7 {
        let created = create(&service, &author, &format!("Report {index}")).await;
        expected.push(created.json()["id"].clone());
    }
    let mut found = Vec::new();
    let mut path = format!("{REPORTS}?limit=2");
    loop {
        let page = service.get_as(&author, &path).await.expect(200).json();
        let items = page["items"].as_array().expect("a page has items");
        assert!(items.len() <= 2, "{page}");
        found.extend(items.iter().map(|item| item["id"].clone()));
        let Some(cursor) = page["next_cursor"].as_str() else {
            break;
        };
        path = format!("{REPORTS}?limit=2&cursor={cursor}");
        create(&service, &author, "Newcomer").await;
    }
    let walked = found.iter().filter(|id| expected.contains(id)).count();
    assert_eq!(walked, expected.len(), "each of the first seven once");
    let mut distinct = found.iter().map(Value::to_string).collect::<Vec<_>>();
    distinct.sort_unstable();
    distinct.dedup();
    assert_eq!(distinct.len(), found.len(), "none twice");
}
