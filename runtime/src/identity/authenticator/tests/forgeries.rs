//! Duties 1, 2, 7 and 8: tokens that look right and were not signed by a key of ours.

use super::*;
use crate::identity::testing::{TENANT, encode};

const RS256: &str = r#"{"alg":"RS256","kid":"key-a"}"#;

fn with_signature(token: &str, change: impl FnOnce(&mut Vec<u8>)) -> String {
    use base64::Engine;
    let (rest, signature) = token.rsplit_once('.').unwrap();
    let engine = base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let mut bytes = engine.decode(signature).unwrap();
    change(&mut bytes);
    format!("{rest}.{}", encode(bytes))
}

#[tokio::test]
async fn only_the_named_keys_own_signature_verifies() {
    let (issuer, authenticator) = loaded().await;
    let claims = issuer.claims().to_string();
    let good = KEY_A.sign(&issuer.claims());
    let parts: Vec<&str> = good.split('.').collect();
    let promoted = encode(claims.replace("Viewer", "Admin"));
    let forged = |signature: &[u8]| forge(RS256, &claims, signature);
    let table = [
        (
            "another key's signature",
            sign_parts(&KEY_B, RS256, &claims),
            "signature_invalid",
        ),
        (
            "another key",
            KEY_B.sign(&issuer.claims()),
            "signing_key_unknown",
        ),
        (
            "claims exchanged",
            format!("{}.{promoted}.{}", parts[0], parts[2]),
            "signature_invalid",
        ),
        (
            "header exchanged",
            format!("{}.{}.{}", encode(RS256), parts[1], parts[2]),
            "signature_invalid",
        ),
        ("zeros", forged(&[0; 256]), "signature_invalid"),
        ("ones", forged(&[0xff; 256]), "signature_invalid"),
        (
            "the number 1",
            forged(&[&[0; 255][..], &[1]].concat()),
            "signature_invalid",
        ),
        ("one byte short", forged(&[7; 255]), "signature_invalid"),
        ("one byte long", forged(&[7; 257]), "signature_invalid"),
        ("a word", forged(b"none"), "signature_invalid"),
        (
            "a zero in front",
            with_signature(&good, |bytes| bytes.insert(0, 0)),
            "signature_invalid",
        ),
        (
            "a zero behind",
            with_signature(&good, |bytes| bytes.push(0)),
            "signature_invalid",
        ),
        (
            "no signature",
            format!("{}.{}.", parts[0], parts[1]),
            "token_not_signed",
        ),
    ];
    for (name, token, expected) in table {
        assert_eq!(outcome(&authenticator, &token).await, expected, "{name}");
    }
    assert_eq!(outcome(&authenticator, &good).await, "verified");
}

