//! A real service, a dev issuer and a recording API, over HTTP.

mod credentials;
mod world;

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use portcullis_api_spec::{CallerKind, Rights};
use portcullis_dev_issuer::{DownstreamPolicy, object_id_of};
use serde_json::Value;
use uuid::Uuid;

use super::*;
use crate::caller::CallerFacts;
use crate::identity::IncomingToken;
use crate::telemetry::Captured;
use world::{API_ID, BILLING_ID, SECRET, Setup, World, bearer_of, claims_of};

#[tokio::test]
async fn the_other_api_sees_the_same_user_and_never_the_callers_token() {
    let world = World::start(Setup::default()).await;
    let incoming = world.token_of("Ada");
    let answer = world.call(&incoming).await;
    assert_eq!(answer.seen(), object_id_of("Ada").to_string());

    let seen = world.billing.seen();
    let [headers] = &seen[..] else {
        panic!("one request expected, got {}", seen.len());
    };
    let claims = claims_of(bearer_of(headers));
    assert_eq!(claims["aud"], BILLING_ID.to_string());
    assert_eq!(claims["azp"], API_ID.to_string());
    assert_eq!(claims["scp"], "Invoices.Read");
    for (name, value) in headers {
        let value = String::from_utf8_lossy(value.as_bytes());
        assert!(
            !value.contains(&incoming),
            "{name} carries the caller's token"
        );
    }
}

#[tokio::test]
async fn the_other_api_sees_the_same_trace_below_our_own_span() {
    let world = World::start(Setup::default()).await;
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    let traceparent = format!("00-{trace}-00f067aa0ba902b7-01");
    let answer = world
        .call_within(&traceparent, &world.token_of("Ada"))
        .await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let seen = world.billing.seen();
    let passed_on = seen[0]["traceparent"].to_str().unwrap();
    assert!(
        passed_on.starts_with(&format!("00-{trace}-")),
        "{passed_on}"
    );
    assert!(passed_on.ends_with("-01"), "{passed_on}");
    assert_ne!(passed_on, traceparent);
}

#[tokio::test]
async fn a_tool_call_acts_for_the_same_user() {
    let world = World::start(Setup::default()).await;
    let answer = world.call_tool(&world.token_of("Ada")).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert!(
        answer.body.contains(&object_id_of("Ada").to_string()),
        "{}",
        answer.body
    );
}

#[tokio::test]
async fn one_callers_token_never_serves_another() {
    let world = World::start(Setup::default()).await;
    let tokens: Vec<(&str, String)> = ["Ada", "Ben", "Ada", "Ben"]
        .map(|name| (name, world.token_of(name)))
        .into();
    for _ in 0..2 {
        let calls = tokens.iter().map(|(name, token)| {
            let world = &world;
            async move { (*name, world.call(token).await.seen()) }
        });
        for (name, seen) in futures::future::join_all(calls).await {
            assert_eq!(seen, object_id_of(name).to_string());
        }
    }
    // Two people with two sign-ins each: also one person's sign-ins are kept apart.
    assert_eq!(world.issuer.exchange_count(), 4);
}

#[tokio::test]
async fn callers_who_ask_at_once_and_later_share_one_exchange() {
    let world = World::start(Setup::default()).await;
    let token = world.token_of("Ada");
    let answers = futures::future::join_all((0..20).map(|_| world.call(&token))).await;
    assert!(answers.iter().all(|answer| answer.status == 200));
    assert_eq!(world.call(&token).await.status, 200);
    assert_eq!(world.issuer.exchange_count(), 1);
    assert_eq!(world.billing.seen().len(), 21);
}

#[tokio::test]
async fn a_token_that_ends_soon_is_used_and_not_remembered() {
    let world = World::start(Setup {
        token_lifetime_seconds: 240,
        ..Setup::default()
    })
    .await;
    let token = world.token_of("Ada");
    for exchanges in 1..=2 {
        assert_eq!(world.call(&token).await.status, 200);
        assert_eq!(world.issuer.exchange_count(), exchanges);
    }
}

#[tokio::test]
async fn an_application_has_no_user_to_act_for() {
    let world = World::start(Setup::default()).await;
    let token = world.issuer.token_for_application("Batch").unwrap();
    let answer = world.call(&token).await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (403, "user_required")
    );
    assert_eq!(world.issuer.exchange_count(), 0);
}

#[tokio::test]
async fn in_poc_mode_there_is_nobody_to_act_for() {
    let world = World::start(Setup {
        is_bypassed: true,
        ..Setup::default()
    })
    .await;
    let answer = world.call(&world.token_of("Ada")).await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (403, "user_required")
    );
    assert_eq!(world.issuer.exchange_count(), 0);
}

