//! Duties 9, 10 and 11: kinds of caller, roles and scopes, guests, clients.

use super::*;

#[test]
fn user_or_application_is_decided_by_the_tokens_own_words() {
    use CallerKind::{Application, User};
    let id_token = Err(Reason::IdTokenNotAccessToken);
    let no_role = Err(Reason::ApplicationWithoutRole);
    let no_user = Err(Reason::ScopesWithoutUser);
    let no_scope = Err(Reason::ClaimMistyped("scp"));
    let user = |changes| with(user(), changes);
    let application = |changes| with(application(), changes);
    let shouted = OBJECT.to_uppercase();
    let table = [
        ("user", user(json!({})), Ok(User)),
        ("user by idtyp", user(json!({"idtyp": "user"})), Ok(User)),
        (
            "user whose oid is sub",
            user(json!({"sub": OBJECT})),
            Ok(User),
        ),
        (
            "user without roles",
            user(json!({"-roles": null})),
            Ok(User),
        ),
        ("scp with idtyp app", user(json!({"idtyp": "app"})), no_user),
        (
            "scp with another idtyp",
            user(json!({"idtyp": "App"})),
            no_user,
        ),
        ("empty scp", user(json!({"scp": ""})), no_scope),
        ("scp of spaces", user(json!({"scp": "  "})), no_scope),
        (
            "empty scp on an application",
            application(json!({"scp": ""})),
            no_scope,
        ),
        ("application", application(json!({})), Ok(Application)),
        (
            "application by idtyp",
            application(json!({"sub": "x"})),
            Ok(Application),
        ),
        (
            "application by oid = sub",
            application(json!({"-idtyp": null})),
            Ok(Application),
        ),
        (
            "no scp, oid is not sub",
            user(json!({"-scp": null})),
            id_token,
        ),
        (
            "no scp, no sub",
            user(json!({"-scp": null, "-sub": null})),
            id_token,
        ),
        (
            "no scp, idtyp user",
            application(json!({"idtyp": "user"})),
            id_token,
        ),
        (
            "no scp, idtyp in upper case",
            application(json!({"idtyp": "APP"})),
            id_token,
        ),
        (
            "no scp, empty idtyp",
            application(json!({"idtyp": ""})),
            id_token,
        ),
        (
            "sub differs in case",
            application(json!({"-idtyp": null, "sub": shouted})),
            id_token,
        ),
        (
            "application without roles",
            application(json!({"-roles": null})),
            no_role,
        ),
        (
            "application by oid = sub, without roles",
            application(json!({"-idtyp": null, "-roles": null})),
            no_role,
        ),
        (
            "application, empty roles",
            application(json!({"roles": []})),
            Ok(Application),
        ),
    ];
    for (name, claims, expected) in table {
        let kind = judge(&claims).map(|facts| facts.rights.kind);
        assert_eq!(kind, expected, "{name}");
    }
}

#[test]
fn an_id_token_whose_roles_look_right_is_refused() {
    let changes = json!({"-scp": null, "nonce": "n", "name": "x", "roles": ["Admin"]});
    let id_token = with(user(), changes);
    assert_eq!(
        outcome(judge(&id_token)),
        Err(Reason::IdTokenNotAccessToken)
    );
}

#[test]
fn roles_and_scopes_compare_exactly_and_never_stand_for_each_other() {
    let plain = "user_impersonation";
    let tabbed = "a\tuser_impersonation";
    let table = [
        ("case", json!({"roles": ["viewer", "ADMIN"]}), "", plain),
        ("spaces", json!({"roles": [" Admin", "Admin "]}), "", plain),
        (
            "one string with commas",
            json!({"roles": ["Admin,Viewer"]}),
            "",
            plain,
        ),
        (
            "twice",
            json!({"roles": ["Viewer", "Viewer"]}),
            "Viewer",
            plain,
        ),
        ("a scope is no role", json!({"roles": [plain]}), "", plain),
        (
            "a role is no scope",
            json!({"scp": "Admin"}),
            "Viewer",
            "Admin",
        ),
        ("spaces separate", json!({"scp": " a  b "}), "Viewer", "a|b"),
        ("tabs do not", json!({"scp": tabbed}), "Viewer", tabbed),
        (
            "no-break spaces do not",
            json!({"scp": "a\u{a0}b"}),
            "Viewer",
            "a\u{a0}b",
        ),
        ("commas do not", json!({"scp": "a,b"}), "Viewer", "a,b"),
        (
            "groups and wids",
            json!({"roles": [], "groups": ["Admin"], "wids": ["Admin"]}),
            "",
            plain,
        ),
    ];
    for (name, changes, roles, scopes) in table {
        let rights = judge(&with(user(), changes)).ok().unwrap().rights;
        let joined = |set: std::collections::BTreeSet<String>| Vec::from_iter(set).join("|");
        assert_eq!(joined(rights.roles), roles, "{name}");
        assert_eq!(joined(rights.scopes), scopes, "{name}");
    }
}

#[test]
fn roles_are_an_array_of_at_most_256_strings() {
    let mistyped = || Err(Reason::ClaimMistyped("roles"));
    let table = [
        ("string", json!("Admin"), mistyped()),
        ("null", json!(null), mistyped()),
        ("object", json!({"0": "Admin"}), mistyped()),
        ("nested", json!([["Admin"]]), mistyped()),
        ("a number among them", json!(["Admin", 1]), mistyped()),
        ("null among them", json!(["Admin", null]), mistyped()),
        ("256", json!(vec!["Viewer"; 256]), Ok(())),
        ("257", json!(vec!["Viewer"; 257]), Err(Reason::TooManyRoles)),
    ];
    for (name, roles, expected) in table {
        let claims = with(user(), json!({ "roles": roles }));
        assert_eq!(outcome(judge(&claims)), expected, "{name}");
    }
}

