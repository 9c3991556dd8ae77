//! The whole path, with real keys from a real issuer over HTTP.

mod forgeries;
mod key_life;
mod mutations;
mod properties;
mod record;
mod standing;
mod verdicts;

use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderValue};
use serde_json::{Value, json};

use super::*;
use crate::identity::testing::{Answer, KEY_A, KEY_B, NOW, TestIssuer, forge, sign_parts};

fn bearer(token: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let value = HeaderValue::try_from(format!("Bearer {token}")).unwrap();
    headers.insert(AUTHORIZATION, value);
    headers
}

/// One word for what came out: `verified`, `absent`, `keys_unavailable`, or the reason's code.
async fn outcome(authenticator: &Authenticator, token: &str) -> &'static str {
    word(&authenticator.authenticate(&bearer(token)).await)
}

fn word(authentication: &Authentication) -> &'static str {
    match authentication {
        Authentication::Absent => "absent",
        Authentication::Verified(_) => "verified",
        Authentication::Rejected(reason) => reason.code(),
        Authentication::KeysUnavailable => "keys_unavailable",
    }
}

/// An issuer that publishes key A, and an authenticator that has loaded it.
async fn loaded() -> (TestIssuer, Arc<Authenticator>) {
    let issuer = TestIssuer::start(&[KEY_A.jwk()]).await;
    let authenticator = issuer.loaded_authenticator().await;
    (issuer, authenticator)
}

#[tokio::test]
async fn a_good_token_is_verified_and_no_credential_is_absent() {
    let (issuer, authenticator) = loaded().await;
    let token = KEY_A.sign(&issuer.claims());
    assert_eq!(outcome(&authenticator, &token).await, "verified");
    let none = authenticator.authenticate(&HeaderMap::new()).await;
    assert_eq!(word(&none), "absent");
}

#[tokio::test]
async fn a_users_token_is_kept_only_where_another_api_is_called_with_it() {
    let issuer = TestIssuer::start(&[KEY_A.jwk()]).await;
    let user = KEY_A.sign(&issuer.claims());
    let mut claims = issuer.claims();
    claims.as_object_mut().unwrap().remove("scp");
    claims["idtyp"] = json!("app");
    let application = KEY_A.sign(&claims);
    let scopes = || ("billing".to_owned(), vec!["api://billing/Read".to_owned()]);
    for (has_downstream, token, is_kept) in [
        (true, &user, true),
        (true, &application, false),
        (false, &user, false),
    ] {
        let authenticator = issuer.authenticator(|config| {
            config.downstream.scopes.extend(has_downstream.then(scopes));
        });
        authenticator.key_store().refresh().await;
        let Authentication::Verified(caller) = authenticator.authenticate(&bearer(token)).await
        else {
            panic!("the token is good");
        };
        let kept = caller.incoming_token().map(|kept| kept.reveal() == token);
        assert_eq!(kept, is_kept.then_some(true), "{:?}", caller.kind());
        assert!(!format!("{caller:?}").contains(token.as_str()));
    }
}

#[tokio::test]
async fn a_token_in_query_cookie_or_another_header_authenticates_nobody() {
    let (issuer, authenticator) = loaded().await;
    let token = KEY_A.sign(&issuer.claims());
    let mut headers = HeaderMap::new();
    for name in [
        "x-forwarded-authorization",
        "x-ms-token-aad-access-token",
        "cookie",
    ] {
        headers.insert(
            name,
            HeaderValue::try_from(format!("Bearer {token}")).unwrap(),
        );
    }
    assert_eq!(word(&authenticator.authenticate(&headers).await), "absent");
}

#[tokio::test]
async fn two_authorization_headers_are_refused_though_both_are_good() {
    let (issuer, authenticator) = loaded().await;
    let mut headers = bearer(&KEY_A.sign(&issuer.claims()));
    headers.append(AUTHORIZATION, headers[AUTHORIZATION].clone());
    let result = authenticator.authenticate(&headers).await;
    assert_eq!(word(&result), "two_authorization_headers");
}

#[tokio::test]
async fn in_poc_mode_a_token_is_ignored_and_the_caller_is_synthetic() {
    let issuer = TestIssuer::start(&[]).await;
    let authenticator = issuer.authenticator(|config| config.authentication.required = false);
    let _task = authenticator.start();
    assert!(authenticator.is_bypassed() && authenticator.is_ready());
    for token in ["garbage", "", "a.b.c"] {
        let mut headers = bearer(token);
        headers.append(AUTHORIZATION, HeaderValue::from_static("Bearer second"));
        let Authentication::Verified(caller) = authenticator.authenticate(&headers).await else {
            panic!("POC mode admits everyone");
        };
        assert!(caller.is_synthetic());
    }
    assert_eq!(issuer.requests(), Vec::<String>::new());
}

#[tokio::test]
async fn without_poc_mode_its_header_has_no_effect() {
    let (issuer, authenticator) = loaded().await;
    let mut headers = bearer(&KEY_A.sign(&issuer.claims()));
    headers.insert("x-poc-roles", HeaderValue::from_static("Admin"));
    let Authentication::Verified(caller) = authenticator.authenticate(&headers).await else {
        panic!("the token is good");
    };
    assert_eq!(caller.roles().iter().collect::<Vec<_>>(), ["Viewer"]);
    headers.remove(AUTHORIZATION);
    assert_eq!(word(&authenticator.authenticate(&headers).await), "absent");
}