#[tokio::test]
async fn missing_consent_is_answered_as_such() {
    let world = World::start(Setup {
        policy: DownstreamPolicy::ConsentMissing,
        ..Setup::default()
    })
    .await;
    let answer = world.call(&world.token_of("Ada")).await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (403, "consent_required")
    );
    assert_eq!(answer.headers["cache-control"], "no-store");
}

#[tokio::test]
async fn a_step_up_is_passed_on_as_a_claims_challenge() {
    let world = World::start(Setup {
        policy: DownstreamPolicy::StepUp,
        ..Setup::default()
    })
    .await;
    let answer = world.call(&world.token_of("Ada")).await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (401, "interaction_required")
    );
    let challenge = answer.headers["www-authenticate"].to_str().unwrap();
    let claims = challenge
        .strip_prefix("Bearer error=\"insufficient_claims\", claims=\"")
        .and_then(|rest| rest.strip_suffix('"'))
        .expect(challenge);
    let claims: Value = serde_json::from_slice(&STANDARD.decode(claims).unwrap()).unwrap();
    assert_eq!(claims["access_token"]["acrs"]["value"], "c1");
}

#[tokio::test]
async fn one_failure_of_the_authority_is_not_noticed_and_two_are_answered_503() {
    let world = World::start(Setup::default()).await;
    let token = world.token_of("Ada");
    world.issuer.fail_token_requests(2);
    let answer = world.call(&token).await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (503, "downstream_unavailable")
    );
    assert!(answer.headers.contains_key("retry-after"));
    world.issuer.fail_token_requests(1);
    assert_eq!(world.call(&token).await.status, 200);
}

/// One event for each, with codes and identifiers, at the most talkative level.
#[tokio::test]
async fn no_token_and_no_secret_is_ever_logged() {
    let captured = Captured::start();
    let world = World::start(Setup {
        policy: DownstreamPolicy::ConsentMissing,
        ..Setup::default()
    })
    .await;
    let incoming = world.token_of("Ada");
    world.call(&incoming).await;
    world.issuer.fail_token_requests(2);
    world.call(&incoming).await;

    let events = captured.events();
    let text = serde_json::to_string(&events).unwrap();
    for secret in [incoming.as_str(), signature_of(&incoming), SECRET] {
        assert!(!text.contains(secret), "{text}");
    }
    let failures = events
        .iter()
        .filter(|event| event["downstream"] == "billing");
    let causes: Vec<&str> = failures
        .map(|event| {
            assert_eq!(event["oid"], object_id_of("Ada").to_string());
            event["cause"].as_str().unwrap()
        })
        .collect();
    let [consent, outage] = causes[..] else {
        panic!("two events expected: {causes:?}");
    };
    assert!(
        consent.starts_with("invalid_grant consent_required AADSTS65001 trace "),
        "{consent}"
    );
    assert_eq!(outage, "the authority answered 503 Service Unavailable");
}

/// The part of a token that must not be seen even when a log line cuts the rest.
fn signature_of(token: &str) -> &str {
    token.rsplit('.').next().unwrap()
}

#[tokio::test]
async fn the_test_kit_asks_nobody_and_names_the_user() {
    let facts = CallerFacts {
        tenant_id: Uuid::from_u128(1),
        object_id: Uuid::from_u128(2),
        rights: Rights {
            kind: CallerKind::User,
            roles: BTreeSet::new(),
            scopes: BTreeSet::new(),
            contexts: BTreeSet::new(),
        },
        client_id: None,
        token_id: None,
        token_life: Some(crate::identity::testing::token_life(u64::MAX)),
        is_guest: false,
        is_synthetic: false,
        takes_claims_challenges: false,
    };
    let caller = Caller::from_verified(facts).with_incoming_token(IncomingToken::new("a.b.c"));
    let mut config = crate::identity::testing::config();
    let scopes = vec!["api://billing/Read".to_owned()];
    config
        .downstream
        .scopes
        .insert("billing".to_owned(), scopes);
    let billing = Downstreams::in_process(&config).get("billing").unwrap();
    let token = billing.token_for(&caller).await.unwrap();
    assert_eq!(
        token.authorization(),
        format!("Bearer billing.{}", Uuid::from_u128(2))
    );
}

#[tokio::test]
async fn what_is_held_shows_nothing_of_itself() {
    let token = DownstreamToken::new("a.b.c", tokio::time::Instant::now()).unwrap();
    assert_eq!(format!("{token:?}"), "DownstreamToken(..)");
    assert_eq!(format!("{:?}", token.authorization()), "Sensitive");
    let incoming = IncomingToken::new("a.b.c");
    assert_eq!(format!("{incoming:?}"), "IncomingToken(..)");
}
