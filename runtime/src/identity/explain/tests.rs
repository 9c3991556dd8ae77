//! Every mistake that the explanation names, made with real keys; and that it never differs from the authenticator.

use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderValue};
use serde_json::{Value, json};

use super::*;
use crate::config::GuestPolicy;
use crate::identity::Authentication;
use crate::identity::testing::{
    AUTHORITY, CLIENT, KEY_A, KEY_B, MANAGED_IDENTITY, NOW, OBJECT, TENANT, TestIssuer, VOCABULARY,
    config, encode, sign_parts,
};

const ELSEWHERE: &str = "f6666666-6666-4666-8666-666666666666";
const RS256: &str = r#"{"alg":"RS256","kid":"key-a"}"#;

/// Claims of a user's good token.
fn user() -> Value {
    json!({
        "iss": format!("{AUTHORITY}/{TENANT}/v2.0"),
        "aud": CLIENT.to_string(),
        "exp": NOW + 3600,
        "nbf": NOW - 10,
        "iat": NOW - 10,
        "tid": TENANT.to_string(),
        "oid": OBJECT,
        "sub": "pairwise",
        "ver": "2.0",
        "azp": ELSEWHERE,
        "scp": "user_impersonation",
        "roles": ["Viewer"],
    })
}

/// Those claims, changed; null takes one out.
fn user_but(changes: Value) -> Value {
    let mut claims = user();
    for (name, value) in changes.as_object().unwrap() {
        if value.is_null() {
            claims.as_object_mut().unwrap().remove(name);
        } else {
            claims[name] = value.clone();
        }
    }
    claims
}

fn explainer(adjust: impl FnOnce(&mut Config)) -> Explainer {
    let mut config = config();
    adjust(&mut config);
    let document = json!({ "keys": [KEY_A.jwk()] }).to_string();
    let keys = KeySet::parse(document.as_bytes(), &config).unwrap();
    Explainer::new(&config, VOCABULARY, Some(keys)).standing_at(NOW)
}

/// The checks that failed, each with its reason's code.
fn failures(explanation: &Explanation) -> Vec<(&'static str, &'static str)> {
    let rows = explanation.rows.iter();
    rows.filter_map(|row| match row.outcome {
        Outcome::Failed(reason) => Some((row.check.name(), reason.code())),
        Outcome::KeysUnavailable => Some((row.check.name(), "keys_unavailable")),
        Outcome::Passed | Outcome::NotReached(_) => None,
    })
    .collect()
}

/// The checks that were not reached, each with what it needed.
fn not_reached(explanation: &Explanation) -> Vec<(&'static str, &'static str)> {
    let rows = explanation.rows.iter();
    rows.filter_map(|row| match row.outcome {
        Outcome::NotReached(needed) => Some((row.check.name(), needed.name())),
        Outcome::Passed | Outcome::Failed(_) | Outcome::KeysUnavailable => None,
    })
    .collect()
}

#[test]
fn a_good_token_passes_every_check_and_says_what_its_caller_may_do() {
    let explanation = explainer(|_| {}).explain(&KEY_A.sign(&user()));
    assert!(explanation.is_accepted() && explanation.is_signature_verified());
    assert_eq!(explanation.rows.len(), 21);
    let rights = explanation.rights.unwrap();
    assert!(rights.has_role("Viewer") && rights.has_scope("user_impersonation"));
}

