//! Duties 15, 16, 17 and 19: keys come, go, and are missing.

use std::time::Duration;

use futures::FutureExt;

use super::*;
use crate::identity::testing::TENANT;
use crate::until::until;

/// The outcome of a token, found in a task of its own.
fn spawn_outcome(
    authenticator: &Arc<Authenticator>,
    token: String,
) -> tokio::task::JoinHandle<&'static str> {
    let authenticator = Arc::clone(authenticator);
    tokio::spawn(async move { outcome(&authenticator, &token).await })
}

#[tokio::test]
async fn without_keys_a_good_token_is_unavailable_and_a_bad_one_is_refused() {
    let issuer = TestIssuer::start(&[KEY_A.jwk()]).await;
    let authenticator = issuer.authenticator(|_| {});
    assert_eq!(authenticator.keys_status(), KeysStatus::Missing);
    assert!(!authenticator.is_ready());
    let good = KEY_A.sign(&issuer.claims());
    assert_eq!(outcome(&authenticator, &good).await, "keys_unavailable");
    assert_eq!(outcome(&authenticator, "a.b.c").await, "not_base64url");
    let none = authenticator.authenticate(&HeaderMap::new()).await;
    assert_eq!(word(&none), "absent");
    assert_eq!(issuer.requests(), Vec::<String>::new());
}

#[tokio::test]
async fn who_comes_before_the_first_keys_waits_for_them() {
    let issuer = TestIssuer::start(&[KEY_A.jwk()]).await;
    let authenticator =
        issuer.authenticator(|config| config.authentication.accept_v1_tokens = true);
    let _task = authenticator.start();
    let mut of_v1 = issuer.claims();
    of_v1["iss"] = json!(format!("{}/sts/{TENANT}/", issuer.base));
    of_v1["ver"] = json!("1.0");
    let mut of_others = issuer.claims();
    of_others["aud"] = json!("somebody-else");
    let tokens = [&issuer.claims(), &of_v1, &of_others].map(|claims| KEY_A.sign(claims));
    let outcomes = tokens.map(|token| spawn_outcome(&authenticator, token));
    let outcomes = futures::future::join_all(outcomes).await;
    let outcomes: Vec<_> = outcomes.into_iter().map(Result::unwrap).collect();
    assert_eq!(outcomes, ["verified", "verified", "audience_not_accepted"]);
    assert_eq!(issuer.key_fetches(), 1);
}

/// Duties 16 and 19: an outage is told at once, and nobody piles up while it is not yet known.
#[tokio::test]
async fn the_first_fetch_is_waited_for_in_bounded_numbers_and_no_later_one_is() {
    const WAITERS: usize = 256;
    let issuer = TestIssuer::start(&[]).await;
    issuer.set_keys(Answer::Hang);
    let authenticator = issuer.authenticator(|config| {
        config.authentication.keys.refresh = Duration::from_millis(20);
    });
    let _task = authenticator.start();
    let token = KEY_A.sign(&issuer.claims());
    let requests: Vec<_> = (0..4 * WAITERS)
        .map(|_| spawn_outcome(&authenticator, token.clone()))
        .collect();
    let waiting = || requests.iter().filter(|it| !it.is_finished()).count();
    until("the hanging fetch", || issuer.key_fetches() == 1).await;
    until("the others are refused", || waiting() <= WAITERS).await;
    assert!(waiting() > 0, "those who may wait do");
    issuer.release();
    for request in requests {
        assert_eq!(request.await.unwrap(), "keys_unavailable");
    }
    until("the second fetch", || issuer.key_fetches() == 2).await;
    let at_once = outcome(&authenticator, &token).now_or_never();
    assert_eq!(at_once, Some("keys_unavailable"));
}

#[tokio::test]
async fn the_service_heals_by_itself_when_the_provider_comes_back() {
    let issuer = TestIssuer::start(&[KEY_A.jwk()]).await;
    issuer.set_keys(Answer::Raw(503, "text/plain", Vec::new()));
    let authenticator = issuer.authenticator(|config| {
        config.authentication.keys.refresh = Duration::from_millis(20);
    });
    let _task = authenticator.start();
    until("a failed fetch", || issuer.key_fetches() > 0).await;
    assert_eq!(authenticator.keys_status(), KeysStatus::Missing);
    issuer.publish(&[KEY_A.jwk()]);
    until("keys", || authenticator.is_ready()).await;
    assert_eq!(authenticator.keys_status(), KeysStatus::Fresh);
    let good = KEY_A.sign(&issuer.claims());
    assert_eq!(outcome(&authenticator, &good).await, "verified");
}

