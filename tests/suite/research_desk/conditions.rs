//! Conditional requests (RFC 9110 section 13): whether a report has changed since somebody read it.

use reqwest::Method;
use serde_json::{Value, json};

use super::reports::{REPORTS, create, draft, path_of, update};
use crate::harness::{Answer, Mcp, Reply, Service, Tenant, Token};

async fn ask_again(service: &Service, token: &Token, path: &str, kept: &str) -> Answer {
    let request = service.request(Method::GET, path).bearer_auth(token);
    Answer::of(request.header("if-none-match", kept)).await
}

#[tokio::test]
async fn who_has_kept_a_report_gets_it_again_when_it_has_changed() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let analyst = tenant.user(&["Analyst"]);
    let path = path_of(&create(&service, &analyst, "Milk").await);
    let read = service.get_as(&analyst, &path).await.expect(200);
    let first = read.header("etag").expect("a report has a version");
    for kept in [first, "*", r#"W/"1""#, r#""9", W/"1""#] {
        let again = ask_again(&service, &analyst, &path, kept).await.expect(304);
        assert_eq!(again.header("etag"), Some(first));
        for name in ["content-type", "content-length", "transfer-encoding"] {
            assert_eq!(again.header(name), None, "{kept}: {again}");
        }
        assert_eq!(again.header("cache-control"), Some("no-store"));
        assert!(again.body.is_empty(), "{again}");
    }
    let head = service.request(Method::HEAD, &path).bearer_auth(&analyst);
    let head = Answer::of(head.header("if-none-match", first)).await;
    assert_eq!((head.status, head.header("etag")), (304, Some(first)));
    assert_eq!(head.header("content-length"), None, "{head}");
    update(&service, &analyst, &path, Some(first))
        .await
        .expect(200);
    let changed = ask_again(&service, &analyst, &path, first)
        .await
        .expect(200);
    assert_eq!(changed.json()["title"], "Changed");
    assert_ne!(changed.header("etag"), Some(first));
    let malformed = ask_again(&service, &analyst, &path, "1").await;
    let problem = malformed.problem(422);
    assert_eq!(problem["code"], "invalid_header");
    assert_eq!(problem["errors"][0]["pointer"], "/header/if-none-match");
}

#[tokio::test]
async fn nobody_is_told_that_what_he_may_not_see_has_not_changed() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let author = tenant.user(&["Analyst"]);
    let path = path_of(&create(&service, &author, "Secret plans").await);
    let nowhere = format!("{REPORTS}/0b9f3e52-7c1d-4a68-9e0f-5d2a8c7b6e41");
    for kept in ["*", r#""1""#, r#"W/"1""#] {
        for role in ["Analyst", "PM", "Viewer"] {
            let other = tenant.user(&[role]);
            let hidden = ask_again(&service, &other, &path, kept).await;
            let nothing = ask_again(&service, &other, &nowhere, kept).await;
            assert_eq!(hidden.problem(404)["code"], nothing.problem(404)["code"]);
        }
        let stranger = tenant.user(&["Nobody"]);
        ask_again(&service, &stranger, &path, kept)
            .await
            .problem(403);
        let anonymous = service.request(Method::GET, &path);
        Answer::of(anonymous.header("if-none-match", kept))
            .await
            .problem(401);
        let admin = tenant.user(&["Admin"]);
        ask_again(&service, &admin, &path, kept).await.expect(304);
    }
}

/// What one caller was shown stays in no cache: of a browser, that is the next user's too.
#[tokio::test]
async fn what_a_caller_is_answered_is_kept_by_no_cache() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let analyst = tenant.user(&["Analyst"]);
    let created = create(&service, &analyst, "Milk").await;
    let path = path_of(&created);
    let mut answers = vec![created];
    for path in [
        path.as_str(),
        &format!("{path}/markdown"),
        &format!("{REPORTS}/0b9f3e52-7c1d-4a68-9e0f-5d2a8c7b6e41"),
        REPORTS,
        "/api/v1/me",
        "/api/v1/instruments",
        "/api/v1/audit",
    ] {
        answers.push(service.get_as(&analyst, path).await);
    }
    for answer in answers {
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{answer}");
    }
    let health = service.get("/health").await.expect(200);
    assert_eq!(health.header("cache-control"), None);
}

