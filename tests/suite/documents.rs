//! What the documents say is what the guard does, and the pages need nothing from the network.

mod examples;

use std::collections::BTreeSet;

use serde_json::Value;

use crate::harness::{CLIENT_ID, Matrix, Program, Service, Tenant};

/// The OpenAPI document as (method, path, operation).
fn operations(document: &Value) -> Vec<(String, String, &Value)> {
    let paths = document["paths"].as_object().expect("a document has paths");
    let methods = ["get", "post", "put", "patch", "delete"];
    let mut found = Vec::new();
    for (path, item) in paths {
        for method in methods {
            if let Some(operation) = item.get(method) {
                found.push((method.to_uppercase(), path.clone(), operation));
            }
        }
    }
    found
}

#[tokio::test]
async fn the_document_asks_for_a_token_exactly_where_the_guard_does() {
    let matrix = Matrix::read().await;
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let document = service.get("/openapi.json").await.expect(200).json();
    let described = operations(&document);
    let names = |pairs: Vec<(&str, &str)>| {
        let name = |(method, path)| format!("{method} {path}");
        pairs.into_iter().map(name).collect::<BTreeSet<_>>()
    };
    let in_document = described
        .iter()
        .map(|(method, path, _)| (&**method, &**path))
        .collect();
    let in_matrix = matrix
        .operations
        .iter()
        .map(|it| (&*it.method, &*it.path))
        .collect();
    assert_eq!(names(in_document), names(in_matrix));
    for (method, path, operation) in &described {
        let row = matrix
            .operations
            .iter()
            .find(|it| &it.method == method && &it.path == path);
        let row = row.expect("the sets are equal");
        let security = operation.get("security").or(document.get("security"));
        let requirements = security.and_then(Value::as_array);
        let asks = requirements.is_some_and(|list| {
            !list.is_empty() && list.iter().all(|it| it != &serde_json::json!({}))
        });
        let is_guarded = row.answers["anonymous"] == "401";
        assert_eq!(asks, is_guarded, "{method} {path}: {security:?}");
        assert_eq!(operation["operationId"], row.operation_id);
        let responses = &operation["responses"];
        for status in ["401", "403"] {
            let is_said = responses.get(status).is_some();
            let is_possible = match status {
                "401" => is_guarded,
                _ => row.answers.values().any(|answer| answer == "403"),
            };
            assert!(
                is_said || !is_possible,
                "{method} {path} does not tell of {status}"
            );
            assert!(is_guarded || !is_said, "{method} {path} tells of {status}");
        }
    }
}

#[tokio::test]
async fn the_document_is_openapi_3_1_and_equals_what_the_command_prints() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let document = service.get("/openapi.json").await.expect(200).json();
    let version = document["openapi"].as_str().unwrap_or_default();
    assert!(version.starts_with("3.1"), "{version}");
    let printed = Program::bare().run(&["openapi", "--format", "json"]).await;
    assert_eq!(printed.exit_code, Some(0), "{}", printed.stderr);
    // Printed for no deployment in particular: the nil id stands where the registration's belongs.
    let nil = "api://00000000-0000-0000-0000-000000000000";
    let printed = printed.stdout.replace(nil, &format!("api://{CLIENT_ID}"));
    let printed: Value = serde_json::from_str(&printed).unwrap();
    assert_eq!(document["paths"], printed["paths"]);
    assert_eq!(
        document["components"]["schemas"],
        printed["components"]["schemas"]
    );
}

#[tokio::test]
async fn the_document_sends_people_to_the_configured_tenant() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let document = service
        .get("/openapi.json")
        .await
        .expect(200)
        .text()
        .to_owned();
    assert!(
        document.contains(&format!("{}/", tenant.authority())),
        "{document}"
    );
}

#[tokio::test]
async fn the_docs_page_may_load_nothing_from_elsewhere() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let mut page = service.get("/docs").await;
    if (300..400).contains(&page.status) {
        let location = page
            .header("location")
            .expect("a redirect has a target")
            .to_owned();
        page = service.get(&location).await;
    }
    let page = page.expect(200);
    let policy = page.header("content-security-policy").unwrap_or_default();
    for part in ["script-src 'self'", "frame-ancestors 'none'"] {
        assert!(policy.contains(part), "{part} is not in {policy}");
    }
    assert!(
        !policy.contains("unsafe-eval") && !policy.contains('*'),
        "{policy}"
    );
    for (name, expected) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
    ] {
        assert_eq!(page.header(name), Some(expected), "{page}");
    }
    for elsewhere in ["src=\"http", "href=\"http", "src=\"//"] {
        assert!(!page.text().contains(elsewhere), "{}", page.text());
    }
}

#[tokio::test]
async fn documents_can_be_for_callers_only_or_off() {
    let tenant = Tenant::start().await;
    let viewer = tenant.user(&["Viewer"]);
    let program = Service::program_for(&tenant).set("APP_DOCS__ACCESS", "signed_in");
    let service = Service::start_ready(program).await;
    service.get("/openapi.json").await.problem(401);
    service.get_as(&viewer, "/openapi.json").await.expect(200);
    let program = Service::program_for(&tenant).set("APP_DOCS__ACCESS", "off");
    let service = Service::start_ready(program).await;
    for path in ["/openapi.json", "/openapi.yaml", "/docs", "/docs/"] {
        service.get_as(&viewer, path).await.problem(404);
    }
}
