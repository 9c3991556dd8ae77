//! Settings of the deployment about credentials: which roles, clients, guests and token versions it takes.

use serde_json::json;

use super::GUARDED;
use crate::harness::{Service, Tenant};

const REPORTS: &str = "/api/v1/reports";
const OTHER_TENANT_ID: &str = "5a4d7e90-2f13-4c68-b7a1-9e0d3c8f6b25";

#[tokio::test]
async fn a_role_map_replaces_the_identity_map_whole() {
    let tenant = Tenant::start().await;
    let map = r#"{"Desk.Read"="Viewer","Desk.Owner"="Admin"}"#;
    let service =
        Service::start_ready(Service::program_for(&tenant).set("APP_AUTH__ROLES", map)).await;
    service
        .get_as(&tenant.user(&["Desk.Read"]), REPORTS)
        .await
        .expect(200);
    for role in ["Viewer", "desk.read", "Analyst"] {
        service
            .get_as(&tenant.user(&[role]), REPORTS)
            .await
            .problem(403);
    }
    let both = tenant.user(&["Desk.Read", "Desk.Owner", "Unknown"]);
    let me = service.get_as(&both, GUARDED).await.expect(200).json();
    assert_eq!(me["roles"], json!(["Admin", "Viewer"]));
}

#[tokio::test]
async fn only_allowed_clients_are_admitted() {
    let tenant = Tenant::start().await;
    let user = tenant.user(&["Viewer"]);
    let client = user.get("azp").as_str().unwrap().to_owned();
    let program = Service::program_for(&tenant).set("APP_AUTH__ALLOWED_CLIENTS", client);
    let service = Service::start_ready(program).await;
    service.get_as(&user, REPORTS).await.expect(200);
    let other = user.clone().claim("azp", OTHER_TENANT_ID);
    service.get_as(&other, REPORTS).await.problem(401);
    service
        .get_as(&user.without("azp"), REPORTS)
        .await
        .problem(401);
}

#[tokio::test]
async fn guests_are_refused_where_they_are_not_wanted() {
    let tenant = Tenant::start().await;
    let member = tenant.user(&["Viewer"]);
    let own_idp = format!("https://sts.windows.net/{}/", crate::harness::TENANT_ID);
    let other_idp = format!("https://sts.windows.net/{OTHER_TENANT_ID}/");
    let members = [
        member.clone(),
        member.clone().claim("acct", 0),
        member.clone().claim("idp", own_idp),
        member
            .clone()
            .claim("acct", 0)
            .claim("idp", other_idp.clone()),
    ];
    let guests = [
        member.clone().claim("acct", 1),
        member.clone().claim("idp", other_idp),
    ];
    let denying =
        Service::start_ready(Service::program_for(&tenant).set("APP_AUTH__GUESTS", "deny")).await;
    let allowing = Service::start(&tenant).await;
    for token in &members {
        denying.get_as(token, REPORTS).await.expect(200);
    }
    for token in &guests {
        denying.get_as(token, REPORTS).await.problem(401);
        allowing.get_as(token, REPORTS).await.expect(200);
    }
}

#[tokio::test]
async fn further_audiences_are_accepted_exactly() {
    let tenant = Tenant::start().await;
    let uri = "https://api.contoso.com/desk";
    let service =
        Service::start_ready(Service::program_for(&tenant).set("APP_AUTH__APP_ID_URIS", uri)).await;
    let user = tenant.user(&["Viewer"]);
    service.get_as(&user, REPORTS).await.expect(200);
    service
        .get_as(&user.clone().claim("aud", uri), REPORTS)
        .await
        .expect(200);
    let slash = user.claim("aud", format!("{uri}/"));
    service.get_as(&slash, REPORTS).await.problem(401);
}

#[tokio::test]
async fn the_clock_may_differ_by_what_is_configured_and_no_more() {
    let tenant = Tenant::start().await;
    let service =
        Service::start_ready(Service::program_for(&tenant).set("APP_AUTH__CLOCK_SKEW", "0s")).await;
    let now = crate::harness::unix_now();
    let user = tenant.user(&["Viewer"]);
    service.get_as(&user, REPORTS).await.expect(200);
    let just_expired = user.claim("exp", now - 10);
    service.get_as(&just_expired, REPORTS).await.problem(401);
}
