//! Who may do more, who may do less: in the matrix, in the document, in the registration.

use serde_json::json;

use super::*;

#[test]
fn the_matrix_tells_whom_each_operation_gained_or_lost() {
    let table: [Row; 14] = [
        (
            "a caller is admitted",
            |it| it["operations"][2]["answers"]["user:Viewer"] = json!("allow"),
            &["widens access: POST /api/v1/reports: `user:Viewer` is admitted now"],
        ),
        (
            "a caller is refused",
            |it| it["operations"][2]["answers"]["user:Analyst"] = json!("403"),
            &["narrows access: POST /api/v1/reports: `user:Analyst` is no longer admitted"],
        ),
        (
            "a refusal has another status",
            |it| it["operations"][2]["answers"]["anonymous"] = json!("403"),
            &[
                "harmless: POST /api/v1/reports: `anonymous` is refused with 403 (unauthenticated) instead of 401 (unauthenticated)",
            ],
        ),
        (
            "an operation is new",
            |it| {
                let mut added = it["operations"][3].clone();
                added["path"] = json!("/api/v1/audit");
                it["operations"].as_array_mut().unwrap().push(added);
            },
            &["widens access: PUT /api/v1/audit: new operation, admits application:Ingest"],
        ),
        (
            "an operation is gone",
            |it| drop(it["operations"].as_array_mut().unwrap().remove(3)),
            &[
                "breaks clients: PUT /api/v1/instruments/{symbol}/prices: removed operation",
                "narrows access: PUT /api/v1/instruments/{symbol}/prices: removed operation, admitted application:Ingest",
            ],
        ),
        (
            "one scope is asked for in place of another",
            |it| it["operations"][2]["scopes"] = json!(["write"]),
            &[
                "widens access: POST /api/v1/reports: no longer asks for the scope `user_impersonation`",
                "narrows access: POST /api/v1/reports: asks for the scope `write`",
            ],
        ),
        (
            "another sign-in is asked for",
            |it| it["operations"][2]["context"] = json!("c1"),
            &["narrows access: POST /api/v1/reports: asks for the authentication context `c1`"],
        ),
        (
            "the handler checks less",
            |it| it["operations"][2]["also"] = json!(null),
            &["widens access: POST /api/v1/reports: the handler no longer checks: only the author"],
        ),
        (
            "the handler checks something else",
            |it| it["operations"][2]["also"] = json!("only the desk"),
            &[
                "widens access: POST /api/v1/reports: the handler no longer checks: only the author",
                "narrows access: POST /api/v1/reports: the handler also checks: only the desk",
            ],
        ),
        (
            "a tool has another name",
            |it| it["operations"][2]["tool"] = json!("write_report"),
            &[
                "breaks clients: POST /api/v1/reports: the tool `create_report` is now named `write_report`",
            ],
        ),
        (
            "an operation becomes a tool",
            |it| it["operations"][1]["tool"] = json!("me"),
            &["harmless: GET /api/v1/me: is the tool `me` now"],
        ),
        (
            "an operation has another id",
            |it| it["operations"][1]["operation_id"] = json!("get_me"),
            &["breaks clients: GET /api/v1/me: the operation id `me` is now `get_me`"],
        ),
        (
            "a public operation gives another reason",
            |it| it["operations"][0]["public_reason"] = json!("monitors"),
            &["harmless: GET /health: `public_reason` changed"],
        ),
        (
            "the operations stand in another order",
            |it| it["operations"].as_array_mut().unwrap().reverse(),
            &["harmless: the file: differs in nothing that is known to matter, such as its order"],
        ),
    ];
    check_table(Description::Matrix, &matrix(), &table);
}

/// The matrix after a role was declared, and perhaps admitted to one operation.
fn with_auditor(before: &Value, opened: Option<usize>) -> Value {
    let mut after = before.clone();
    let mut caller = after["callers"][1].clone();
    caller["id"] = json!("user:Auditor");
    caller["roles"] = json!(["Auditor"]);
    after["callers"].as_array_mut().unwrap().push(caller);
    for index in 0..4 {
        let answer = match index < 2 || opened == Some(index) {
            true => "allow",
            false => "403",
        };
        after["operations"][index]["answers"]["user:Auditor"] = json!(answer);
    }
    after
}

#[test]
fn a_new_role_widens_only_what_it_opens() {
    let before = matrix();
    assert_eq!(
        lines(Description::Matrix, &before, &with_auditor(&before, None)),
        ["harmless: callers: `user:Auditor` is a new kind of caller"]
    );
    let opened = with_auditor(&before, Some(2));
    assert_eq!(
        lines(Description::Matrix, &before, &opened)[0],
        "widens access: POST /api/v1/reports: `user:Auditor` is admitted now"
    );
    assert_eq!(
        lines(Description::Matrix, &opened, &before)[0],
        "narrows access: POST /api/v1/reports: `user:Auditor` is no longer admitted"
    );
}

fn reports(document: &mut Value) -> &mut Value {
    &mut document["paths"]["/api/v1/reports"]["post"]
}