#[test]
fn each_mistake_is_named_for_what_it_is() {
    let graph = "00000003-0000-0000-c000-000000000000";
    let v1 = json!({"iss": format!("https://sts.windows.net/{TENANT}/"), "ver": "1.0"});
    let table = [
        ("v1", v1, vec![("iss", "token_version_1")]),
        (
            "Graph",
            json!({"aud": graph}),
            vec![("aud", "token_for_microsoft_graph")],
        ),
        (
            "ARM",
            json!({"aud": "https://management.azure.com"}),
            vec![("aud", "token_for_azure_management")],
        ),
        (
            "managed identity",
            json!({"aud": MANAGED_IDENTITY.to_string()}),
            vec![("aud", "audience_is_managed_identity")],
        ),
        (
            "another API",
            json!({"aud": ELSEWHERE}),
            vec![("aud", "audience_not_accepted")],
        ),
        (
            "another tenant",
            json!({"iss": format!("{AUTHORITY}/{ELSEWHERE}/v2.0"), "tid": ELSEWHERE}),
            vec![
                ("iss", "issuer_not_accepted"),
                ("tid", "tenant_not_accepted"),
            ],
        ),
        (
            "ID token",
            json!({"scp": null, "roles": null, "nonce": "n"}),
            vec![("caller kind", "id_token_not_access_token")],
        ),
        (
            "expired",
            json!({"exp": NOW - 100}),
            vec![("times", "token_expired")],
        ),
        (
            "not yet valid",
            json!({"nbf": NOW + 100}),
            vec![("times", "token_not_yet_valid")],
        ),
        (
            "version",
            json!({"ver": "1.0"}),
            vec![("ver", "version_mismatch")],
        ),
        (
            "groups overage",
            json!({"scp": null, "roles": null, "hasgroups": true}),
            vec![("caller kind", "groups_overage")],
        ),
        (
            "no oid",
            json!({"oid": null}),
            vec![("identity claims", "claim_missing")],
        ),
        (
            "guest",
            json!({"acct": 1}),
            vec![("guest", "guest_not_allowed")],
        ),
        (
            "client",
            json!({"azp": "b"}),
            vec![("client", "client_not_allowed")],
        ),
        (
            "three at once",
            json!({"aud": graph, "exp": NOW - 100, "scp": null, "roles": null}),
            vec![
                ("aud", "token_for_microsoft_graph"),
                ("times", "token_expired"),
                ("caller kind", "id_token_not_access_token"),
            ],
        ),
    ];
    let explainer = explainer(|config| {
        config.authentication.guests = GuestPolicy::Deny;
        config.authentication.allowed_clients = Some([ELSEWHERE.to_owned()].into());
    });
    for (name, changes, expected) in table {
        let explanation = explainer.explain(&KEY_A.sign(&user_but(changes)));
        assert_eq!(failures(&explanation), expected, "{name}");
        assert!(
            !explanation.is_accepted() && explanation.is_signature_verified(),
            "{name}"
        );
    }
}

