//! Each row is refused for what its name says, and not because something else about it is broken.

use std::collections::BTreeSet;

use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderName, HeaderValue};
use portcullis_api_spec::CallerKind;

use serde_json::{Value, json};

use super::*;
use crate::identity::testing::{VOCABULARY, config};
use crate::identity::{Authentication, Authenticator, Explainer, KeySet, Outcome, Reason};
use crate::telemetry::Captured;
use crate::testing::key::TENANT_KEY;

/// What the validator must have noticed: the reason's code, or `absent`.
const REASONS: &[(&str, &str)] = &[
    ("alg none, unsigned", "token_not_signed"),
    ("alg NoNe, unsigned", "token_not_signed"),
    ("alg none over a good signature", "algorithm_not_allowed"),
    ("alg RS256, unsigned", "token_not_signed"),
    ("no alg", "algorithm_not_allowed"),
    (
        "HS256 with the public key as secret",
        "algorithm_not_allowed",
    ),
    ("RS384 with the right key", "algorithm_not_allowed"),
    ("PS256 with the right key", "algorithm_not_allowed"),
    ("alg rs256 in lower case", "algorithm_not_allowed"),
    (
        "foreign key that claims the tenant's id",
        "signature_invalid",
    ),
    ("foreign key under its own id", "signing_key_unknown"),
    ("foreign key embedded as jwk", "signature_invalid"),
    ("foreign key by jku", "signature_invalid"),
    ("foreign key by x5u", "signature_invalid"),
    ("foreign key by x5c", "signature_invalid"),
    ("no kid", "kid_missing"),
    ("kid as a path", "signing_key_unknown"),
    ("kid in upper case", "signing_key_unknown"),
    ("signature flipped", "signature_invalid"),
    ("signature of zeros", "signature_invalid"),
    ("claims exchanged", "signature_invalid"),
    ("roles added to the claims", "signature_invalid"),
    ("header exchanged", "signature_invalid"),
    ("crit", "critical_header"),
    ("b64 false", "unencoded_payload"),
    ("zip", "compressed_token"),
    ("cty JWT", "nested_token"),
    ("typ of another kind of token", "foreign_token_type"),
    ("alg twice in the header", "duplicate_member"),
    ("expired", "token_expired"),
    ("not yet valid", "token_not_yet_valid"),
    ("issued in the future", "issued_in_future"),
    ("no exp", "claim_missing"),
    ("exp as text", "claim_mistyped"),
    ("foreign tenant", "issuer_not_accepted"),
    ("foreign tid", "tenant_not_accepted"),
    ("foreign issuer", "issuer_not_accepted"),
    ("issuer with a slash", "issuer_not_accepted"),
    ("no iss", "claim_missing"),
    ("ver 1.0 from the v2 issuer", "version_mismatch"),
    ("issuer of the next tenant", "issuer_not_accepted"),
    ("a v1 token", "token_version_1"),
    ("foreign audience", "audience_not_accepted"),
    ("audience Microsoft Graph", "token_for_microsoft_graph"),
    ("audience in a list", "claim_mistyped"),
    ("no aud", "claim_missing"),
    ("an ID token", "id_token_not_access_token"),
    ("an ID token with roles", "id_token_not_access_token"),
    ("scp of an application", "scopes_without_user"),
    ("no oid", "claim_missing"),
    ("roles not a list", "claim_mistyped"),
    ("tid twice in the claims", "duplicate_member"),
    (
        "roles twice in the claims, once escaped",
        "duplicate_member",
    ),
    ("oversized", "token_too_large"),
    ("oversized header", "header_too_large"),
    ("two parts", "token_not_signed"),
    ("four parts", "token_not_signed"),
    ("five parts, as if encrypted", "token_encrypted"),
    ("padding behind the signature", "not_base64url"),
    ("not JSON", "algorithm_not_allowed"),
    ("text behind the claims", "not_json"),
    (
        "two Authorization headers, both good",
        "two_authorization_headers",
    ),
    ("two tokens in one header", "authorization_malformed"),
    ("no token behind Bearer", "authorization_malformed"),
    ("a good token in the query", "absent"),
    ("a good token in a cookie", "absent"),
    ("a good token of a proxy", "absent"),
    ("a good token of the platform", "absent"),
    ("an identity of the platform", "absent"),
    ("roles of POC mode", "absent"),
    ("another scheme", "absent"),
];

fn rights(kind: CallerKind) -> Rights {
    let (role, scopes) = match kind {
        CallerKind::User => ("Viewer", BTreeSet::from(["user_impersonation".to_owned()])),
        CallerKind::Application => ("Ingest", BTreeSet::new()),
    };
    Rights {
        kind,
        roles: BTreeSet::from([role.to_owned()]),
        scopes,
        contexts: BTreeSet::new(),
    }
}