/// A page that keeps answers itself may ask whether they still hold.
#[tokio::test]
async fn a_page_may_send_the_condition_and_read_the_answer() {
    const ORIGIN: &str = "https://desk.contoso.com";
    let tenant = Tenant::start().await;
    let program = Service::program_for(&tenant).set("APP_CORS__ALLOWED_ORIGINS", ORIGIN);
    let service = Service::start_ready(program).await;
    let analyst = tenant.user(&["Analyst"]);
    let path = path_of(&create(&service, &analyst, "Milk").await);
    let preflight = service
        .request(Method::OPTIONS, &path)
        .header("origin", ORIGIN)
        .header("access-control-request-method", "GET")
        .header(
            "access-control-request-headers",
            "authorization,if-none-match",
        );
    let preflight = Answer::of(preflight).await;
    let allowed = preflight.header("access-control-allow-headers");
    let allowed = allowed.unwrap_or_default().to_lowercase();
    assert!(allowed.split(',').any(|it| it.trim() == "if-none-match"));
    let request = service.request(Method::GET, &path).bearer_auth(&analyst);
    let request = request.header("origin", ORIGIN);
    let again = Answer::of(request.header("if-none-match", "*")).await;
    let again = again.expect(304);
    assert_eq!(again.header("access-control-allow-origin"), Some(ORIGIN));
    let exposed = again.header("access-control-expose-headers");
    assert!(exposed.is_some_and(|it| it.to_lowercase().contains("etag")));
}

#[tokio::test]
async fn a_condition_on_a_message_is_none_on_the_tool_that_it_calls() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let analyst = tenant.user(&["Analyst"]);
    let created = create(&service, &analyst, "Milk").await.json();
    let mcp = Mcp::of(&service, Some(&analyst));
    let call = json!({ "name": "get_report", "arguments": { "id": created["id"] } });
    let message = mcp.message("tools/call", call);
    let answer = Answer::of(message.header("if-none-match", "*")).await;
    let result = Reply::result(&answer.expect(200));
    assert_eq!(result["structuredContent"], created);
}

