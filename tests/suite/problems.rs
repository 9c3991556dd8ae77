//! Every 4xx is a problem, every response has its correlation id and `nosniff`: the router's own answers too.

use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::harness::{Answer, Mcp, Service, Tenant, within};

const REPORTS: &str = "/api/v1/reports";

#[tokio::test]
async fn an_unknown_path_is_a_problem() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    for path in [
        "/",
        "/api",
        "/api/v1",
        "/api/v1/",
        "/api/v1/unknown",
        "/api/v2/me",
        "//api/v1/me",
        "/health/",
    ] {
        let answer = service.get(path).await;
        assert_eq!(answer.problem(404)["code"], "not_found", "{path}");
    }
}

#[tokio::test]
async fn a_wrong_method_is_a_problem_that_lists_the_right_ones() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    for (method, path, allowed) in [
        (Method::DELETE, "/api/v1/me", &["GET", "HEAD"][..]),
        (Method::PATCH, REPORTS, &["GET", "HEAD", "POST"]),
        (Method::POST, "/health", &["GET", "HEAD"]),
        (Method::GET, "/api/v1/mcp", &["POST"]),
        (Method::DELETE, "/api/v1/mcp", &["POST"]),
    ] {
        let answer = Answer::of(service.request(method, path)).await;
        answer.problem(405);
        let allow = answer.header("allow").unwrap_or_default();
        let mut methods = allow.split(',').map(str::trim).collect::<Vec<_>>();
        methods.sort_unstable();
        assert_eq!(methods, allowed, "{path}");
    }
}

#[tokio::test]
async fn a_body_that_is_not_what_is_asked_for_is_a_problem() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let analyst = tenant.user(&["Analyst"]);
    let json = Some("application/json");
    let good = r#"{"symbol":"ALPN","title":"Milk","body":"Prices."}"#;
    let (twice, followed) = (good.repeat(2), format!("{good} x"));
    for (name, content_type, body, status) in [
        ("no JSON", json, "{", 400),
        ("empty", json, "", 400),
        ("two values", json, &twice, 400),
        ("text behind", json, &followed, 400),
        ("no content type", None, good, 415),
        ("text", Some("text/plain"), good, 415),
        (
            "form",
            Some("application/x-www-form-urlencoded"),
            "title=Milk",
            415,
        ),
        ("members missing", json, "{}", 422),
        (
            "another type",
            json,
            r#"{"symbol":"ALPN","title":1,"body":"Prices."}"#,
            422,
        ),
        ("an array", json, "[]", 422),
        (
            "unknown member",
            json,
            r#"{"symbol":"ALPN","title":"Milk","body":"Prices.","x":1}"#,
            422,
        ),
    ] {
        let mut request = service.request(Method::POST, REPORTS).bearer_auth(&analyst);
        if let Some(content_type) = content_type {
            request = request.header("content-type", content_type);
        }
        let answer = Answer::of(request.body(body.to_owned())).await;
        assert_eq!(answer.status, status, "{name}: {answer}");
        answer.problem(status);
    }
}

/// Nothing decodes a body, and of two media types whoever stands in front may have judged the other.
#[tokio::test]
async fn a_body_that_is_coded_or_of_two_types_is_not_read() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let analyst = tenant.user(&["Analyst"]);
    let draft = json!({ "symbol": "ALPN", "title": "Milk", "body": "Prices." });
    let list = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {} });
    for (field, value, over_rest, over_mcp) in [
        ("content-encoding", "identity", 201, 200),
        ("content-encoding", "gzip", 415, 415),
        ("content-type", "application/json", 415, 400),
        ("content-type", "text/plain", 415, 400),
    ] {
        let create = service.request(Method::POST, REPORTS).bearer_auth(&analyst);
        let create = Answer::of(create.json(&draft).header(field, value)).await;
        assert_eq!(create.status, over_rest, "{field} {value}: {create}");
        let mcp = Mcp::of(&service, Some(&analyst)).request();
        let mcp = Answer::of(mcp.json(&list).header(field, value)).await;
        assert_eq!(mcp.status, over_mcp, "{field} {value}: {mcp}");
        for answer in [create, mcp] {
            let accepted = (value == "gzip").then_some("identity");
            assert_eq!(answer.header("accept-encoding"), accepted, "{answer}");
        }
    }
}