#[test]
fn the_document_tells_how_each_rule_changed() {
    let table: [Row; 12] = [
        (
            "a role is added",
            |it| reports(it)["x-roles"] = json!(["Analyst", "Viewer"]),
            &["widens access: POST /api/v1/reports: admits the role `Viewer`"],
        ),
        (
            "no role is asked for",
            |it| reports(it)["x-roles"] = json!([]),
            &["widens access: POST /api/v1/reports: asks for no role any more"],
        ),
        (
            "applications are admitted",
            |it| reports(it)["x-applications"] = json!(["Ingest"]),
            &["widens access: POST /api/v1/reports: admits applications with `Ingest`"],
        ),
        (
            "one more scope is asked for",
            |it| reports(it)["x-scopes"] = json!(["user_impersonation", "write"]),
            &["narrows access: POST /api/v1/reports: asks for the scope `write`"],
        ),
        (
            "users are refused",
            |it| {
                reports(it)["x-roles"] = json!([]);
                reports(it)["x-scopes"] = json!([]);
            },
            &["narrows access: POST /api/v1/reports: users are no longer admitted"],
        ),
        (
            "everybody is admitted",
            |it| reports(it)["x-access"] = json!("public"),
            &[
                "widens access: POST /api/v1/reports: roles Analyst; scopes user_impersonation -> public",
            ],
        ),
        (
            "nobody is admitted",
            |it| reports(it)["x-access"] = json!("deny_all"),
            &[
                "narrows access: POST /api/v1/reports: roles Analyst; scopes user_impersonation -> deny all",
            ],
        ),
        (
            "no credential is asked for",
            |it| reports(it)["security"] = json!([]),
            &["widens access: POST /api/v1/reports: asks for no credential any more"],
        ),
        (
            "a credential may be left out",
            |it| reports(it)["security"] = json!([{}, {"bearer": []}]),
            &["widens access: POST /api/v1/reports: asks for no credential any more"],
        ),
        (
            "there is another way to sign in",
            |it| {
                let ways = reports(it)["security"].as_array_mut().unwrap();
                ways.push(json!({"key": []}));
            },
            &["widens access: POST /api/v1/reports: also admits by {\"key\":[]}"],
        ),
        (
            "an operation is new",
            |it| it["paths"]["/status"] = it["paths"]["/health"].clone(),
            &["widens access: GET /status: new operation for public"],
        ),
        (
            "an operation is gone",
            |it| drop(it["paths"].as_object_mut().unwrap().shift_remove("/health")),
            &[
                "breaks clients: GET /health: removed operation",
                "narrows access: GET /health: removed operation for public",
            ],
        ),
    ];
    check_table(Description::Document, &document(), &table);
}

#[test]
fn the_registration_tells_who_can_be_given_what() {
    let table: [Row; 14] = [
        (
            "a role is new",
            |it| {
                let mut role = it["appRoles"][0].clone();
                role["value"] = json!("Auditor");
                it["appRoles"].as_array_mut().unwrap().push(role);
            },
            &["widens access: app role Auditor: new app role"],
        ),
        (
            "a role is gone",
            |it| drop(it["appRoles"].as_array_mut().unwrap().remove(1)),
            &["narrows access: app role Viewer: removed app role"],
        ),
        (
            "applications can be assigned a role",
            |it| it["appRoles"][0]["allowedMemberTypes"] = json!(["User", "Application"]),
            &["widens access: app role Analyst: can be assigned to Applications"],
        ),
        (
            "a role is disabled",
            |it| it["appRoles"][0]["isEnabled"] = json!(false),
            &["narrows access: app role Analyst: disabled"],
        ),
        (
            "a role has another id",
            |it| it["appRoles"][0]["id"] = json!("x"),
            &[
                "breaks clients: app role Analyst: has another id: assignments and consents of the old one are lost",
            ],
        ),
        (
            "a role is described otherwise",
            |it| it["appRoles"][0]["description"] = json!("Writes"),
            &["harmless: app role Analyst: `description` changed"],
        ),
        (
            "only administrators consent",
            |it| it["api"]["oauth2PermissionScopes"][0]["type"] = json!("Admin"),
            &["narrows access: scope user_impersonation: only administrators may consent"],
        ),
        (
            "a scope is gone",
            |it| it["api"]["oauth2PermissionScopes"] = json!([]),
            &[
                "breaks clients: scope user_impersonation: clients that ask for it are refused a token",
                "narrows access: scope user_impersonation: removed scope",
            ],
        ),
        (
            "a client is no longer pre-authorized",
            |it| it["api"]["preAuthorizedApplications"] = json!([]),
            &[
                "narrows access: client 04b07795-8ddb-461a-bbee-02f9e1bf7b46: no longer pre-authorized for the scope user_impersonation",
            ],
        ),
        (
            "tokens have another version",
            |it| it["api"]["requestedAccessTokenVersion"] = json!(1),
            &["breaks clients: tokens: requestedAccessTokenVersion 2 -> 1"],
        ),
        (
            "tokens lack a claim",
            |it| it["optionalClaims"]["accessToken"] = json!([{"name": "acct"}]),
            &["breaks clients: tokens: no longer carry the claim `idtyp`"],
        ),
        (
            "an identifier URI is new",
            |it| {
                it["identifierUris"]
                    .as_array_mut()
                    .unwrap()
                    .push(json!("https://a.example"))
            },
            &["harmless: identifier URIs: https://a.example is new"],
        ),
        (
            "other tenants can sign in",
            |it| it["signInAudience"] = json!("AzureADMultipleOrgs"),
            &["widens access: sign-in: AzureADMyOrg -> AzureADMultipleOrgs"],
        ),
        (
            "the registration has another name",
            |it| it["displayName"] = json!("Desk"),
            &["harmless: registration: `displayName` changed"],
        ),
    ];
    check_table(Description::Manifest, &manifest(), &table);
}
