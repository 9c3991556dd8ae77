use serde_json::Value;

use super::*;
use crate::openapi::sample;

pub(super) fn manifest() -> Manifest {
    build_manifest("Sample", &sample::VOCABULARY, Registration::default())
}

fn json() -> Value {
    serde_json::from_str(&render_json(&manifest())).unwrap()
}

#[test]
fn every_role_says_who_can_be_assigned_it() {
    let roles = json()["appRoles"].clone();
    let found: Vec<_> = roles
        .as_array()
        .unwrap()
        .iter()
        .map(|role| {
            let text = |name: &str| role[name].as_str().unwrap().to_owned();
            (text("value"), role["allowedMemberTypes"].to_string())
        })
        .collect();
    let expected = [
        ("Analyst", r#"["User"]"#),
        ("Viewer", r#"["User"]"#),
        ("Ingest", r#"["Application"]"#),
    ];
    assert_eq!(
        found,
        expected.map(|(name, kinds)| (name.to_owned(), kinds.to_owned()))
    );
    assert_eq!(roles[0]["description"], "Writes reports");
}

#[test]
fn ids_follow_from_the_names_alone() {
    // The same as Python's uuid5(NAMESPACE_URL, "urn:portcullis:app-role:Analyst").
    let id = json()["appRoles"][0]["id"].clone();
    assert_eq!(id, "5bbdbaaa-3bbb-55c1-83bc-950b4e6cc434");
    assert_ne!(derive_id("app-role", "Read"), derive_id("scope", "Read"));
}

#[test]
fn the_azure_cli_is_pre_authorized_for_every_scope() {
    let api = &json()["api"];
    assert_eq!(api["requestedAccessTokenVersion"], 2);
    let client = &api["preAuthorizedApplications"][0];
    assert_eq!(client["appId"], AZURE_CLI_CLIENT_ID);
    let scope = &api["oauth2PermissionScopes"][0];
    assert_eq!(client["delegatedPermissionIds"][0], scope["id"]);
    assert_eq!(scope["type"], "User");
    assert_eq!(
        scope["userConsentDisplayName"],
        "Use the service as the signed-in user"
    );
}

#[test]
fn an_application_without_scopes_pre_authorizes_nobody() {
    let vocabulary = Vocabulary {
        roles: sample::VOCABULARY.roles,
        scopes: &[],
    };
    let manifest = build_manifest("Sample", &vocabulary, Registration::default());
    let json: Value = serde_json::from_str(&render_json(&manifest)).unwrap();
    assert_eq!(
        json["api"]["preAuthorizedApplications"],
        serde_json::json!([])
    );
    assert!(!render_terraform(&manifest).contains("pre_authorized"));
}

#[test]
fn a_further_identifier_uri_stands_in_every_format_once() {
    let uri = "https://api.example.com/api/v1/mcp";
    let registration = Registration {
        client_id: Uuid::from_u128(7),
        further_uris: vec![uri.to_owned(), uri.to_owned()],
    };
    let manifest = build_manifest("Sample", &sample::VOCABULARY, registration);
    for text in [
        render_json(&manifest),
        render_az(&manifest),
        render_terraform(&manifest),
    ] {
        assert_eq!(text.matches(uri).count(), 1, "{text}");
    }
    assert!(render_json(&manifest).contains("api://00000000-0000-0000-0000-000000000007"));
}

#[test]
fn a_missing_or_long_doc_comment_still_makes_a_consent_text() {
    let table = [
        ("", "read", "read"),
        (
            "Read\nreports.\n\nAll of them.",
            "Read reports",
            "Read reports. All of them.",
        ),
    ];
    for (doc, display_name, description) in table {
        let scope = build_scope(&ScopeDef {
            name: "read",
            description: doc,
        });
        assert_eq!(scope.display_name, display_name);
        assert_eq!(scope.description, description);
    }
    let long = shorten(&"word ".repeat(40), DISPLAY_NAME_LIMIT);
    assert!(long.chars().count() <= DISPLAY_NAME_LIMIT, "{long}");
}
