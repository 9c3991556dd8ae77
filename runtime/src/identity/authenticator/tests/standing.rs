//! A caller who was verified once stands only while his token would still be accepted.

use std::pin::pin;
use std::time::Duration;

use futures::FutureExt;

use super::*;
use crate::identity::testing::{OBJECT, TENANT, token_life};
use crate::telemetry::Captured;

/// A caller whose token key A signed.
async fn admitted(issuer: &TestIssuer, authenticator: &Authenticator) -> Caller {
    let token = KEY_A.sign(&issuer.claims());
    let found = authenticator.authenticate(&bearer(&token)).await;
    let Authentication::Verified(caller) = found else {
        panic!("the token is good: {}", word(&found));
    };
    caller
}

/// The issuer's document with key B under the name of key A.
fn another_key_of_the_same_name() -> Value {
    let mut jwk = KEY_B.jwk();
    jwk["kid"] = json!("key-a");
    jwk
}

#[tokio::test]
async fn a_caller_stands_until_the_token_expires_the_skew_included() {
    let (_issuer, authenticator) = loaded().await;
    let Mode::Tokens(validator) = &authenticator.mode else {
        panic!("this authenticator judges tokens");
    };
    let left = |expires_at| {
        let left = validator.time_left(&token_life(expires_at));
        left.map_or(0, |left| left.as_secs())
    };
    assert_eq!(left(NOW + 100), 160, "the clock skew counts");
    assert_eq!([left(NOW - 59), left(NOW - 60), left(0)], [1, 0, 0]);
    let lifetime = validator.keys.current_with_time_left().unwrap().1;
    assert!(
        left(u64::MAX) <= lifetime.as_secs(),
        "no longer than the keys"
    );
}

#[tokio::test]
async fn a_caller_whose_key_was_withdrawn_stands_no_longer() {
    for keys in [vec![KEY_B.jwk()], vec![another_key_of_the_same_name()]] {
        let (issuer, authenticator) = loaded().await;
        let caller = admitted(&issuer, &authenticator).await;
        let mut ended = pin!(authenticator.ended(caller.token_life().unwrap()));
        assert!(futures::poll!(&mut ended).is_pending());
        issuer.rotate(&authenticator, &keys).await;
        let ended = tokio::time::timeout(Duration::from_secs(20), ended).await;
        assert!(ended.is_ok(), "{keys:?}");
        let now = authenticator.reassess(&caller);
        assert_eq!(word(&now), "signing_key_unknown");
    }
}

#[tokio::test]
async fn a_refresh_that_fails_or_keeps_the_key_ends_nobody() {
    let (issuer, authenticator) = loaded().await;
    let caller = admitted(&issuer, &authenticator).await;
    let mut ended = pin!(authenticator.ended(caller.token_life().unwrap()));
    issuer.set_keys(Answer::Raw(500, "text/plain", Vec::new()));
    authenticator.key_store().refresh().await;
    assert!(futures::poll!(&mut ended).is_pending());
    issuer
        .rotate(&authenticator, &[KEY_B.jwk(), KEY_A.jwk()])
        .await;
    assert!(futures::poll!(&mut ended).is_pending());
    assert_eq!(word(&authenticator.reassess(&caller)), "verified");
}

#[tokio::test]
async fn nobody_stands_on_keys_whose_lifetime_is_over() {
    let issuer = TestIssuer::start(&[KEY_A.jwk()]).await;
    let mortal = issuer.authenticator(|config| {
        config.authentication.keys.lifetime = Duration::ZERO;
    });
    mortal.key_store().refresh().await;
    let caller = admitted(&issuer, &*issuer.loaded_authenticator().await).await;
    assert_eq!(word(&mortal.reassess(&caller)), "keys_unavailable");
    let ended = mortal.ended(caller.token_life().unwrap()).now_or_never();
    assert!(ended.is_some());
}

#[tokio::test]
async fn a_synthetic_caller_stands_as_long_as_poc_mode_does() {
    let issuer = TestIssuer::start(&[]).await;
    let authenticator = issuer.authenticator(|config| config.authentication.required = false);
    let Authentication::Verified(caller) = authenticator.authenticate(&HeaderMap::new()).await
    else {
        panic!("POC mode admits everyone");
    };
    assert_eq!(word(&authenticator.reassess(&caller)), "verified");
}

#[tokio::test]
async fn the_end_of_a_standing_is_one_event_with_the_callers_identifiers() {
    let (issuer, authenticator) = loaded().await;
    let caller = admitted(&issuer, &authenticator).await;
    issuer.rotate(&authenticator, &[KEY_B.jwk()]).await;
    let captured = Captured::start();
    authenticator.reassess(&caller);
    let events: Vec<_> = captured.events().into_iter().collect();
    assert_eq!(
        events,
        [json!({
            "message": "authentication failed", "reason": "signing_key_unknown",
            "tid": TENANT.to_string(), "oid": OBJECT,
        })]
    );
}