#[tokio::test]
async fn path_and_query_that_do_not_fit_are_problems_that_point_at_the_fault() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let viewer = tenant.user(&["Viewer"]);
    for (path, pointer) in [
        ("/api/v1/reports/not-an-id", "/path/id"),
        ("/api/v1/reports?limit=0", "/query/limit"),
        ("/api/v1/reports?limit=many", "/query/limit"),
        ("/api/v1/reports?cursor=%25%25", "/query/cursor"),
        ("/api/v1/reports?status=burnt", "/query/status"),
    ] {
        let problem = service.get_as(&viewer, path).await.problem(422);
        assert_eq!(
            problem["errors"][0]["pointer"], pointer,
            "{path}: {problem}"
        );
        let detail = problem["errors"][0]["detail"].as_str().unwrap_or_default();
        assert!(!detail.is_empty(), "{path}: {problem}");
    }
    let unknown = service.get_as(&viewer, "/api/v1/reports?unknown=1").await;
    unknown.problem(422);
}

#[tokio::test]
async fn a_correlation_id_is_kept_when_it_is_acceptable_and_replaced_when_not() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let longest = "a".repeat(64);
    for id in ["a", "A-z_0.9", longest.as_str()] {
        let request = service
            .request(Method::GET, "/health")
            .header("x-correlation-id", id);
        assert_eq!(
            Answer::of(request).await.header("x-correlation-id"),
            Some(id)
        );
    }
    let too_long = "a".repeat(65);
    for id in ["", "a b", "a\"b", "a;b", "a/b", too_long.as_str()] {
        let request = service
            .request(Method::GET, "/nothing")
            .header("x-correlation-id", id);
        let answer = Answer::of(request).await;
        answer.problem(404);
        let replaced = answer.header("x-correlation-id").unwrap_or_default();
        assert!(
            !replaced.is_empty() && replaced != id,
            "{id} became {replaced}"
        );
    }
}

#[tokio::test]
async fn two_requests_get_two_correlation_ids() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let first = service.get("/health").await.expect(200);
    let second = service.get("/health").await.expect(200);
    let id = |answer: &Answer| answer.header("x-correlation-id").map(str::to_owned);
    assert!(id(&first).is_some());
    assert_ne!(id(&first), id(&second));
}

#[tokio::test]
async fn every_kind_of_response_forbids_sniffing() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let analyst = tenant.user(&["Analyst"]);
    let report = json!({ "symbol": "ALPN", "title": "Milk", "body": "Prices." });
    let answers = [
        service.get("/health").await.expect(200),
        service.get("/openapi.json").await.expect(200),
        service.get("/docs").await,
        service.get("/nothing").await.expect(404),
        service.get("/api/v1/me").await.expect(401),
        service
            .send_as(&analyst, Method::POST, REPORTS, &report)
            .await
            .expect(201),
        Answer::of(service.request(Method::OPTIONS, REPORTS)).await,
        service
            .get("/.well-known/oauth-protected-resource")
            .await
            .expect(200),
    ];
    for answer in answers {
        assert_eq!(
            answer.header("x-content-type-options"),
            Some("nosniff"),
            "{answer}"
        );
    }
}

/// What is answered to a head, after its first line.
async fn answer_to(address: &str, target: &str, head: &str) -> (String, Value) {
    let request = format!("{target} HTTP/1.1\r\n{head}connection: close\r\n\r\n");
    answer_until_closed(address, &request).await
}

