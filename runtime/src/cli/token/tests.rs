//! What is printed, and above all what is not.

use serde_json::{Value, json};

use super::*;
use crate::identity::testing::{
    CLIENT, KEY_A, KEY_B, NOW, OBJECT, TENANT, VOCABULARY, config, sign_parts,
};

/// Claims that are about a person; none of them may be printed.
const PERSONAL: [(&str, &str); 8] = [
    ("name", "Jane Q. Example"),
    ("given_name", "Janeforename"),
    ("family_name", "Examplesurname"),
    ("preferred_username", "jane@contoso.example"),
    ("upn", "jane.upn@contoso.example"),
    ("email", "jane.mail@contoso.example"),
    ("ipaddr", "203.0.113.77"),
    ("sub", "pairwise-subject-of-jane"),
];

fn claims() -> Value {
    let mut claims = json!({
        "iss": format!("https://login.microsoftonline.com/{TENANT}/v2.0"),
        "aud": CLIENT.to_string(),
        "exp": NOW + 3600,
        "nbf": NOW - 10,
        "iat": NOW - 10,
        "tid": TENANT.to_string(),
        "oid": OBJECT,
        "ver": "2.0",
        "scp": "user_impersonation",
        "roles": ["Viewer"],
    });
    for (name, value) in PERSONAL {
        claims[name] = json!(value);
    }
    claims
}

fn printed(token: &str) -> [String; 2] {
    let config = config();
    let document = json!({ "keys": [KEY_A.jwk()] }).to_string();
    let keys = KeySet::parse(document.as_bytes(), &config).unwrap();
    let explainer = Explainer::new(&config, VOCABULARY, Some(keys)).standing_at(NOW);
    let report = Report {
        config: &config,
        keys: "1 from a test".to_owned(),
        explanation: explainer.explain(token),
        explainer: &explainer,
        operation: None,
    };
    [text::render(&report), json::render(&report)]
}

/// Tokens that fail in every part, and one that is good.
fn tokens() -> Vec<String> {
    let good = KEY_A.sign(&claims());
    let changed = |name: &str, value: Value| {
        let mut claims = claims();
        claims[name] = value;
        KEY_A.sign(&claims)
    };
    let mut tokens = vec![
        KEY_B.sign(&claims()),
        sign_parts(
            &KEY_B,
            r#"{"alg":"RS256","kid":"key-a"}"#,
            claims().to_string(),
        ),
        sign_parts(&KEY_A, r#"{"alg":"none"}"#, claims().to_string()),
        sign_parts(&KEY_A, "{}", "[]"),
        changed("aud", json!([CLIENT.to_string()])),
        changed("exp", json!("soon")),
        changed("oid", json!("jane.oid@contoso.example")),
        changed("scp", json!(["jane"])),
        changed("acct", json!("jane")),
        changed(
            "idp",
            json!("https://sts.windows.net/f6666666-6666-4666-8666-666666666666/"),
        ),
        format!("{good}.x.y"),
        good.replace('.', ""),
    ];
    for length in (0..good.len()).step_by(7) {
        tokens.push(good[..length].to_owned());
    }
    tokens.push(good);
    tokens
}

#[test]
fn no_piece_of_the_token_and_nothing_personal_is_printed() {
    for token in tokens() {
        for output in printed(&token) {
            let windows = token.as_bytes().windows(16);
            for piece in windows.map(|piece| std::str::from_utf8(piece).unwrap()) {
                assert!(!output.contains(piece), "{piece} of {token}\n{output}");
            }
            for (name, value) in PERSONAL {
                assert!(!output.contains(value), "{name}\n{output}");
            }
            assert!(
                !output.contains(OBJECT) && !output.contains("jane"),
                "{output}"
            );
        }
    }
}

#[test]
fn the_table_names_each_check_and_each_failure_its_fix() {
    let [text, json] = printed(&KEY_B.sign(&claims()));
    assert!(text.contains("\nsigning key        FAILED "), "{text}");
    assert!(text.contains("not reached, needs signing key"), "{text}");
    assert!(
        text.contains("\nsigning key: signing_key_unknown\n  means  "),
        "{text}"
    );
    assert!(text.ends_with("answer   401 invalid_token\n"), "{text}");
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["accepted"], false);
    let checks = json["checks"].as_array().unwrap();
    let row = |name: &str| checks.iter().find(|row| row["check"] == name).unwrap();
    assert_eq!(row("signing key")["reason"], "signing_key_unknown");
    assert_eq!(row("signature")["needs"], "signing key");
    assert_eq!(row("aud")["result"], "ok");
    let [text, _] = printed(&KEY_A.sign(&claims()));
    assert!(text.contains("\nverdict  accepted\n"), "{text}");
}

#[test]
fn what_is_missing_is_named_as_it_stands_in_entra() {
    use portcullis_api_spec::{
        Access, Assignable, EndpointDef, Method, Mount, Requirements, RoleDef, ScopeDef,
    };
    const PM: RoleDef = RoleDef {
        name: "PM",
        description: "",
        assignable: Assignable::Users,
    };
    const SCOPE: ScopeDef = ScopeDef {
        name: "user_impersonation",
        description: "",
    };
    static CREATE: EndpointDef = EndpointDef {
        operation_id: "create_portfolio",
        method: Method::Post,
        path: "/portfolios",
        mount: Mount::Api,
        access: Access::Restricted(Requirements {
            roles: &[PM],
            scopes: &[SCOPE],
            applications: &[],
            context: None,
        }),
        doc: "",
        ..EndpointDef::CLOSED
    };
    let mut config = config();
    config.authentication.roles = Some([("Desk.PM".to_owned(), "PM".to_owned())].into());
    let document = json!({ "keys": [KEY_A.jwk()] }).to_string();
    let keys = KeySet::parse(document.as_bytes(), &config).unwrap();
    let explainer = Explainer::new(&config, VOCABULARY, Some(keys)).standing_at(NOW);
    let explanation = explainer.explain(&KEY_A.sign(&claims()));
    let operation = OperationAnswer::decide(&CREATE, explanation.rights.as_ref());
    let report = Report {
        config: &config,
        keys: String::new(),
        explanation,
        explainer: &explainer,
        operation: Some(operation),
    };
    let text = text::render(&report);
    for told in [
        "no internal role stands behind [Viewer]: see auth.roles".to_owned(),
        "create_portfolio: missing_role\n".to_owned(),
        "  app roles in Entra, any one of  Desk.PM\n".to_owned(),
        format!("  scope to ask for                api://{CLIENT}/user_impersonation\n"),
        "may not run create_portfolio: missing_role\n".to_owned(),
        "answer   403 forbidden\n".to_owned(),
    ] {
        assert!(text.contains(&told), "{told}\n{text}");
    }
}