#[tokio::test]
async fn a_rotated_in_key_is_fetched_on_sight_and_a_rotated_out_one_is_dropped_at_once() {
    let (issuer, authenticator) = loaded().await;
    let old = KEY_A.sign(&issuer.claims());
    let new = KEY_B.sign(&issuer.claims());
    issuer.publish(&[KEY_B.jwk()]);
    assert_eq!(outcome(&authenticator, &old).await, "verified");
    assert_eq!(outcome(&authenticator, &new).await, "verified");
    assert_eq!(outcome(&authenticator, &old).await, "signing_key_unknown");
    assert_eq!(issuer.key_fetches(), 2);
}

#[tokio::test]
async fn a_failed_refresh_keeps_the_last_good_keys_until_their_lifetime_ends() {
    let issuer = TestIssuer::start(&[KEY_A.jwk()]).await;
    let authenticator = issuer.authenticator(|_| {});
    let mortal = issuer.authenticator(|config| {
        config.authentication.keys.lifetime = Duration::ZERO;
    });
    authenticator.key_store().refresh().await;
    mortal.key_store().refresh().await;
    let good = KEY_A.sign(&issuer.claims());
    let failures = [
        Answer::Raw(500, "application/json", Vec::new()),
        Answer::Raw(200, "application/json", b"garbage".to_vec()),
        Answer::Json(json!({ "keys": [] })),
        Answer::Endless,
    ];
    for failure in failures {
        issuer.set_keys(failure);
        authenticator.key_store().refresh().await;
        assert_eq!(authenticator.keys_status(), KeysStatus::Stale);
        assert_eq!(outcome(&authenticator, &good).await, "verified");
    }
    assert_eq!(mortal.keys_status(), KeysStatus::Missing);
    assert_eq!(outcome(&mortal, &good).await, "keys_unavailable");
}

