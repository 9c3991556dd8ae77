//! Duty 20: what is remembered of a verified token, and what never is.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::*;
use crate::identity::token::Times;

fn validator(authenticator: &Authenticator) -> &Validator {
    match &authenticator.mode {
        Mode::Tokens(validator) => validator,
        Mode::Poc(_) => panic!("POC mode judges no token"),
    }
}

fn is_remembered(authenticator: &Authenticator, token: &str) -> bool {
    is_remembered_at(authenticator, token, NOW)
}

fn is_remembered_at(authenticator: &Authenticator, token: &str, now: u64) -> bool {
    let validator = validator(authenticator);
    let keys = validator.keys.current().unwrap();
    let found = keys.verdicts().find(token, &validator.policy, now);
    matches!(found, Remembered::Holds(_))
}

#[tokio::test]
async fn a_verified_token_is_remembered_with_its_whole_caller() {
    let (issuer, authenticator) = loaded().await;
    let token = KEY_A.sign(&issuer.claims());
    assert!(!is_remembered(&authenticator, &token));
    let first = authenticator.authenticate(&bearer(&token)).await;
    assert!(is_remembered(&authenticator, &token));
    let second = authenticator.authenticate(&bearer(&token)).await;
    let (Authentication::Verified(first), Authentication::Verified(second)) = (first, second)
    else {
        panic!("the token is good");
    };
    assert!(first == second, "a hit and a miss give one caller");
}

#[tokio::test]
async fn every_byte_of_a_token_counts() {
    let (issuer, authenticator) = loaded().await;
    let token = KEY_A.sign(&issuer.claims());
    assert_eq!(outcome(&authenticator, &token).await, "verified");
    let mut admin = issuer.claims();
    admin["roles"] = json!(["Admin"]);
    let (_, signature) = token.rsplit_once('.').unwrap();
    let header = r#"{"alg":"RS256","kid":"key-a"}"#;
    let stolen_signature = format!(
        "{}.{signature}",
        forge(header, &admin.to_string(), b"x")
            .rsplit_once('.')
            .unwrap()
            .0
    );
    for other in [stolen_signature.as_str(), &token[..token.len() - 4]] {
        assert_ne!(outcome(&authenticator, other).await, "verified");
        assert!(!is_remembered(&authenticator, other));
    }
}

#[tokio::test]
async fn a_refusal_is_never_remembered() {
    let issuer = TestIssuer::start(&[KEY_B.jwk()]).await;
    let authenticator = issuer.loaded_authenticator().await;
    let token = KEY_A.sign(&issuer.claims());
    assert_eq!(outcome(&authenticator, &token).await, "signing_key_unknown");
    issuer.rotate(&authenticator, &[KEY_A.jwk()]).await;
    assert_eq!(outcome(&authenticator, &token).await, "verified");
}

#[tokio::test]
async fn the_clock_is_asked_on_every_hit() {
    let issuer = TestIssuer::start(&[KEY_A.jwk()]).await;
    let now = Arc::new(AtomicU64::new(NOW));
    let authenticator = issuer.loaded_authenticator_at(Clock::following(&now)).await;
    let token = KEY_A.sign(&issuer.claims());
    for (moment, expected) in [
        (NOW, "verified"),
        (NOW + 3600 + 59, "verified"),
        (NOW + 3600 + 60, "token_expired"),
        (NOW - 10 - 61, "token_not_yet_valid"),
    ] {
        now.store(moment, Ordering::SeqCst);
        assert_eq!(outcome(&authenticator, &token).await, expected, "{moment}");
    }
}

#[tokio::test]
async fn a_verdict_is_forgotten_after_the_configured_time() {
    let issuer = TestIssuer::start(&[KEY_A.jwk()]).await;
    let now = Arc::new(AtomicU64::new(NOW));
    let authenticator = issuer.loaded_authenticator_at(Clock::following(&now)).await;
    let token = KEY_A.sign(&issuer.claims());
    assert_eq!(outcome(&authenticator, &token).await, "verified");
    let validator = validator(&authenticator);
    let keys = validator.keys.current().unwrap();
    let is_found = |moment| {
        let found = keys.verdicts().find(&token, &validator.policy, moment);
        matches!(found, Remembered::Holds(_))
    };
    assert!(is_found(NOW) && is_found(NOW + 299));
    assert!(!is_found(NOW + 300));
    assert!(!is_found(NOW - 1), "the clock was set back");
    now.store(NOW + 300, Ordering::SeqCst);
    assert_eq!(outcome(&authenticator, &token).await, "verified");
    assert!(is_found(NOW + 599), "judged anew");
}

#[tokio::test]
async fn no_more_tokens_are_remembered_than_configured() {
    let (issuer, authenticator) = loaded().await;
    let token = KEY_A.sign(&issuer.claims());
    let found = authenticator.authenticate(&bearer(&token)).await;
    let Authentication::Verified(caller) = found else {
        panic!("the token is good");
    };
    let times = Times {
        expires_at: NOW + 3600,
        not_before: NOW,
        issued_at: None,
    };
    let keys = validator(&authenticator).keys.current().unwrap();
    let tokens: Vec<String> = (0..5000).map(|number| format!("token {number}")).collect();
    for token in &tokens {
        keys.verdicts().remember(token, &caller, times, NOW);
    }
    let is_there = |token: &&String| is_remembered(&authenticator, token);
    let remembered = tokens.iter().filter(is_there).count();
    assert!((1..=100).contains(&remembered), "{remembered}");
}