#[test]
fn a_groups_overage_is_named_when_nothing_else_is_there() {
    let bare = with(user(), json!({"-scp": null, "-roles": null}));
    let overage = json!({"_claim_names": {"groups": "src1"}, "_claim_sources": {}});
    let named = with(bare.clone(), overage);
    assert_eq!(outcome(judge(&named)), Err(Reason::GroupsOverage));
    let flagged = with(bare, json!({"hasgroups": true}));
    assert_eq!(outcome(judge(&flagged)), Err(Reason::GroupsOverage));
    let user = with(user(), json!({"hasgroups": true}));
    assert_eq!(outcome(judge(&user)), Ok(()));
}

#[test]
fn guests_are_users_from_another_tenant() {
    let deny = |config: &mut Config| config.authentication.guests = GuestPolicy::Deny;
    let own = format!("https://sts.windows.net/{TENANT}/");
    let foreign = "https://sts.windows.net/f6666666-6666-4666-8666-666666666666/";
    let table = [
        ("no sign", json!({}), Some(false)),
        ("acct 1", json!({"acct": 1}), Some(true)),
        (
            "acct 0 wins over idp",
            json!({"acct": 0, "idp": foreign}),
            Some(false),
        ),
        (
            "acct 1 wins over idp",
            json!({"acct": 1, "idp": own}),
            Some(true),
        ),
        ("own idp", json!({"idp": own}), Some(false)),
        (
            "own idp in upper case",
            json!({"idp": own.to_uppercase()}),
            Some(false),
        ),
        ("own GUID alone", json!({"idp": TENANT}), Some(false)),
        (
            "own issuer",
            json!({"idp": format!("https://login.microsoftonline.com/{TENANT}/v2.0")}),
            Some(false),
        ),
        (
            "own tenant in China",
            json!({"idp": format!("https://sts.chinacloudapi.cn/{TENANT}/")}),
            Some(false),
        ),
        (
            "own GUID in a partner's path",
            json!({"idp": format!("https://idp.fabrikam.com/saml/{TENANT}")}),
            Some(true),
        ),
        (
            "own GUID right behind a partner's host",
            json!({"idp": format!("https://idp.fabrikam.com/{TENANT}/")}),
            Some(true),
        ),
        (
            "own GUID behind a host that begins like Entra's",
            json!({"idp": format!("https://sts.windows.net.fabrikam.com/{TENANT}/")}),
            Some(true),
        ),
        (
            "own GUID deeper in a path of Entra",
            json!({"idp": format!("https://sts.windows.net/x/{TENANT}/")}),
            Some(true),
        ),
        (
            "own GUID over http",
            json!({"idp": format!("http://sts.windows.net/{TENANT}/")}),
            Some(true),
        ),
        ("foreign idp", json!({"idp": foreign}), Some(true)),
        ("personal account", json!({"idp": "live.com"}), Some(true)),
        ("one-time passcode", json!({"idp": "mail"}), Some(true)),
        ("Google account", json!({"idp": "google.com"}), Some(true)),
        (
            "a partner's own provider",
            json!({"idp": "https://idp.fabrikam.com/saml"}),
            Some(true),
        ),
        (
            "acct 0 wins over an idp without a tenant",
            json!({"acct": 0, "idp": "google.com"}),
            Some(false),
        ),
        ("empty idp", json!({"idp": ""}), Some(true)),
        ("acct a string", json!({"acct": "0"}), None),
        ("acct 2", json!({"acct": 2}), None),
        ("idp a list", json!({"idp": [own]}), None),
    ];
    for (name, changes, expected) in table {
        let claims = with(user(), changes);
        let is_guest = judge(&claims).map(|facts| facts.is_guest).ok();
        assert_eq!(is_guest, expected, "{name}");
        let is_admitted = judge_with(&claims, deny, &KEY_A.jwk(), None).is_ok();
        assert_eq!(
            is_admitted,
            expected == Some(false),
            "{name}, guests denied"
        );
    }
    let service = with(application(), json!({"idp": foreign, "acct": 1}));
    assert!(judge_with(&service, deny, &KEY_A.jwk(), None).is_ok());
}

#[test]
fn only_allowed_clients_are_admitted_when_a_list_is_set() {
    let allow = |config: &mut Config| {
        config.authentication.allowed_clients = Some(["good".to_owned()].into());
    };
    let refused = Err(Reason::ClientNotAllowed);
    let table = [
        ("allowed", json!({"azp": "good"}), Ok(())),
        ("another", json!({"azp": "bad"}), refused),
        ("case differs", json!({"azp": "Good"}), refused),
        ("absent", json!({"-azp": null}), refused),
        (
            "appid is no azp in v2",
            json!({"-azp": null, "appid": "good"}),
            refused,
        ),
    ];
    for (name, changes, expected) in table {
        let result = judge_with(&with(user(), changes), allow, &KEY_A.jwk(), None);
        assert_eq!(outcome(result), expected, "{name}");
    }
}

#[test]
fn mapped_roles_replace_the_names_in_the_token() {
    let map = |config: &mut Config| {
        config.authentication.roles = Some([("Desk.Admin".to_owned(), "Admin".to_owned())].into());
    };
    let claims = with(user(), json!({"roles": ["Desk.Admin", "Viewer"]}));
    let facts = judge_with(&claims, map, &KEY_A.jwk(), None).ok().unwrap();
    assert_eq!(Vec::from_iter(facts.rights.roles), ["Admin"]);
}
