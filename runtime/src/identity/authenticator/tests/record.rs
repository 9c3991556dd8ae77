//! Duty 23: what the one event of a failure says, and what it never says.

use super::*;
use crate::identity::testing::{OBJECT, TENANT};
use crate::telemetry::Captured;

/// The failure events that one token causes.
async fn events(authenticator: &Authenticator, token: &str) -> Vec<Value> {
    let captured = Captured::start();
    outcome(authenticator, token).await;
    let events = captured.events().into_iter();
    events
        .filter(|fields| fields["message"] == "authentication failed")
        .collect()
}

#[tokio::test]
async fn a_failure_names_identifiers_only_when_the_signature_was_verified() {
    let (issuer, authenticator) = loaded().await;
    let mut claims = issuer.claims();
    claims["azp"] = json!("client");
    claims["uti"] = json!("uti-1");
    claims["name"] = json!("Jane Example");
    claims["preferred_username"] = json!("jane@example.com");
    claims["ver"] = json!("3.0");

    let verified = events(&authenticator, &KEY_A.sign(&claims)).await;
    assert_eq!(
        verified,
        [json!({
            "message": "authentication failed", "reason": "version_mismatch",
            "tid": TENANT.to_string(), "oid": OBJECT, "azp": "client", "uti": "uti-1",
        })]
    );
    let header = r#"{"alg":"RS256","kid":"key-a"}"#;
    let forged = events(
        &authenticator,
        &sign_parts(&KEY_B, header, claims.to_string()),
    )
    .await;
    assert_eq!(
        forged,
        [json!({ "message": "authentication failed", "reason": "signature_invalid" })]
    );
}

#[tokio::test]
async fn an_unknown_kid_is_logged_escaped_and_cut() {
    let (issuer, authenticator) = loaded().await;
    let header = json!({ "alg": "RS256", "kid": format!("a\nb{}", "x".repeat(500)) }).to_string();
    let token = forge(&header, &issuer.claims().to_string(), &[1; 256]);
    let kid = format!(r"a\nb{}", "x".repeat(60));
    assert_eq!(
        events(&authenticator, &token).await,
        [
            json!({ "message": "authentication failed", "reason": "signing_key_unknown", "kid": kid })
        ]
    );
}

#[tokio::test]
async fn no_event_repeats_a_claim_of_an_unverified_token() {
    let (issuer, authenticator) = loaded().await;
    let mut claims = issuer.claims();
    claims["iss"] = json!("https://secret.example/");
    claims["aud"] = json!("secret");
    let token = KEY_A.sign(&claims);
    let events = events(&authenticator, &token).await;
    assert_eq!(events.len(), 1);
    let text = events[0].to_string();
    assert!(!text.contains("secret") && !text.contains(OBJECT), "{text}");
}

#[tokio::test]
async fn an_agent_identity_is_recorded_and_changes_no_decision() {
    let (issuer, authenticator) = loaded().await;
    let plain = authenticator
        .authenticate(&bearer(&KEY_A.sign(&issuer.claims())))
        .await;
    let Authentication::Verified(plain) = plain else {
        panic!("the token is good");
    };
    let rows = [
        (
            json!({"xms_act_fct": "11 9", "xms_par_app_azp": "blueprint"}),
            Some(("11 9", "blueprint")),
        ),
        (
            json!({"xms_act_fct": "a\nb", "xms_par_app_azp": ["x"]}),
            Some((r"a\nb", "not a string")),
        ),
        (json!({}), None),
    ];
    for (extra, expected) in rows {
        let mut claims = issuer.claims();
        let members = claims.as_object_mut().unwrap();
        members.extend(extra.as_object().unwrap().clone());
        members.insert("uti".to_owned(), json!("uti-1"));
        let captured = Captured::start();
        let found = authenticator
            .authenticate(&bearer(&KEY_A.sign(&claims)))
            .await;
        let Authentication::Verified(caller) = found else {
            panic!("{extra}: {}", word(&found));
        };
        assert_eq!(caller.rights(), plain.rights(), "{extra}");
        let events = captured.events().into_iter();
        let agents: Vec<_> = events
            .filter(|fields| fields["note"] == "agent_identity")
            .collect();
        match expected {
            None => assert!(agents.is_empty()),
            Some((facets, blueprint)) => {
                assert_eq!(agents.len(), 1);
                assert_eq!(agents[0]["xms_act_fct"], facets);
                assert_eq!(agents[0]["xms_par_app_azp"], blueprint);
                assert_eq!(agents[0]["uti"], "uti-1");
            }
        }
    }
}

/// Duty 10: the address stands in the token, so whoever followed it could be sent anywhere.
#[tokio::test]
async fn a_groups_overage_is_named_in_the_log_and_its_endpoint_is_never_called() {
    let (issuer, authenticator) = loaded().await;
    let mut claims = issuer.claims();
    claims["_claim_names"] = json!({"groups": "src1"});
    claims["_claim_sources"] = json!({"src1": {"endpoint": format!("{}/overage", issuer.base)}});
    let before = issuer.requests();
    let captured = Captured::start();
    let token = KEY_A.sign(&claims);
    assert_eq!(outcome(&authenticator, &token).await, "verified");
    let events = captured.events();
    let noted = events
        .iter()
        .filter(|fields| fields["note"] == "groups_overage");
    assert_eq!(noted.count(), 1, "{events:?}");
    assert_eq!(issuer.requests(), before);
}