#[tokio::test]
async fn a_flood_of_unknown_kids_causes_one_fetch_per_cooldown() {
    let (issuer, authenticator) = loaded().await;
    let claims = issuer.claims().to_string();
    let requests = (0..200).map(|kid| {
        let header = format!(r#"{{"alg":"RS256","kid":"unknown-{kid}"}}"#);
        spawn_outcome(&authenticator, forge(&header, &claims, &[1; 256]))
    });
    let outcomes = futures::future::join_all(requests).await;
    for outcome in outcomes {
        assert_eq!(outcome.unwrap(), "signing_key_unknown");
    }
    assert_eq!(issuer.key_fetches(), 2);
}

#[tokio::test]
async fn a_flood_while_there_are_no_keys_causes_no_fetch() {
    let issuer = TestIssuer::start(&[]).await;
    let authenticator = issuer.authenticator(|_| {});
    authenticator.key_store().refresh().await;
    let token = KEY_B.sign(&issuer.claims());
    for _ in 0..50 {
        assert_eq!(outcome(&authenticator, &token).await, "keys_unavailable");
    }
    assert_eq!(issuer.key_fetches(), 1);
}

#[tokio::test]
async fn known_kids_never_wait_while_the_provider_hangs() {
    let (issuer, authenticator) = loaded().await;
    issuer.set_keys(Answer::Hang);
    let waiting = spawn_outcome(&authenticator, KEY_B.sign(&issuer.claims()));
    until("the hanging fetch", || issuer.key_fetches() == 2).await;
    let good = KEY_A.sign(&issuer.claims());
    for _ in 0..20 {
        assert_eq!(outcome(&authenticator, &good).await, "verified");
    }
    assert!(!waiting.is_finished());
    issuer.release();
    assert_eq!(waiting.await.unwrap(), "signing_key_unknown");
    assert_eq!(outcome(&authenticator, &good).await, "verified");
    assert_eq!(authenticator.keys_status(), KeysStatus::Stale);
}

/// The fetch under way may have read the document before the key was in it, so there is another one after it.
#[tokio::test]
async fn an_unknown_kid_waits_no_longer_than_one_fetch_may_take() {
    let issuer = TestIssuer::start(&[KEY_A.jwk()]).await;
    let authenticator = issuer.authenticator(|config| {
        config.authentication.keys.timeout = Duration::from_secs(2);
    });
    authenticator.key_store().refresh().await;
    issuer.set_keys(Answer::Hang);
    let store = Arc::clone(authenticator.key_store());
    let scheduled = tokio::spawn(async move { store.refresh().await });
    until("the hanging fetch", || issuer.key_fetches() == 2).await;
    let unknown = KEY_B.sign(&issuer.claims());
    assert_eq!(
        outcome(&authenticator, &unknown).await,
        "signing_key_unknown"
    );
    scheduled.await.unwrap();
    // The second fetch is still under way: the answer did not wait for its end.
    assert_eq!(authenticator.key_fetches().failures, 1);
    assert_eq!(authenticator.keys_status(), KeysStatus::Stale);
    let good = KEY_A.sign(&issuer.claims());
    assert_eq!(outcome(&authenticator, &good).await, "verified");
}

#[tokio::test]
async fn a_client_that_goes_away_does_not_end_the_fetch_that_others_wait_for() {
    let (issuer, authenticator) = loaded().await;
    issuer.set_keys(Answer::Hang);
    let token = KEY_B.sign(&issuer.claims());
    let first = spawn_outcome(&authenticator, token.clone());
    until("the hanging fetch", || issuer.key_fetches() == 2).await;
    let second = spawn_outcome(&authenticator, token);
    first.abort();
    assert!(first.await.unwrap_err().is_cancelled());
    issuer.release();
    assert_eq!(second.await.unwrap(), "signing_key_unknown");
    assert_eq!(issuer.key_fetches(), 2);
}

#[tokio::test]
async fn the_schedule_refreshes_in_the_background_without_any_request() {
    let issuer = TestIssuer::start(&[KEY_A.jwk()]).await;
    let authenticator = issuer.authenticator(|config| {
        config.authentication.keys.refresh = Duration::from_millis(20);
    });
    let _task = authenticator.start();
    until("three fetches", || issuer.key_fetches() >= 3).await;
    issuer.publish(&[KEY_B.jwk()]);
    let fetches = issuer.key_fetches();
    until("two more", || issuer.key_fetches() >= fetches + 2).await;
    let old = KEY_A.sign(&issuer.claims());
    assert_eq!(outcome(&authenticator, &old).await, "signing_key_unknown");
}

#[tokio::test]
async fn v1_tokens_are_verified_when_accepted_and_unavailable_without_keys() {
    let issuer = TestIssuer::start(&[KEY_A.jwk()]).await;
    let strict = issuer.authenticator(|_| {});
    let lenient = issuer.authenticator(|config| config.authentication.accept_v1_tokens = true);
    let mut claims = issuer.claims();
    claims["iss"] = json!(format!("{}/sts/{TENANT}/", issuer.base));
    claims["ver"] = json!("1.0");
    let token = KEY_A.sign(&claims);
    assert_eq!(outcome(&lenient, &token).await, "keys_unavailable");
    strict.key_store().refresh().await;
    lenient.key_store().refresh().await;
    assert_eq!(outcome(&strict, &token).await, "token_version_1");
    assert_eq!(outcome(&lenient, &token).await, "verified");
}

/// Duty 19: those whom the one fetch under way cannot serve are refused at once, so a flood piles up nothing.
#[tokio::test]
async fn a_flood_while_the_provider_hangs_causes_one_fetch_and_waits_in_bounded_numbers() {
    const FLOOD: usize = 1000;
    const WAITERS: usize = 256;
    let (issuer, authenticator) = loaded().await;
    issuer.set_keys(Answer::Hang);
    let claims = issuer.claims().to_string();
    let token = |kid: usize| {
        let header = format!(r#"{{"alg":"RS256","kid":"unknown-{kid}"}}"#);
        forge(&header, &claims, &[1; 256])
    };
    let requests: Vec<_> = (0..FLOOD)
        .map(|kid| spawn_outcome(&authenticator, token(kid)))
        .collect();
    let waiting = || requests.iter().filter(|it| !it.is_finished()).count();
    until("the hanging fetch", || issuer.key_fetches() == 2).await;
    until("the others are refused", || waiting() <= WAITERS).await;
    assert!(waiting() > 0, "those who may wait do");
    issuer.release();
    for request in requests {
        assert_eq!(request.await.unwrap(), "signing_key_unknown");
    }
    assert_eq!(issuer.key_fetches(), 2);
}
