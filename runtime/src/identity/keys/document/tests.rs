//! Duties 1 and 17: which entries of a key document become keys.

use serde_json::{Value, json};

use super::*;
use crate::identity::testing::{KEY_A, KEY_B, encode};

fn parse(keys: &Value) -> Vec<String> {
    let text = json!({ "keys": keys }).to_string();
    let document = parse_key_document(&Json::parse(text.as_bytes()).unwrap()).unwrap();
    document.keys.into_iter().map(|key| key.kid).collect()
}

/// The good key with one member changed.
fn changed(member: &str, value: Value) -> Value {
    let mut key = KEY_A.jwk();
    key[member] = value;
    key
}

fn without(member: &str) -> Value {
    let mut key = KEY_A.jwk();
    key.as_object_mut().unwrap().remove(member);
    key
}

/// An odd modulus of so many bits.
fn modulus(bits: usize) -> Value {
    let mut bytes = vec![0xa5; bits.div_ceil(8)];
    bytes[0] = match bits % 8 {
        0 => 0x80,
        spare => 1 << (spare - 1),
    };
    encode(bytes).into()
}

#[test]
fn only_public_rsa_signing_keys_of_2048_bits_or_more_load() {
    let leading_zero = |member: &str| {
        let text = KEY_A.jwk()[member].as_str().unwrap().to_owned();
        let bytes = URL_SAFE_NO_PAD.decode(text).unwrap();
        encode([&[0], bytes.as_slice()].concat())
    };
    let mut even = URL_SAFE_NO_PAD
        .decode(KEY_A.jwk()["n"].as_str().unwrap())
        .unwrap();
    *even.last_mut().unwrap() &= 0xfe;
    let table = [
        ("good", KEY_A.jwk(), true),
        ("use absent", without("use"), true),
        ("alg RS256", changed("alg", json!("RS256")), true),
        (
            "verify among key_ops",
            changed("key_ops", json!(["verify"])),
            true,
        ),
        (
            "unknown members",
            changed("x5c", json!([1, {"a": null}])),
            true,
        ),
        ("2048 bits", changed("n", modulus(2048)), true),
        ("2047 bits", changed("n", modulus(2047)), false),
        ("1024 bits", changed("n", modulus(1024)), false),
        ("8192 bits", changed("n", modulus(8192)), true),
        ("8200 bits", changed("n", modulus(8200)), false),
        (
            "1024 bits behind zeros",
            changed("n", encode([[0; 128], [0xff; 128]].concat()).into()),
            false,
        ),
        (
            "leading zero in n",
            changed("n", leading_zero("n").into()),
            false,
        ),
        (
            "leading zero in e",
            changed("e", leading_zero("e").into()),
            false,
        ),
        ("even modulus", changed("n", encode(even).into()), false),
        ("exponent 1", changed("e", encode([1]).into()), false),
        ("exponent 3", changed("e", encode([3]).into()), false),
        (
            "even exponent",
            changed("e", encode([1, 0, 2]).into()),
            false,
        ),
        ("huge exponent", changed("e", encode([1; 5]).into()), false),
        (
            "padded n",
            changed(
                "n",
                format!("{}==", KEY_A.jwk()["n"].as_str().unwrap()).into(),
            ),
            false,
        ),
        ("n a number", changed("n", json!(5)), false),
        ("n empty", changed("n", json!("")), false),
        ("n absent", without("n"), false),
        ("e absent", without("e"), false),
        ("kid absent", without("kid"), false),
        ("kid empty", changed("kid", json!("")), false),
        ("kid a number", changed("kid", json!(1)), false),
        ("kty absent", without("kty"), false),
        ("kty in lower case", changed("kty", json!("rsa")), false),
        ("an elliptic curve", changed("kty", json!("EC")), false),
        (
            "symmetric",
            json!({"kty": "oct", "kid": "key-a", "k": "c2VjcmV0"}),
            false,
        ),
        ("for encryption", changed("use", json!("enc")), false),
        ("use null", changed("use", json!(null)), false),
        ("another algorithm", changed("alg", json!("RS512")), false),
        ("PSS", changed("alg", json!("PS256")), false),
        ("alg null", changed("alg", json!(null)), false),
        (
            "key_ops for encryption",
            changed("key_ops", json!(["encrypt"])),
            false,
        ),
        (
            "key_ops a string",
            changed("key_ops", json!("verify")),
            false,
        ),
        ("private exponent", changed("d", json!("AQAB")), false),
        ("private prime", changed("p", json!("AQAB")), false),
        ("private null", changed("d", json!(null)), false),
        ("symmetric member", changed("k", json!("AQAB")), false),
        ("issuer a number", changed("issuer", json!(1)), false),
        ("not an object", json!("key-a"), false),
    ];
    for (name, key, loads) in table {
        // The bad one is skipped, and the good one beside it loads.
        let loaded = parse(&json!([key, KEY_B.jwk()]));
        let expected: &[&str] = if loads {
            &["key-a", "key-b"]
        } else {
            &["key-b"]
        };
        assert_eq!(loaded, expected, "{name}");
    }
}

#[test]
fn two_different_keys_with_one_kid_load_neither() {
    let mut other = KEY_B.jwk();
    other["kid"] = json!("key-a");
    let other_issuer = changed("issuer", json!("https://elsewhere.example"));
    let table = [
        (
            "identical",
            json!([KEY_A.jwk(), KEY_A.jwk()]),
            vec!["key-a"],
        ),
        (
            "identical but for what is not read",
            json!([KEY_A.jwk(), changed("x5t", json!("y"))]),
            vec!["key-a"],
        ),
        ("different", json!([KEY_A.jwk(), other.clone()]), vec![]),
        (
            "different, then the first again",
            json!([KEY_A.jwk(), other, KEY_A.jwk()]),
            vec![],
        ),
        (
            "of different issuers",
            json!([KEY_A.jwk(), other_issuer]),
            vec![],
        ),
        (
            "one unusable",
            json!([KEY_A.jwk(), changed("n", modulus(1024))]),
            vec![],
        ),
        (
            "one private",
            json!([changed("d", json!("AQAB")), KEY_A.jwk()]),
            vec![],
        ),
        (
            "case differs",
            json!([KEY_A.jwk(), changed("kid", json!("KEY-A"))]),
            vec!["KEY-A", "key-a"],
        ),
    ];
    for (name, keys, expected) in table {
        assert_eq!(parse(&keys), expected, "{name}");
    }
}

#[test]
fn a_key_with_a_duplicate_member_is_skipped() {
    let good = KEY_A.jwk().to_string();
    let twice = good.replacen('{', r#"{"kid":"key-a","#, 1);
    let text = format!(r#"{{"keys":[{twice},{}]}}"#, KEY_B.jwk());
    let document = parse_key_document(&Json::parse(text.as_bytes()).unwrap()).unwrap();
    let kids: Vec<&str> = document.keys.iter().map(|key| key.kid.as_str()).collect();
    assert_eq!(kids, ["key-b"]);
    assert_eq!(document.skipped, 1);
}

#[test]
fn what_is_not_a_key_document_is_refused_whole() {
    let table = [
        ("list", "[]"),
        ("string", "\"keys\""),
        ("no keys", "{}"),
        ("keys an object", r#"{"keys":{}}"#),
        ("keys null", r#"{"keys":null}"#),
        ("keys twice", r#"{"keys":[],"keys":[]}"#),
    ];
    for (name, text) in table {
        let document = Json::parse(text.as_bytes()).unwrap();
        assert!(parse_key_document(&document).is_none(), "{name}");
    }
}
