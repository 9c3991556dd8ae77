//! What is wrong with the claims (duties 3, 4, 5, 9, 10), each time under a valid signature.

use serde_json::{Value, json};

use super::{Case, assert_all_refused_alike};
use crate::harness::{CLIENT_ID, Service, TENANT_ID, Tenant, Token, unix_now};

const OTHER_GUID: &str = "5a4d7e90-2f13-4c68-b7a1-9e0d3c8f6b25";

#[tokio::test]
async fn a_missing_or_mistyped_claim_is_refused() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let user = tenant.user(&["Viewer"]);
    let mut cases: Vec<Case> = Vec::new();
    for claim in ["exp", "nbf", "iss", "aud", "tid", "oid"] {
        cases.push((claim, user.clone().without(claim).to_string()));
        for wrong in [json!(null), json!(true), json!([]), json!({}), json!("")] {
            cases.push((claim, user.clone().claim(claim, wrong).to_string()));
        }
    }
    for wrong in [
        json!(null),
        json!(1),
        json!(["user_impersonation"]),
        json!({}),
    ] {
        cases.push(("scp", user.clone().claim("scp", wrong).to_string()));
    }
    for wrong in [
        json!("Admin"),
        json!(1),
        json!([1]),
        json!([["Admin"]]),
        json!({ "Admin": true }),
    ] {
        cases.push(("roles", user.clone().claim("roles", wrong).to_string()));
    }
    cases.push((
        "exp as text",
        user.clone().claim("exp", "99999999999").to_string(),
    ));
    cases.push(("oid not a GUID", user.claim("oid", "somebody").to_string()));
    assert_all_refused_alike(&service, &tenant, cases).await;
}

#[tokio::test]
async fn a_token_for_another_audience_is_refused() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let with_audience =
        |audience: Value| tenant.user(&["Viewer"]).claim("aud", audience).to_string();
    assert_all_refused_alike(
        &service,
        &tenant,
        vec![
            ("another API", with_audience(json!(OTHER_GUID))),
            (
                "Microsoft Graph",
                with_audience(json!("00000003-0000-0000-c000-000000000000")),
            ),
            ("a list that contains us", with_audience(json!([CLIENT_ID]))),
            (
                "a list of two",
                with_audience(json!([CLIENT_ID, OTHER_GUID])),
            ),
            ("upper case", with_audience(json!(CLIENT_ID.to_uppercase()))),
            (
                "with a space",
                with_audience(json!(format!("{CLIENT_ID} "))),
            ),
            (
                "App ID URI with a slash",
                with_audience(json!(format!("api://{CLIENT_ID}/"))),
            ),
            (
                "App ID URI in upper case",
                with_audience(json!(format!("API://{CLIENT_ID}"))),
            ),
            (
                "our URL",
                with_audience(json!(format!("{}/api/v1/mcp", service.url))),
            ),
            ("a prefix", with_audience(json!(&CLIENT_ID[..35]))),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_token_of_another_issuer_or_tenant_is_refused() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let user = tenant.user(&["Viewer"]);
    let authority = tenant.authority();
    let issuer = tenant.issuer();
    let with_issuer = |issuer: String| user.clone().claim("iss", issuer).to_string();
    let other_tenant = user
        .clone()
        .claim("tid", OTHER_GUID)
        .claim("iss", format!("{authority}/{OTHER_GUID}/v2.0"));
    let version_1 = user
        .clone()
        .claim("iss", format!("https://sts.windows.net/{TENANT_ID}/"))
        .claim("ver", "1.0")
        .claim("appid", OTHER_GUID);
    assert_all_refused_alike(
        &service,
        &tenant,
        vec![
            ("another tenant throughout", other_tenant.to_string()),
            (
                "another tid",
                user.clone().claim("tid", OTHER_GUID).to_string(),
            ),
            (
                "tid in upper case",
                user.clone()
                    .claim("tid", TENANT_ID.to_uppercase() + "0")
                    .to_string(),
            ),
            (
                "another iss",
                with_issuer(format!("{authority}/{OTHER_GUID}/v2.0")),
            ),
            (
                "iss of Entra itself",
                with_issuer(format!(
                    "https://login.microsoftonline.com/{TENANT_ID}/v2.0"
                )),
            ),
            ("iss with a slash", with_issuer(format!("{issuer}/"))),
            ("iss in upper case", with_issuer(issuer.to_uppercase())),
            ("iss with a prefix", with_issuer(format!("x{issuer}"))),
            (
                "iss in a list",
                user.clone().claim("iss", json!([issuer])).to_string(),
            ),
            ("a v1 token", version_1.to_string()),
            (
                "ver 1.0 from the v2 issuer",
                user.clone().claim("ver", "1.0").to_string(),
            ),
            ("ver 3.0", user.clone().claim("ver", "3.0").to_string()),
            ("no ver", user.without("ver").to_string()),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_token_outside_its_time_is_refused() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let now = unix_now();
    let user = tenant.user(&["Viewer"]);
    let at = |start, end| user.clone().valid_between(start, end).to_string();
    assert_all_refused_alike(
        &service,
        &tenant,
        vec![
            ("expired", at(now - 7200, now - 300)),
            ("expired long ago", at(1, 3600)),
            ("expired before 1970", at(-7200, -3600)),
            ("not yet valid", at(now + 300, now + 3600)),
            ("ends before it begins", at(now + 50, now + 40)),
            (
                "issued in the future",
                user.clone().claim("iat", now + 300).to_string(),
            ),
            (
                "never expires",
                user.clone().claim("exp", 1e300).to_string(),
            ),
        ],
    )
    .await;
}

/// An ID token of a registration shared with a single-page app has `aud`, `iss` and `roles` that match (duty 9).
#[tokio::test]
async fn a_token_that_is_neither_a_users_nor_an_applications_is_refused() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let id_token = |token: Token| {
        token
            .without("scp")
            .claim("sub", "pairwise")
            .claim("nonce", "n")
    };
    let application = tenant.application(&["Ingest"]);
    assert_all_refused_alike(
        &service,
        &tenant,
        vec![
            (
                "an ID token with roles",
                id_token(tenant.user(&["Admin"])).to_string(),
            ),
            (
                "an ID token without roles",
                id_token(tenant.user(&[])).to_string(),
            ),
            (
                "idtyp user without scp",
                id_token(tenant.user(&["Admin"]))
                    .claim("idtyp", "user")
                    .to_string(),
            ),
            (
                "idtyp in another case",
                id_token(tenant.user(&["Admin"]))
                    .claim("idtyp", "App")
                    .to_string(),
            ),
            (
                "scp with idtyp app",
                application
                    .clone()
                    .claim("scp", "user_impersonation")
                    .to_string(),
            ),
            (
                "an application with no role at all",
                application.without("roles").to_string(),
            ),
        ],
    )
    .await;
}