#[tokio::test]
async fn a_capacity_of_zero_remembers_nothing() {
    let issuer = TestIssuer::start(&[KEY_A.jwk()]).await;
    let authenticator = issuer.authenticator(|config| {
        config.authentication.verdict_cache.capacity = 0;
    });
    authenticator.key_store().refresh().await;
    let token = KEY_A.sign(&issuer.claims());
    assert_eq!(outcome(&authenticator, &token).await, "verified");
    assert!(!is_remembered(&authenticator, &token));
}

#[tokio::test]
async fn a_refresh_that_changes_nothing_forgets_nothing() {
    let (issuer, authenticator) = loaded().await;
    let token = KEY_A.sign(&issuer.claims());
    assert_eq!(outcome(&authenticator, &token).await, "verified");
    authenticator.key_store().refresh().await;
    assert!(is_remembered(&authenticator, &token));
    issuer
        .rotate(&authenticator, &[KEY_A.jwk(), KEY_B.jwk()])
        .await;
    assert!(!is_remembered(&authenticator, &token));
}

/// A request takes four steps that others can fall between. The key set changes before each of them, and after all.
#[tokio::test]
async fn wherever_a_request_meets_a_rotation_its_verdict_goes_with_the_old_keys() {
    for rotation_before_step in 0..=4 {
        let (issuer, authenticator) = loaded().await;
        let validator = validator(&authenticator);
        let token = KEY_A.sign(&issuer.claims());
        let unverified = UnverifiedToken::parse(&token).ok().unwrap();
        let rotate = async |step| {
            if step == rotation_before_step {
                issuer.rotate(&authenticator, &[KEY_B.jwk()]).await;
            }
        };
        rotate(0).await;
        let keys = validator.keys.current().unwrap();
        rotate(1).await;
        let hit = keys.verdicts().find(&token, &validator.policy, NOW);
        assert!(matches!(hit, Remembered::Not));
        rotate(2).await;
        let verdict = validator.judge(&token, &unverified, &keys);
        assert_eq!(verdict.is_ok(), rotation_before_step > 0);
        rotate(3).await;
        rotate(4).await;
        let after = outcome(&authenticator, &token).await;
        assert_eq!(after, "signing_key_unknown", "{rotation_before_step}");
    }
}

/// The same with real threads: whatever is under way, the first request after a rotation meets no verdict of before.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn under_load_no_request_after_a_rotation_meets_a_verdict_of_the_old_keys() {
    let (issuer, authenticator) = loaded().await;
    let token = KEY_A.sign(&issuer.claims());
    let is_over = Arc::new(AtomicBool::new(false));
    let load = || {
        let (authenticator, token) = (Arc::clone(&authenticator), token.clone());
        let is_over = Arc::clone(&is_over);
        tokio::spawn(async move {
            let mut verified = 0_u64;
            while !is_over.load(Ordering::SeqCst) {
                verified += u64::from(outcome(&authenticator, &token).await == "verified");
                tokio::task::yield_now().await;
            }
            verified
        })
    };
    let under_load = [load(), load(), load()];
    for _ in 0..20 {
        issuer.rotate(&authenticator, &[KEY_A.jwk()]).await;
        assert_eq!(outcome(&authenticator, &token).await, "verified");
        issuer.rotate(&authenticator, &[KEY_B.jwk()]).await;
        assert_eq!(outcome(&authenticator, &token).await, "signing_key_unknown");
    }
    is_over.store(true, Ordering::SeqCst);
    for load in under_load {
        assert!(load.await.unwrap() > 0, "the load met the good keys");
    }
}

/// What a closed door lets through: the address of this token fails too often to be believed anything new.
#[tokio::test]
async fn behind_a_closed_door_only_tokens_verified_before_are_looked_at() {
    let issuer = TestIssuer::start(&[KEY_A.jwk()]).await;
    let now = Arc::new(AtomicU64::new(NOW));
    let authenticator = issuer.loaded_authenticator_at(Clock::following(&now)).await;
    let known = KEY_A.sign(&issuer.claims());
    assert_eq!(outcome(&authenticator, &known).await, "verified");
    let passes = async |headers: HeaderMap| {
        let found = authenticator.authenticate_unless(&headers, Some(())).await;
        found.is_ok_and(|found| matches!(found, Authentication::Verified(_)))
    };
    assert!(passes(bearer(&known)).await);
    assert!(!passes(HeaderMap::new()).await);
    assert!(!passes(bearer("x.y.z")).await);
    let mut claims = issuer.claims();
    claims["uti"] = "another".into();
    assert!(!passes(bearer(&KEY_A.sign(&claims))).await);
    now.store(NOW + 300, Ordering::SeqCst);
    assert!(passes(bearer(&known)).await, "it is judged anew");
    assert!(is_remembered_at(&authenticator, &known, NOW + 300));
    issuer.rotate(&authenticator, &[KEY_B.jwk()]).await;
    assert!(!passes(bearer(&known)).await, "its key is gone");
}
