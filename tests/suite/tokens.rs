//! Forged, broken and misdirected credentials over a guarded route: one answer for all, and it tells nothing.
//!
//! Every token of the tables is signed with the tenant's own listed key unless the case is about the key: a check that
//! is missing shows as 200 and cannot hide behind a bad signature.

mod answer;
mod carriage;
mod claims;
mod good;
mod header;
mod policy;
mod record;

use crate::harness::{Answer, Service, Tenant};

/// A route that any verified caller may read.
const GUARDED: &str = "/api/v1/me";

/// One row of a table: what is wrong, and the compact token.
type Case = (&'static str, String);

/// Asks with each token and expects the one answer that every bad token gets.
async fn assert_all_refused_alike(service: &Service, tenant: &Tenant, cases: Vec<Case>) {
    let good = service.get_as(&tenant.user(&["Viewer"]), GUARDED).await;
    assert_eq!(good.status, 200, "the unchanged token must work: {good}");
    let mut wrong = Vec::new();
    let mut first_body = None;
    for (name, token) in cases {
        let answer = ask(service, &token).await;
        if answer.status != 401 {
            wrong.push(format!("{name}: {answer}"));
            continue;
        }
        assert_is_invalid_token(&answer, name);
        let body = answer.body_without_correlation_id();
        let first = first_body.get_or_insert_with(|| body.clone());
        assert_eq!(&body, first, "{name} is answered differently");
        let signature = token.rsplit('.').next().unwrap_or_default();
        let is_quoted = signature.len() > 8 && service.log().text().contains(signature);
        assert!(!is_quoted, "{name}: the token stands in the log");
    }
    assert!(
        wrong.is_empty(),
        "not refused with 401:\n{}",
        wrong.join("\n")
    );
}

async fn ask(service: &Service, token: &str) -> Answer {
    let request = service.request(reqwest::Method::GET, GUARDED);
    Answer::of(request.bearer_auth(token)).await
}

fn assert_is_invalid_token(answer: &Answer, name: &str) {
    let problem = answer.problem(401);
    assert_eq!(problem["code"], "invalid_token", "{name}");
    let challenge = answer.header("www-authenticate").unwrap_or_default();
    assert!(challenge.starts_with("Bearer "), "{name}: {challenge}");
    assert!(
        challenge.contains("error=\"invalid_token\""),
        "{name}: {challenge}"
    );
    assert!(
        challenge.contains("resource_metadata=\"http"),
        "{name}: {challenge}"
    );
    assert_eq!(answer.header("cache-control"), Some("no-store"), "{name}");
}