#[tokio::test]
async fn what_the_right_key_signed_is_still_refused_when_its_form_is_wrong() {
    let (issuer, authenticator) = loaded().await;
    let claims = issuer.claims().to_string();
    let header = |text: &str| sign_parts(&KEY_A, text, &claims);
    let body = |text: String| sign_parts(&KEY_A, RS256, text);
    let second_tid = format!(r#"{{"t\u0069d":"{TENANT}","#);
    let table = [
        (
            "alg none",
            header(r#"{"alg":"none","kid":"key-a"}"#),
            "algorithm_not_allowed",
        ),
        (
            "RS384 in name",
            header(r#"{"alg":"RS384","kid":"key-a"}"#),
            "algorithm_not_allowed",
        ),
        (
            "HS256",
            header(r#"{"alg":"HS256","kid":"key-a"}"#),
            "algorithm_not_allowed",
        ),
        (
            "proof",
            header(r#"{"alg":"RS256","kid":"key-a","typ":"dpop+jwt"}"#),
            "foreign_token_type",
        ),
        (
            "crit",
            header(r#"{"alg":"RS256","kid":"key-a","crit":[]}"#),
            "critical_header",
        ),
        (
            "zip",
            header(r#"{"alg":"RS256","kid":"key-a","zip":"DEF"}"#),
            "compressed_token",
        ),
        ("no kid", header(r#"{"alg":"RS256"}"#), "kid_missing"),
        (
            "kid in upper case",
            header(r#"{"alg":"RS256","kid":"KEY-A"}"#),
            "signing_key_unknown",
        ),
        (
            "kid with a path",
            header(r#"{"alg":"RS256","kid":"./key-a"}"#),
            "signing_key_unknown",
        ),
        (
            "kid with a space",
            header(r#"{"alg":"RS256","kid":"key-a "}"#),
            "signing_key_unknown",
        ),
        (
            "tid twice",
            body(claims.replacen('{', &second_tid, 1)),
            "duplicate_member",
        ),
        (
            "text after the claims",
            body(format!("{claims}{{}}")),
            "not_json",
        ),
        (
            "byte order mark",
            body(format!("\u{feff}{claims}")),
            "not_json",
        ),
        ("claims in a list", body(format!("[{claims}]")), "not_json"),
        (
            "a token as claims",
            body(KEY_A.sign(&issuer.claims())),
            "not_json",
        ),
    ];
    for (name, token, expected) in table {
        assert_eq!(outcome(&authenticator, &token).await, expected, "{name}");
    }
}

#[tokio::test]
async fn a_key_in_the_tokens_header_is_never_followed() {
    let (issuer, authenticator) = loaded().await;
    let trap = TestIssuer::start(&[KEY_B.jwk()]).await;
    let before = issuer.requests().len();
    let claims = issuer.claims().to_string();
    let url = json!(format!("{}/keys", trap.base));
    let members = [
        ("jku", url.clone()),
        ("x5u", url),
        ("jwk", KEY_B.jwk()),
        ("x5c", json!(["MII="])),
    ];
    for (name, value) in members {
        let header = json!({ "alg": "RS256", "kid": "key-a", name: value }).to_string();
        let forged = sign_parts(&KEY_B, &header, &claims);
        let result = outcome(&authenticator, &forged).await;
        assert_eq!(result, "signature_invalid", "{name}");
    }
    let outbound = trap.requests().len() + issuer.requests().len() - before;
    assert_eq!(outbound, 0);
}

#[tokio::test]
async fn a_token_that_fails_a_cheap_check_never_causes_a_key_fetch() {
    let (issuer, authenticator) = loaded().await;
    let before = issuer.requests().len();
    let by_unknown_key = |name: &str, value: Value| {
        let mut claims = issuer.claims();
        claims[name] = value;
        KEY_B.sign(&claims)
    };
    let rs512 = r#"{"alg":"RS512","kid":"key-b"}"#;
    let rs512 = sign_parts(&KEY_B, rs512, issuer.claims().to_string());
    let elsewhere = json!("https://evil.example/");
    let table = [
        (
            "issuer",
            by_unknown_key("iss", elsewhere),
            "issuer_not_accepted",
        ),
        (
            "audience",
            by_unknown_key("aud", json!("other")),
            "audience_not_accepted",
        ),
        ("expired", by_unknown_key("exp", json!(1)), "token_expired"),
        (
            "not yet valid",
            by_unknown_key("nbf", json!(NOW + 3000)),
            "token_not_yet_valid",
        ),
        (
            "mistyped",
            by_unknown_key("exp", json!("soon")),
            "claim_mistyped",
        ),
        ("algorithm", rs512, "algorithm_not_allowed"),
        ("size", "a".repeat(17 * 1024), "token_too_large"),
    ];
    for (name, token, expected) in table {
        assert_eq!(outcome(&authenticator, &token).await, expected, "{name}");
    }
    assert_eq!(issuer.requests().len(), before);
    // A token by the same unknown key whose claims are good does cause one.
    let token = KEY_B.sign(&issuer.claims());
    assert_eq!(outcome(&authenticator, &token).await, "signing_key_unknown");
    assert!(issuer.requests().len() > before);
}