/// One request for each row, about a new draft of version 1: who sends it, and on which condition.
#[tokio::test]
async fn a_report_is_deleted_or_published_at_the_version_that_the_caller_means_if_he_says_which() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let both = tenant.user(&["Admin", "Analyst"]);
    for (name, lines, expected) in [
        ("no condition", &[][..], None),
        ("the current version", &[r#""1""#], None),
        ("one of a list", &[r#""9", "1""#], None),
        ("one of several lines", &[r#""9""#, r#""1""#], None),
        ("whatever is there", &["*"], None),
        (
            "another version",
            &[r#""2""#],
            Some((412, "precondition_failed")),
        ),
        ("weak", &[r#"W/"1""#], Some((412, "precondition_failed"))),
        (
            "no tag of ours",
            &[r#""x""#],
            Some((412, "precondition_failed")),
        ),
        ("no tag", &["1"], Some((422, "invalid_header"))),
        ("nothing", &[""], Some((422, "invalid_header"))),
    ] {
        for (method, tail, done) in [(Method::DELETE, "", 204), (Method::POST, "/publish", 200)] {
            let created = create(&service, &both, "Milk").await;
            let path = path_of(&created);
            let request = service.request(method, &format!("{path}{tail}"));
            let request = lines.iter().fold(request.bearer_auth(&both), |it, line| {
                it.header("if-match", *line)
            });
            let answer = Answer::of(request).await;
            match expected {
                None => drop(answer.expect(done)),
                Some((status, code)) => {
                    assert_eq!(answer.problem(status)["code"], code, "{name}");
                    let kept = service.get_as(&both, &path).await.expect(200);
                    assert_eq!(kept.json(), created.json(), "{name}");
                }
            }
        }
    }
}

/// RFC 9110 section 13.2.1: what is refused anyway is refused so whatever the condition.
#[tokio::test]
async fn a_condition_tells_nobody_more_than_the_refusal_without_it() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let author = tenant.user(&["Analyst"]);
    let path = path_of(&create(&service, &author, "Secret plans").await);
    let published = path_of(&create(&service, &author, "Milk").await);
    let publish = |path: &str| format!("{path}/publish");
    let request = service.request(Method::POST, &publish(&published));
    Answer::of(request.bearer_auth(&author)).await.expect(200);
    let other = tenant.user(&["Analyst"]);
    let nowhere = format!("{REPORTS}/0b9f3e52-7c1d-4a68-9e0f-5d2a8c7b6e41");
    for (name, method, path, token, status) in [
        ("another's draft", Method::POST, publish(&path), &other, 404),
        ("nothing", Method::POST, publish(&nowhere), &other, 404),
        (
            "published before",
            Method::POST,
            publish(&published),
            &author,
            409,
        ),
        ("no admin", Method::DELETE, path.clone(), &author, 403),
        (
            "nothing",
            Method::DELETE,
            nowhere,
            &tenant.user(&["Admin"]),
            404,
        ),
    ] {
        for condition in [r#""1""#, r#""2""#, "*"] {
            let request = service.request(method.clone(), &path).bearer_auth(token);
            let answer = Answer::of(request.header("if-match", condition)).await;
            assert_eq!(answer.status, status, "{name} {condition}: {answer}");
        }
    }
}

#[tokio::test]
async fn a_tool_takes_the_version_that_its_user_means() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let analyst = tenant.user(&["Analyst"]);
    let created = create(&service, &analyst, "Milk").await.json();
    let mcp = Mcp::of(&service, Some(&analyst));
    let at = |version: &str| json!({ "id": created["id"], "If-Match": version });
    let stale = mcp.call("publish_report", at("\"2\"")).await.expect(200);
    let stale = Reply::result(&stale);
    assert_eq!(stale["isError"], true, "{stale}");
    assert_eq!(stale["structuredContent"]["code"], "precondition_failed");
    let published = mcp.call_well("publish_report", at("\"1\"")).await;
    assert_eq!(published["status"], "published");
}

/// RFC 9110 sections 13.1.1 and 13.1.2: who says on what condition, wants no change without it.
#[tokio::test]
async fn a_condition_that_an_operation_does_not_read_stops_the_change() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let everybody = tenant.user(&["Admin", "Analyst", "PM"]);
    let path = path_of(&create(&service, &everybody, "Milk").await);
    for (method, path, field) in [
        (Method::DELETE, path.clone(), "if-none-match"),
        (Method::PUT, path.clone(), "if-none-match"),
        (Method::POST, format!("{path}/publish"), "if-none-match"),
        (Method::POST, REPORTS.to_owned(), "if-none-match"),
        (Method::POST, REPORTS.to_owned(), "if-match"),
        (Method::POST, "/api/v1/portfolios".to_owned(), "if-match"),
    ] {
        let request = service
            .request(method.clone(), &path)
            .bearer_auth(&everybody);
        let request = request.header(field, "\"1\"").json(&draft("Changed"));
        let problem = Answer::of(request).await.problem(412);
        assert_eq!(
            problem["code"], "precondition_unsupported",
            "{method} {path} {field}"
        );
    }
    let read = service.request(Method::GET, &path).bearer_auth(&everybody);
    let read = Answer::of(read.header("if-match", "\"999\""))
        .await
        .expect(200);
    let report: Value = read.json();
    assert_eq!(
        (&report["title"], &report["status"]),
        (&"Milk".into(), &"draft".into())
    );
    let list = service.get_as(&everybody, REPORTS).await.expect(200);
    assert!(!list.text().contains("Changed"), "{list}");
}