/// The answer to a request after which the service closes the connection, whether it was asked to or not.
async fn answer_until_closed(address: &str, request: &str) -> (String, Value) {
    let mut stream = TcpStream::connect(address).await.expect("it listens");
    let written = stream.write_all(request.as_bytes()).await;
    written.expect("it is read");
    let mut answer = String::new();
    let read = stream.read_to_string(&mut answer);
    within("an answer", read).await.expect("it is text");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head ends");
    let body = serde_json::from_str(body).unwrap_or_default();
    (head.to_ascii_lowercase(), body)
}

/// RFC 9112 section 3.2: a request with two hosts may have been judged by the other one.
#[tokio::test]
async fn a_request_names_one_host_whatever_it_asks_for() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let token = tenant.user(&["Analyst"]);
    let (public, management) = (
        service.address().to_string(),
        service
            .management_url
            .trim_start_matches("http://")
            .to_owned(),
    );
    for (address, target) in [
        (&public, "GET /health"),
        (&public, "GET /api/v1/me"),
        (&public, "DELETE /api/v1/me"),
        (&public, "OPTIONS /api/v1/me"),
        (&public, "POST /api/v1/mcp"),
        (&public, "GET /nothing"),
        (&public, "GET /openapi.json"),
        (&public, "GET http://localhost/health"),
        (&management, "GET /livez"),
        (&management, "GET /metrics"),
    ] {
        for hosts in [
            "",
            "host:\r\n",
            "host: localhost\r\nhost: localhost\r\n",
            "host: localhost\r\nhost: evil.example\r\n",
            "host: user@localhost\r\n",
        ] {
            let head = format!("{hosts}authorization: Bearer {token}\r\n");
            let (head, body) = answer_to(address, target, &head).await;
            assert!(head.starts_with("http/1.1 400"), "{target} {hosts}: {head}");
            assert_eq!(body["code"], "bad_request", "{target} {hosts}");
            let id = body["correlation_id"].as_str().unwrap_or_default();
            assert!(head.contains(&format!("x-correlation-id: {id}")), "{head}");
        }
    }
    let (head, _) = answer_to(&public, "GET /health", "host: anybody.example\r\n").await;
    assert!(head.starts_with("http/1.1 200"), "{head}");
}

/// RFC 9112 section 6.1: a coding that nobody undoes would be taken for the body itself.
#[tokio::test]
async fn no_transfer_coding_but_chunked_is_understood() {
    const CLOSE: &str = "connection: close\r\n";
    const NOTHING: &str = "0\r\n\r\n";
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let token = tenant.user(&["Analyst"]);
    let address = service.address().to_string();
    // Without a content type, so that what is understood is 415. What is not ends the connection, without being asked to.
    for (codings, asked, body, status) in [
        ("", CLOSE, "", 415),
        ("transfer-encoding: chunked\r\n", CLOSE, NOTHING, 415),
        ("transfer-encoding: gzip, chunked\r\n", "", NOTHING, 501),
        ("transfer-encoding: chunked, chunked\r\n", "", NOTHING, 501),
        (
            "transfer-encoding: gzip\r\ntransfer-encoding: chunked\r\n",
            "",
            NOTHING,
            501,
        ),
    ] {
        let request = format!(
            "POST {REPORTS} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\n\
             {asked}{codings}\r\n{body}"
        );
        let (head, body) = answer_until_closed(&address, &request).await;
        assert_eq!(body["status"], status, "{codings}: {head}");
        assert!(head.contains("connection: close"), "{codings}: {head}");
    }
}

#[tokio::test]
async fn a_refusal_reflects_nothing_of_the_request() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let probe = "probe-7f3a9c";
    let path = format!("/api/v1/reports/{probe}?{probe}=1");
    let request = service.request(Method::GET, &path).header("x-probe", probe);
    for request in [request.try_clone().unwrap(), request.bearer_auth(probe)] {
        let answer = Answer::of(request).await;
        answer.problem(401);
        assert!(!answer.to_string().contains(probe), "{answer}");
    }
}