#[test]
fn what_needs_an_earlier_check_is_not_reached_and_the_rest_is_judged_all_the_same() {
    let explainer = explainer(|_| {});
    let expired = user_but(json!({"exp": NOW - 100}));
    let signed = |header: &str| sign_parts(&KEY_A, header, expired.to_string());
    let expired_too = ("times", "token_expired");
    let table = [
        (
            "algorithm",
            signed(r#"{"alg":"HS256","kid":"key-a"}"#),
            vec![("alg", "algorithm_not_allowed"), expired_too],
            vec![("signature", "alg")],
        ),
        (
            "no kid",
            signed(r#"{"alg":"RS256"}"#),
            vec![("kid", "kid_missing"), expired_too],
            vec![
                ("signing key", "kid"),
                ("signature", "kid"),
                ("key owner", "kid"),
            ],
        ),
        (
            "unknown kid",
            KEY_B.sign(&expired),
            vec![expired_too, ("signing key", "signing_key_unknown")],
            vec![("signature", "signing key"), ("key owner", "signing key")],
        ),
        (
            "forged",
            sign_parts(&KEY_B, RS256, expired.to_string()),
            vec![expired_too, ("signature", "signature_invalid")],
            vec![],
        ),
        (
            "issuer",
            KEY_A.sign(&user_but(json!({"iss": "https://evil.example/"}))),
            vec![("iss", "issuer_not_accepted")],
            vec![("ver", "iss")],
        ),
        (
            "no exp",
            KEY_A.sign(&user_but(json!({"exp": null}))),
            vec![("validity claims", "claim_missing")],
            vec![
                ("aud", "validity claims"),
                ("times", "validity claims"),
                ("iss", "validity claims"),
                ("ver", "validity claims"),
                ("key owner", "validity claims"),
            ],
        ),
    ];
    for (name, token, failed, unreached) in table {
        let explanation = explainer.explain(&token);
        assert_eq!(failures(&explanation), failed, "{name}");
        assert_eq!(not_reached(&explanation), unreached, "{name}");
    }
    let broken = explainer.explain("aa.bb");
    assert_eq!(failures(&broken), [("form", "token_not_signed")]);
    assert_eq!(not_reached(&broken).len(), 19);
}

#[test]
fn without_keys_everything_else_is_judged() {
    let explainer = Explainer::new(&config(), VOCABULARY, None).standing_at(NOW);
    let explanation = explainer.explain(&KEY_A.sign(&user_but(json!({"aud": ELSEWHERE}))));
    let expected = [
        ("aud", "audience_not_accepted"),
        ("signing key", "keys_unavailable"),
    ];
    assert_eq!(failures(&explanation), expected);
    assert!(!explanation.is_signature_verified());
    assert!(
        explanation.rights.is_some(),
        "what the token says of its caller is shown"
    );
}

#[test]
fn a_v1_token_by_a_file_of_keys_is_undecided_where_v1_is_accepted() {
    // The v1 issuer stands in a discovery document only.
    let explainer = explainer(|config| config.authentication.accept_v1_tokens = true);
    let claims =
        user_but(json!({"iss": format!("https://sts.windows.net/{TENANT}/"), "ver": "1.0"}));
    let explanation = explainer.explain(&KEY_A.sign(&claims));
    assert_eq!(failures(&explanation), [("iss", "keys_unavailable")]);
    assert!(explainer.explain(&KEY_A.sign(&user())).is_accepted());
}

#[test]
fn values_are_shown_beside_the_configured_ones_escaped_and_cut() {
    let claims = user_but(json!({
        "aud": "evil\n\u{1b}[2J\u{202e}",
        "exp": NOW - 3 * 3600,
        "nbf": NOW - 4 * 3600,
        "roles": vec!["x".repeat(20); 256],
    }));
    let explanation = explainer(|_| {}).explain(&KEY_A.sign(&claims));
    let row = |name: &str| {
        explanation
            .rows
            .iter()
            .find(|row| row.check.name() == name)
            .unwrap()
    };
    assert_eq!(row("aud").found, r"evil\n\u{1b}[2J\u{202e}");
    assert_eq!(row("aud").configured, format!("{CLIENT} or api://{CLIENT}"));
    assert!(
        row("times").found.ends_with("(ended 3h ago)"),
        "{}",
        row("times").found
    );
    assert!(
        row("times")
            .configured
            .starts_with("now 2027-01-15T08:00:00Z")
    );
    for row in &explanation.rows {
        assert!(row.found.len() < 700, "{}", row.check.name());
        assert!(row.found.bytes().all(|byte| (0x20..0x7f).contains(&byte)));
    }
}

/// Compares the two on a good token and on every token that differs from it in one letter.
#[tokio::test]
async fn the_verdict_is_that_of_the_authenticator() {
    let issuer = TestIssuer::start(&[KEY_A.jwk()]).await;
    let authenticator = issuer.authenticator(|_| {});
    authenticator.key_store().refresh().await;
    let keys = KeySet::fetch_once(&issuer.config()).await.unwrap();
    let explainer = Explainer::new(&issuer.config(), VOCABULARY, Some(keys)).standing_at(NOW);
    let good = KEY_A.sign(&issuer.claims());
    assert!(explainer.explain(&good).is_accepted());
    for at in 0..good.len() {
        let mut token = good.clone().into_bytes();
        token[at] = if token[at] == b'A' { b'B' } else { b'A' };
        let token = String::from_utf8(token).unwrap();
        let value = HeaderValue::try_from(format!("Bearer {token}")).unwrap();
        let headers = HeaderMap::from_iter([(AUTHORIZATION, value)]);
        let authentication = authenticator.authenticate(&headers).await;
        let Authentication::Rejected(expected) = authentication else {
            panic!("{at}: {authentication:?}");
        };
        let explanation = explainer.explain(&token);
        assert_eq!(
            explanation.first_failure(),
            Some(Outcome::Failed(expected)),
            "{at}"
        );
    }
}

#[test]
fn a_file_of_keys_is_read_by_the_rules_of_the_authoritys_document() {
    use crate::identity::keys::KeyFileError;
    let mut private = KEY_A.jwk();
    private["d"] = json!(encode("secret"));
    let table = [
        ("not JSON", "keys".to_owned(), KeyFileError::NotJson),
        (
            "no document",
            "[]".to_owned(),
            KeyFileError::NotAKeyDocument,
        ),
        (
            "no key",
            r#"{"keys":[]}"#.to_owned(),
            KeyFileError::NoUsableKey,
        ),
        (
            "a private key",
            json!({ "keys": [private] }).to_string(),
            KeyFileError::NoUsableKey,
        ),
    ];
    for (name, text, expected) in table {
        let result = KeySet::parse(text.as_bytes(), &config());
        assert_eq!(result.map(|keys| keys.len()), Err(expected), "{name}");
    }
}
