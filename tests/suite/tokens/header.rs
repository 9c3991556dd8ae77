//! What is wrong with the JOSE header, the signature, or the form of the token (duties 1, 2, 6, 7).

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::json;

use super::{Case, assert_all_refused_alike};
use crate::harness::{Service, Tenant, Token, foreign_key, tenant_key};

#[tokio::test]
async fn another_algorithm_is_refused() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let user = tenant.user(&["Viewer"]);
    let unsigned = |token: &Token| format!("{}.", token.signing_input());
    let hs256 = user.clone().header("alg", "HS256").signing_input();
    let hs256 = format!(
        "{hs256}.{}",
        tenant_key().sign_hs256_with_public_key(&hs256)
    );
    let rs384 = user.clone().header("alg", "RS384").signing_input();
    let rs384 = format!("{rs384}.{}", tenant_key().sign_rs384(&rs384));
    let mut cases: Vec<Case> = vec![
        (
            "alg none, unsigned",
            unsigned(&user.clone().header("alg", "none")),
        ),
        (
            "alg None, unsigned",
            unsigned(&user.clone().header("alg", "None")),
        ),
        ("alg RS256, unsigned", unsigned(&user)),
        ("HS256 with the public key as secret", hs256),
        ("RS384 with the right key", rs384),
        ("no alg", user.clone().without_header("alg").to_string()),
        (
            "alg not a string",
            user.clone().header("alg", json!(["RS256"])).to_string(),
        ),
    ];
    for algorithm in [
        "none", "nOnE", "rs256", "PS256", "ES256", "RS512", "EdDSA", "",
    ] {
        let name = "another alg over a valid RS256 signature";
        cases.push((name, user.clone().header("alg", algorithm).to_string()));
    }
    assert_all_refused_alike(&service, &tenant, cases).await;
}

