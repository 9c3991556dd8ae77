//! What a good token may look like: strict is not narrow. And what it opens, exactly.

use serde_json::json;

use super::{GUARDED, ask};
use crate::harness::{CLIENT_ID, Service, Tenant, unix_now};

#[tokio::test]
async fn every_spelling_that_entra_may_send_is_accepted() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let now = unix_now();
    let user = tenant.user(&["Viewer"]);
    let application = tenant.application(&["Ingest"]);
    let cases = [
        ("as it is", user.to_string()),
        ("no typ", user.clone().without_header("typ").to_string()),
        ("typ jwt", user.clone().header("typ", "jwt").to_string()),
        (
            "typ at+jwt",
            user.clone().header("typ", "at+jwt").to_string(),
        ),
        (
            "typ AT+JWT",
            user.clone().header("typ", "AT+JWT").to_string(),
        ),
        (
            "x5t in the header",
            user.clone().header("x5t", "thumbprint").to_string(),
        ),
        (
            "App ID URI",
            user.clone()
                .claim("aud", format!("api://{CLIENT_ID}"))
                .to_string(),
        ),
        ("no azp", user.clone().without("azp").to_string()),
        ("no uti", user.clone().without("uti").to_string()),
        (
            "unknown claims of any shape",
            user.clone()
                .claim("xms_new", json!([{ "a": null }]))
                .to_string(),
        ),
        (
            "groups and wids",
            user.clone()
                .claim("groups", json!(["g"]))
                .claim("wids", json!(["w"]))
                .to_string(),
        ),
        (
            "just expired",
            user.clone().claim("exp", now - 20).to_string(),
        ),
        (
            "about to begin",
            user.clone()
                .claim("nbf", now + 20)
                .claim("iat", now + 20)
                .to_string(),
        ),
        ("idtyp user", user.claim("idtyp", "user").to_string()),
        ("an application", application.to_string()),
        (
            "an application without idtyp",
            application.without("idtyp").to_string(),
        ),
    ];
    for (name, token) in cases {
        let answer = ask(&service, &token).await;
        assert_eq!(answer.status, 200, "{name}: {answer}");
    }
}

#[tokio::test]
async fn roles_and_scopes_compare_exactly() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let user = tenant.user(&["Viewer"]);
    let reports = "/api/v1/reports";
    service.get_as(&user, reports).await.expect(200);
    for role in [
        "viewer",
        "VIEWER",
        " Viewer",
        "Viewer ",
        "View",
        "Viewers",
        "user_impersonation",
    ] {
        let token = user.clone().claim("roles", json!([role]));
        service.get_as(&token, reports).await.problem(403);
    }
    for scopes in [
        "User_Impersonation",
        "user_impersonation2",
        "user",
        "user_impersonation\t",
        "a,user_impersonation",
        "Viewer",
    ] {
        let token = user.clone().claim("scp", scopes);
        service.get_as(&token, reports).await.problem(403);
    }
    let several = user.claim("scp", "openid user_impersonation profile");
    service.get_as(&several, reports).await.expect(200);
}

#[tokio::test]
async fn groups_and_directory_roles_open_nothing() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let token = tenant.user(&[]).claim("groups", json!(["Viewer", "Admin"]));
    let token = token.claim("wids", json!(["Viewer", "Admin"]));
    service.get_as(&token, "/api/v1/reports").await.problem(403);
}

#[tokio::test]
async fn a_missing_scope_is_named_with_all_scopes_of_the_operation() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let token = tenant.user(&["Viewer"]).claim("scp", "Unrelated.Read");
    let answer = service.get_as(&token, "/api/v1/reports").await;
    assert_eq!(answer.problem(403)["code"], "insufficient_scope");
    let challenge = answer.header("www-authenticate").unwrap_or_default();
    assert!(
        challenge.contains("error=\"insufficient_scope\""),
        "{challenge}"
    );
    let scope = format!("scope=\"api://{CLIENT_ID}/user_impersonation\"");
    assert!(challenge.contains(&scope), "{challenge}");
    assert!(challenge.contains("resource_metadata="), "{challenge}");
}

#[tokio::test]
async fn me_tells_what_the_token_says() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let token = tenant.user(&["PM", "Viewer"]);
    let me = service.get_as(&token, GUARDED).await.expect(200).json();
    assert_eq!(&me["object_id"], token.get("oid"));
    assert_eq!(&me["tenant_id"], token.get("tid"));
    assert_eq!(me["roles"], json!(["PM", "Viewer"]));
    assert_eq!(me["scopes"], json!(["user_impersonation"]));
    assert_eq!(me["kind"], "user");
}
