//! Signed by the right key, and not meant for this application, this tenant, this moment or this use.

use serde_json::json;

use super::Forgery;
use crate::testing::tenant::Tenant;
use crate::testing::token::{Token, unix_now};

const ELSEWHERE: &str = "5a4d7e90-2f13-4c68-b7a1-9e0d3c8f6b25";
/// Further than any clock skew that can be configured.
const FAR_SECONDS: i64 = 3600;

pub(super) fn forgeries(tenant: &Tenant, genuine: &Token) -> Vec<Forgery> {
    let mut rows = times(genuine);
    rows.extend(issuers(tenant, genuine));
    rows.extend(audiences(tenant, genuine));
    rows.extend(uses(tenant, genuine));
    rows
}

fn times(genuine: &Token) -> Vec<Forgery> {
    let now = unix_now();
    let expired = genuine
        .claim("iat", now - 3 * FAR_SECONDS)
        .claim("nbf", now - 3 * FAR_SECONDS)
        .claim("exp", now - FAR_SECONDS);
    let later = genuine.claim("exp", now + 3 * FAR_SECONDS);
    vec![
        Forgery::token("expired", expired.sign()),
        Forgery::token(
            "not yet valid",
            later.claim("nbf", now + FAR_SECONDS).sign(),
        ),
        Forgery::token(
            "issued in the future",
            later.claim("iat", now + FAR_SECONDS).sign(),
        ),
        Forgery::token("no exp", genuine.without("exp").sign()),
        Forgery::token("exp as text", genuine.claim("exp", "99999999999").sign()),
    ]
}

fn issuers(tenant: &Tenant, genuine: &Token) -> Vec<Forgery> {
    let other_issuer = tenant.issuer.replace(&tenant.tenant_id, ELSEWHERE);
    let other_tenant = genuine.claim("tid", ELSEWHERE);
    let version_1 = genuine
        .claim("iss", tenant.v1_issuer())
        .claim("ver", "1.0")
        .claim("appid", ELSEWHERE);
    let with_issuer = |issuer: String| genuine.claim("iss", issuer).sign();
    let mut rows = vec![
        Forgery::token(
            "foreign tenant",
            other_tenant
                .claim("iss", "https://login.example/other/v2.0")
                .sign(),
        ),
        Forgery::token("foreign tid", other_tenant.sign()),
        Forgery::token(
            "foreign issuer",
            with_issuer("https://login.example/v2.0".to_owned()),
        ),
        Forgery::token(
            "issuer with a slash",
            with_issuer(format!("{}/", tenant.issuer)),
        ),
        Forgery::token("no iss", genuine.without("iss").sign()),
        Forgery::token(
            "ver 1.0 from the v2 issuer",
            genuine.claim("ver", "1.0").sign(),
        ),
    ];
    // An issuer without the tenant in it (External ID) has no neighbour.
    if other_issuer != tenant.issuer {
        rows.push(Forgery::token(
            "issuer of the next tenant",
            with_issuer(other_issuer),
        ));
    }
    if !tenant.accepts_v1_tokens {
        rows.push(Forgery::token("a v1 token", version_1.sign()));
    }
    rows
}

fn audiences(tenant: &Tenant, genuine: &Token) -> Vec<Forgery> {
    let graph = "00000003-0000-0000-c000-000000000000";
    let list = json!([tenant.client_id, ELSEWHERE]);
    vec![
        Forgery::token("foreign audience", genuine.claim("aud", ELSEWHERE).sign()),
        Forgery::token(
            "audience Microsoft Graph",
            genuine.claim("aud", graph).sign(),
        ),
        Forgery::token("audience in a list", genuine.claim("aud", list).sign()),
        Forgery::token("no aud", genuine.without("aud").sign()),
    ]
}

/// An ID token of a registration that a single-page app shares has `aud`, `iss` and `roles` that match.
fn uses(tenant: &Tenant, genuine: &Token) -> Vec<Forgery> {
    let id_token = genuine
        .without("scp")
        .without("idtyp")
        .claim("sub", "pairwise")
        .claim("nonce", "n");
    let twice =
        |member: String| genuine.edited(|_, claims| claims.insert_str(1, &format!("{member},")));
    vec![
        Forgery::token("an ID token", id_token.sign()),
        Forgery::token(
            "an ID token with roles",
            id_token.claim("roles", json!(["Admin"])).sign(),
        ),
        Forgery::token(
            "scp of an application",
            genuine.claim("scp", "x").claim("idtyp", "app").sign(),
        ),
        Forgery::token("no oid", genuine.without("oid").sign()),
        Forgery::token("roles not a list", genuine.claim("roles", "Admin").sign()),
        Forgery::token(
            "tid twice in the claims",
            twice(format!(r#""tid":"{}""#, tenant.tenant_id)),
        ),
        Forgery::token(
            "roles twice in the claims, once escaped",
            twice(r#""r\u006fles":["Admin"],"roles":[]"#.to_owned()),
        ),
    ]
}