#[tokio::test]
async fn another_key_is_refused() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let user = tenant.user(&["Viewer"]);
    let foreign = user.clone().signed_by(foreign_key());
    let jwk = foreign_key().render_jwk(&tenant.issuer());
    let upper_case = tenant_key().key_id.to_uppercase();
    let padded = format!("{} ", tenant_key().key_id);
    let elsewhere = format!("{}/elsewhere/keys", tenant.authority());
    let claimed = foreign.clone().header("kid", tenant_key().key_id);
    assert_all_refused_alike(
        &service,
        &tenant,
        vec![
            ("foreign key, unknown kid", foreign.to_string()),
            ("foreign key that claims our kid", claimed.to_string()),
            (
                "kid missing",
                user.clone().without_header("kid").to_string(),
            ),
            ("kid empty", user.clone().header("kid", "").to_string()),
            (
                "kid not a string",
                user.clone().header("kid", 1).to_string(),
            ),
            (
                "kid in another case",
                user.clone().header("kid", upper_case).to_string(),
            ),
            (
                "kid with a space",
                user.clone().header("kid", padded).to_string(),
            ),
            (
                "kid as a path",
                user.clone().header("kid", "../../dev/null").to_string(),
            ),
            (
                "key in the header",
                foreign.clone().header("jwk", jwk).to_string(),
            ),
            (
                "key by URL",
                foreign.clone().header("jku", elsewhere.clone()).to_string(),
            ),
            (
                "certificate by URL",
                foreign.clone().header("x5u", elsewhere).to_string(),
            ),
            (
                "certificate chain",
                foreign.header("x5c", json!(["MIIB"])).to_string(),
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_header_that_changes_the_meaning_is_refused() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let user = tenant.user(&["Viewer"]);
    let mut cases: Vec<Case> = vec![
        (
            "crit",
            user.clone().header("crit", json!(["exp"])).to_string(),
        ),
        (
            "crit, empty",
            user.clone().header("crit", json!([])).to_string(),
        ),
        ("b64 false", user.clone().header("b64", false).to_string()),
        ("b64 true", user.clone().header("b64", true).to_string()),
        ("zip", user.clone().header("zip", "DEF").to_string()),
        ("cty JWT", user.clone().header("cty", "JWT").to_string()),
        (
            "typ not a string",
            user.clone().header("typ", 1).to_string(),
        ),
    ];
    for typ in [
        "dpop+jwt",
        "logout+jwt",
        "JWE",
        "JOSE",
        "secevent+jwt",
        "id+jwt",
        "application/xml",
    ] {
        cases.push(("foreign typ", user.clone().header("typ", typ).to_string()));
    }
    assert_all_refused_alike(&service, &tenant, cases).await;
}

#[tokio::test]
async fn a_duplicate_member_is_refused() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let user = tenant.user(&["Viewer"]);
    let twice_in_claims = |member: &'static str| {
        let token = user.edited(|_, claims| claims.insert_str(1, &format!("{member},")));
        (member, token)
    };
    let twice_in_header = |member: &'static str| {
        let token = user.edited(|header, _| header.insert_str(1, &format!("{member},")));
        (member, token)
    };
    assert_all_refused_alike(
        &service,
        &tenant,
        vec![
            twice_in_claims(r#""tid":"7d9e1c52-3b64-4f0a-9a57-2c8e61b4d7f3""#),
            twice_in_claims(r#""roles":["Admin"]"#),
            twice_in_claims(r#""r\u006fles":["Admin"]"#),
            twice_in_claims(r#""exp":99999999999"#),
            twice_in_claims(r#""unknown":1,"unknown":1"#),
            twice_in_header(r#""alg":"RS256""#),
            twice_in_header(r#""kid":"tenant-key-1""#),
            twice_in_header(r#""unknown":1,"unknown":2"#),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_token_of_another_form_is_refused() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let user = tenant.user(&["Viewer"]);
    let compact = user.to_string();
    let parts = compact.split('.').collect::<Vec<_>>();
    let [header, claims, signature] = parts[..] else {
        panic!("a compact token has three parts");
    };
    let other_claims = URL_SAFE_NO_PAD.encode(r#"{"roles":["Admin"]}"#);
    let padded = STANDARD.encode(URL_SAFE_NO_PAD.decode(signature).unwrap());
    let mut flipped = signature.to_owned();
    flipped.replace_range(..1, if signature.starts_with('A') { "B" } else { "A" });
    assert_all_refused_alike(
        &service,
        &tenant,
        vec![
            ("one part", header.to_owned()),
            ("two parts", format!("{header}.{claims}")),
            ("four parts", format!("{compact}.{signature}")),
            (
                "five parts",
                format!("{header}.{claims}.{claims}.{claims}.{signature}"),
            ),
            ("empty claims", format!("{header}..{signature}")),
            (
                "claims exchanged",
                format!("{header}.{other_claims}.{signature}"),
            ),
            ("signature changed", format!("{header}.{claims}.{flipped}")),
            (
                "signature cut",
                format!("{header}.{claims}.{}", &signature[..20]),
            ),
            ("signature padded", format!("{header}.{claims}.{padded}")),
            ("not base64", format!("e30~.{claims}.{signature}")),
            (
                "header is no JSON",
                user.edited(|header, _| *header = "no JSON".to_owned()),
            ),
            (
                "header is an array",
                user.edited(|header, _| *header = "[]".to_owned()),
            ),
            (
                "claims are no JSON",
                user.edited(|_, claims| *claims = "no JSON".to_owned()),
            ),
            (
                "claims are null",
                user.edited(|_, claims| *claims = "null".to_owned()),
            ),
            (
                "text after the claims",
                user.edited(|_, claims| claims.push_str("{}")),
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_token_over_a_size_cap_is_refused() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let user = tenant.user(&["Viewer"]);
    let roles = (0..257)
        .map(|index| format!("Role{index}"))
        .collect::<Vec<_>>();
    let long = user.clone().claim("unknown", "x".repeat(17 * 1024));
    let long_header = user.clone().header("unknown", "x".repeat(3 * 1024));
    assert_all_refused_alike(
        &service,
        &tenant,
        vec![
            ("over 16 KiB", long.to_string()),
            ("header over 2 KiB", long_header.to_string()),
            ("257 roles", user.claim("roles", json!(roles)).to_string()),
        ],
    )
    .await;
}
