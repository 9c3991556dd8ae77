//! Two app registrations: who can be given what, who may ask for it, and what tokens look like.

use serde_json::Value;

use super::findings::{Findings, Names, elements, member, pair_by, text, texts};

pub(super) fn compare(findings: &mut Findings, before: &Value, after: &Value) {
    for (name, old, new) in pair_by(
        elements(before, "appRoles"),
        elements(after, "appRoles"),
        |role| text(role, "value").to_owned(),
    ) {
        compare_role(findings, &format!("app role {name}"), old, new);
    }
    let [old_api, new_api] = [before, after].map(|side| member(side, "api"));
    for (name, old, new) in pair_by(
        elements(old_api, "oauth2PermissionScopes"),
        elements(new_api, "oauth2PermissionScopes"),
        |scope| text(scope, "value").to_owned(),
    ) {
        compare_scope(findings, &format!("scope {name}"), old, new);
    }
    compare_clients(findings, old_api, new_api);
    let [old, new] = [old_api, new_api].map(|api| member(api, "requestedAccessTokenVersion"));
    if old != new {
        let what = format!("requestedAccessTokenVersion {old} -> {new}");
        findings.breaks("tokens", what);
    }
    let compared = [
        "oauth2PermissionScopes",
        "preAuthorizedApplications",
        "requestedAccessTokenVersion",
    ];
    findings.rest("registration", [old_api, new_api], &compared);
    compare_claims(findings, before, after);
    compare_registration(findings, before, after);
}

fn compare_role(findings: &mut Findings, place: &str, old: Option<&Value>, new: Option<&Value>) {
    match (old, new) {
        (None, Some(_)) => findings.widens(place, "new app role"),
        (Some(_), None) => findings.narrows(place, "removed app role"),
        (None, None) => {}
        (Some(old), Some(new)) => {
            compare_id(findings, place, old, new);
            compare_enabled(findings, place, old, new);
            let [before, after] = [old, new].map(|role| texts(role, "allowedMemberTypes"));
            let kinds = Names::compare(before, after);
            for kind in kinds.new {
                findings.widens(place, format!("can be assigned to {kind}s"));
            }
            for kind in kinds.gone {
                findings.narrows(place, format!("can no longer be assigned to {kind}s"));
            }
            let compared = ["id", "value", "isEnabled", "allowedMemberTypes"];
            findings.rest(place, [old, new], &compared);
        }
    }
}

fn compare_scope(findings: &mut Findings, place: &str, old: Option<&Value>, new: Option<&Value>) {
    match (old, new) {
        (None, Some(_)) => findings.widens(place, "new scope"),
        (Some(_), None) => {
            findings.narrows(place, "removed scope");
            findings.breaks(place, "clients that ask for it are refused a token");
        }
        (None, None) => {}
        (Some(old), Some(new)) => {
            compare_id(findings, place, old, new);
            compare_enabled(findings, place, old, new);
            match [old, new].map(|scope| text(scope, "type")) {
                ["Admin", "User"] => findings.widens(place, "users may consent by themselves"),
                ["User", "Admin"] => findings.narrows(place, "only administrators may consent"),
                [before, after] if before != after => {
                    findings.breaks(place, format!("consent type `{before}` -> `{after}`"));
                }
                [..] => {}
            }
            findings.rest(place, [old, new], &["id", "value", "isEnabled", "type"]);
        }
    }
}

/// Assignments and consents hang on the id, not on the name.
fn compare_id(findings: &mut Findings, place: &str, old: &Value, new: &Value) {
    if old.get("id") != new.get("id") {
        findings.breaks(
            place,
            "has another id: assignments and consents of the old one are lost",
        );
    }
}

fn compare_enabled(findings: &mut Findings, place: &str, old: &Value, new: &Value) {
    match [old, new].map(|side| member(side, "isEnabled") == &Value::Bool(true)) {
        [false, true] => findings.widens(place, "enabled"),
        [true, false] => findings.narrows(place, "disabled"),
        [true, true] | [false, false] => {}
    }
}

fn compare_clients(findings: &mut Findings, old_api: &Value, new_api: &Value) {
    let clients = pair_by(
        elements(old_api, "preAuthorizedApplications"),
        elements(new_api, "preAuthorizedApplications"),
        |client| text(client, "appId").to_owned(),
    );
    for (id, old, new) in clients {
        let place = format!("client {id}");
        let [before, after] = [old, new]
            .map(|side| side.map_or(Vec::new(), |it| texts(it, "delegatedPermissionIds")));
        let scopes = Names::compare(before, after);
        for scope in scopes.new {
            let name = name_scope(new_api, scope);
            findings.widens(&place, format!("pre-authorized for the scope {name}"));
        }
        for scope in scopes.gone {
            let name = name_scope(old_api, scope);
            findings.narrows(
                &place,
                format!("no longer pre-authorized for the scope {name}"),
            );
        }
    }
}

fn name_scope<'a>(api: &'a Value, id: &'a str) -> &'a str {
    let mut scopes = elements(api, "oauth2PermissionScopes").iter();
    let scope = scopes.find(|scope| text(scope, "id") == id);
    scope.map_or(id, |scope| text(scope, "value"))
}

fn compare_claims(findings: &mut Findings, before: &Value, after: &Value) {
    let names = |side| -> Vec<&str> {
        let claims = elements(member(side, "optionalClaims"), "accessToken");
        claims.iter().map(|claim| text(claim, "name")).collect()
    };
    let claims = Names::compare(names(before), names(after));
    for claim in claims.new {
        findings.harmless("tokens", format!("carry the claim `{claim}`"));
    }
    for claim in claims.gone {
        findings.breaks("tokens", format!("no longer carry the claim `{claim}`"));
    }
}

fn compare_registration(findings: &mut Findings, before: &Value, after: &Value) {
    let [old, new] = [before, after].map(|side| texts(side, "identifierUris"));
    let uris = Names::compare(old, new);
    for uri in uris.new {
        findings.harmless("identifier URIs", format!("{uri} is new"));
    }
    for uri in uris.gone {
        findings.breaks(
            "identifier URIs",
            format!("{uri} is gone: clients ask for it"),
        );
    }
    let [old, new] = [before, after].map(|side| text(side, "signInAudience"));
    match audience_width(old).cmp(&audience_width(new)) {
        std::cmp::Ordering::Less => findings.widens("sign-in", format!("{old} -> {new}")),
        std::cmp::Ordering::Greater => findings.narrows("sign-in", format!("{old} -> {new}")),
        std::cmp::Ordering::Equal if old != new => {
            findings.breaks("sign-in", format!("{old} -> {new}"));
        }
        std::cmp::Ordering::Equal => {}
    }
    let compared = [
        "appRoles",
        "api",
        "optionalClaims",
        "identifierUris",
        "signInAudience",
    ];
    findings.rest("registration", [before, after], &compared);
}

/// How many accounts can sign in; what is not known counts as the widest.
fn audience_width(audience: &str) -> u8 {
    match audience {
        "AzureADMyOrg" => 0,
        "AzureADMultipleOrgs" => 1,
        _ => 2,
    }
}
