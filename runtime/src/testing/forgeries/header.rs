//! Forged in the header or the signature: algorithm, key, and parameters that change the meaning.

use serde_json::json;

use super::Forgery;
use crate::testing::key::{FOREIGN_KEY, TENANT_KEY, encode};
use crate::testing::token::Token;

pub(super) fn forgeries(genuine: &Token) -> Vec<Forgery> {
    let mut rows = algorithms(genuine);
    rows.extend(keys(genuine));
    rows.extend(signatures(genuine));
    rows.extend(parameters(genuine));
    rows
}

fn algorithms(genuine: &Token) -> Vec<Forgery> {
    let unsigned = |token: &Token| format!("{}.", token.signing_input());
    let resigned = |algorithm: &str, sign: &dyn Fn(&str) -> String| {
        let input = genuine.header("alg", algorithm).signing_input();
        format!("{input}.{}", sign(&input))
    };
    let renamed = |algorithm: &str| genuine.header("alg", algorithm).sign();
    vec![
        Forgery::token(
            "alg none, unsigned",
            unsigned(&genuine.header("alg", "none")),
        ),
        Forgery::token(
            "alg NoNe, unsigned",
            unsigned(&genuine.header("alg", "NoNe")),
        ),
        Forgery::token("alg none over a good signature", renamed("none")),
        Forgery::token("alg RS256, unsigned", unsigned(genuine)),
        Forgery::token("no alg", genuine.without_header("alg").sign()),
        Forgery::token(
            "HS256 with the public key as secret",
            resigned("HS256", &|input| {
                TENANT_KEY.sign_hs256_with_public_key(input)
            }),
        ),
        Forgery::token(
            "RS384 with the right key",
            resigned("RS384", &|input| TENANT_KEY.sign_rs384(input)),
        ),
        Forgery::token(
            "PS256 with the right key",
            resigned("PS256", &|input| TENANT_KEY.sign_ps256(input)),
        ),
        Forgery::token("alg rs256 in lower case", renamed("rs256")),
    ]
}

fn keys(genuine: &Token) -> Vec<Forgery> {
    // Signed by somebody else under the tenant's key id: only a validator that is led away takes it.
    let foreign = genuine.signed_by(&FOREIGN_KEY);
    let elsewhere = "https://keys.example/keys";
    vec![
        Forgery::token("foreign key that claims the tenant's id", foreign.sign()),
        Forgery::token(
            "foreign key under its own id",
            foreign.header("kid", FOREIGN_KEY.key_id).sign(),
        ),
        Forgery::token(
            "foreign key embedded as jwk",
            foreign.header("jwk", FOREIGN_KEY.jwk()).sign(),
        ),
        Forgery::token(
            "foreign key by jku",
            foreign.header("jku", elsewhere).sign(),
        ),
        Forgery::token(
            "foreign key by x5u",
            foreign.header("x5u", elsewhere).sign(),
        ),
        Forgery::token(
            "foreign key by x5c",
            foreign.header("x5c", json!(["MIIB"])).sign(),
        ),
        Forgery::token("no kid", genuine.without_header("kid").sign()),
        Forgery::token(
            "kid as a path",
            genuine.header("kid", "../../dev/null").sign(),
        ),
        Forgery::token(
            "kid in upper case",
            genuine
                .header("kid", TENANT_KEY.key_id.to_uppercase())
                .sign(),
        ),
    ]
}

fn signatures(genuine: &Token) -> Vec<Forgery> {
    let signed = genuine.sign();
    let (input, signature) = signed.rsplit_once('.').unwrap_or_default();
    let mut flipped = signature.to_owned();
    flipped.replace_range(..1, if signature.starts_with('A') { "B" } else { "A" });
    let somebody_else = genuine.claim("oid", "0e5a7c31-9d24-4b86-8f10-3c6b2a9d7e54");
    let with_its_signature = |token: &Token| format!("{}.{signature}", token.signing_input());
    vec![
        Forgery::token("signature flipped", format!("{input}.{flipped}")),
        Forgery::token(
            "signature of zeros",
            format!("{input}.{}", encode([0; 256])),
        ),
        Forgery::token("claims exchanged", with_its_signature(&somebody_else)),
        Forgery::token(
            "roles added to the claims",
            with_its_signature(&genuine.claim("roles", json!(["Admin", "Owner"]))),
        ),
        Forgery::token(
            "header exchanged",
            with_its_signature(&genuine.header("x", "y")),
        ),
    ]
}

fn parameters(genuine: &Token) -> Vec<Forgery> {
    let twice = |member: &'static str| {
        genuine.edited(|header, _| header.insert_str(1, &format!("{member},")))
    };
    vec![
        Forgery::token("crit", genuine.header("crit", json!(["exp"])).sign()),
        Forgery::token("b64 false", genuine.header("b64", false).sign()),
        Forgery::token("zip", genuine.header("zip", "DEF").sign()),
        Forgery::token("cty JWT", genuine.header("cty", "JWT").sign()),
        Forgery::token(
            "typ of another kind of token",
            genuine.header("typ", "dpop+jwt").sign(),
        ),
        Forgery::token("alg twice in the header", twice(r#""alg":"RS256""#)),
    ]
}