/// Judges a row, and holds the event that it causes against what the reference of the reason codes says of it.
async fn outcome(authenticator: &Authenticator, row: &Forgery) -> &'static str {
    let mut headers = HeaderMap::new();
    for (name, value) in &row.headers {
        let name = HeaderName::from_static(name);
        headers.append(name, HeaderValue::try_from(value).unwrap());
    }
    let captured = Captured::start();
    match authenticator.authenticate(&headers).await {
        Authentication::Absent => "absent",
        Authentication::Verified(_) => "verified",
        Authentication::Rejected(reason) => {
            assert_event(row, reason, &captured.events());
            reason.code()
        }
        Authentication::KeysUnavailable => "keys_unavailable",
    }
}

fn assert_event(row: &Forgery, reason: Reason, events: &[Value]) {
    let is_failure = |event: &&Value| event["message"] == "authentication failed";
    let events: Vec<_> = events.iter().filter(is_failure).collect();
    assert_eq!(events.len(), 1, "{}", row.name);
    assert_eq!(events[0]["reason"], reason.code(), "{}", row.name);
    let fields = events[0].as_object().unwrap().keys();
    for field in fields.filter(|field| !["message", "reason"].contains(&field.as_str())) {
        let promised = reason.log_fields().contains(&field.as_str());
        assert!(promised, "{}: {field}", row.name);
    }
}

#[tokio::test]
async fn every_forgery_of_a_user_and_of_an_application_is_refused_for_its_own_reason() {
    let config = config();
    let tenant = Tenant::of(&config);
    let authenticator =
        Authenticator::build_in_process(&config, VOCABULARY, tenant.documents()).await;
    for kind in [CallerKind::User, CallerKind::Application] {
        let genuine = tenant.token(&rights(kind));
        let mut headers = HeaderMap::new();
        let bearer = format!("Bearer {}", genuine.sign());
        headers.insert(AUTHORIZATION, HeaderValue::try_from(bearer).unwrap());
        let authentication = authenticator.authenticate(&headers).await;
        assert!(matches!(authentication, Authentication::Verified(_)));
        let rows = corpus(&tenant, &genuine);
        let names: Vec<_> = rows.iter().map(|row| row.name).collect();
        let expected: Vec<_> = REASONS.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, expected);
        for (row, (name, reason)) in rows.iter().zip(REASONS) {
            assert_eq!(
                outcome(&authenticator, row).await,
                *reason,
                "{name}, {kind:?}"
            );
        }
    }
}

/// `token explain` says of every forgery what the validator says, and so for the same reason.
#[test]
fn every_forgery_is_explained_by_the_reason_for_which_it_is_refused() {
    let config = config();
    let tenant = Tenant::of(&config);
    let document = json!({ "keys": [TENANT_KEY.jwk()] }).to_string();
    let keys = KeySet::parse(document.as_bytes(), &config).unwrap();
    let explainer = Explainer::new(&config, VOCABULARY, Some(keys));
    for kind in [CallerKind::User, CallerKind::Application] {
        let genuine = tenant.token(&rights(kind));
        let explanation = explainer.explain(&genuine.sign());
        assert!(explanation.is_accepted(), "{kind:?}");
        assert_eq!(explanation.rights, Some(rights(kind)));
        let rows = corpus(&tenant, &genuine);
        let mut explained = 0;
        for (row, (name, expected)) in rows.iter().zip(REASONS) {
            let [("authorization", value)] = &row.headers[..] else {
                continue;
            };
            let Some(token) = value.strip_prefix("Bearer ") else {
                continue;
            };
            explained += 1;
            match explainer.explain(token).first_failure() {
                Some(Outcome::Failed(reason)) => assert_eq!(reason.code(), *expected, "{name}"),
                other => panic!("{name}: {other:?}"),
            }
        }
        assert!(explained > 60, "{explained}");
    }
}

#[tokio::test]
async fn a_v1_token_is_no_forgery_where_they_are_accepted() {
    let mut config = config();
    config.authentication.accept_v1_tokens = true;
    let tenant = Tenant::of(&config);
    let authenticator =
        Authenticator::build_in_process(&config, VOCABULARY, tenant.documents()).await;
    assert!(authenticator.is_ready());
    let rows = corpus(&tenant, &tenant.token(&rights(CallerKind::User)));
    assert!(rows.iter().all(|row| row.name != "a v1 token"));
}
