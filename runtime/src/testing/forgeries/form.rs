//! Not a token by its form, or a good one in a place where none is looked for.

use super::Forgery;
use crate::testing::key::encode;
use crate::testing::token::Token;

/// More than is read of a token, in bytes.
const OVERSIZED_BYTES: usize = 17 * 1024;

pub(super) fn forgeries(genuine: &Token) -> Vec<Forgery> {
    let mut rows = forms(genuine);
    rows.extend(places(genuine));
    rows
}

fn forms(genuine: &Token) -> Vec<Forgery> {
    let signed = genuine.sign();
    let (input, _) = signed.rsplit_once('.').unwrap_or_default();
    let oversized = genuine.claim("padding", "x".repeat(OVERSIZED_BYTES));
    let long_header = genuine.header("padding", "x".repeat(3 * 1024));
    let not_json = format!("{}.{}.{}", encode("{}"), encode("[]"), encode("x"));
    vec![
        Forgery::token("oversized", oversized.sign()),
        Forgery::token("oversized header", long_header.sign()),
        Forgery::token("two parts", input),
        Forgery::token("four parts", format!("{signed}.{}", encode("x"))),
        Forgery::token(
            "five parts, as if encrypted",
            format!("{signed}.{0}.{0}", encode("x")),
        ),
        Forgery::token("padding behind the signature", format!("{signed}==")),
        Forgery::token("not JSON", not_json),
        Forgery::token(
            "text behind the claims",
            genuine.edited(|_, claims| claims.push_str("{}")),
        ),
    ]
}

fn places(genuine: &Token) -> Vec<Forgery> {
    let token = genuine.sign();
    let bearer = format!("Bearer {token}");
    let authorization = |value: &str| ("authorization", value.to_owned());
    let in_query = Forgery {
        query: Some(format!("access_token={token}")),
        ..Forgery::headers(
            "a good token in the query",
            Vec::new(),
            portcullis_api_spec::openapi::UNAUTHENTICATED,
        )
    };
    vec![
        Forgery::malformed(
            "two Authorization headers, both good",
            vec![authorization(&bearer), authorization(&bearer)],
        ),
        Forgery::malformed(
            "two tokens in one header",
            vec![authorization(&format!("{bearer}, {bearer}"))],
        ),
        Forgery::malformed("no token behind Bearer", vec![authorization("Bearer")]),
        in_query,
        Forgery::elsewhere(
            "a good token in a cookie",
            "cookie",
            format!("access_token={token}"),
        ),
        Forgery::elsewhere(
            "a good token of a proxy",
            "x-forwarded-authorization",
            &bearer,
        ),
        Forgery::elsewhere(
            "a good token of the platform",
            "x-ms-token-aad-access-token",
            token,
        ),
        Forgery::elsewhere(
            "an identity of the platform",
            "x-ms-client-principal",
            encode(r#"{"roles":["Admin"]}"#),
        ),
        Forgery::elsewhere("roles of POC mode", "x-poc-roles", "Admin"),
        Forgery::elsewhere("another scheme", "authorization", "Basic dXNlcjpwYXNz"),
    ]
}
