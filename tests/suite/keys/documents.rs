//! Key and discovery documents that are not as they should be (duties 17 and 18): good keys load, bad ones never.

use serde_json::{Value, json};

use super::GUARDED;
use crate::harness::{KeyDocument, Service, Tenant, eventually, foreign_key, tenant_key};

const REFUSED: &str = "signing keys could not be refreshed";

/// Each entry carries a key pair that really signs: a check that is missing shows as 200.
#[tokio::test]
async fn an_entry_that_is_no_signing_key_of_ours_is_skipped() {
    let tenant = Tenant::start().await;
    let with = |name: &str, value: Value| {
        let mut entry = foreign_key().render_jwk(&tenant.issuer());
        entry[name] = value;
        entry
    };
    for (name, entry) in [
        ("for encryption", with("use", json!("enc"))),
        ("a symmetric key", with("kty", json!("oct"))),
        ("of another kind", with("kty", json!("EC"))),
        ("for another algorithm", with("alg", json!("RS512"))),
        ("with a private member", with("d", json!("AQAB"))),
        (
            "of another issuer",
            with("issuer", json!("https://login.contoso.com/v2.0")),
        ),
        ("without modulus", with("n", json!(null))),
        ("with a short modulus", with("n", json!("v3d9e1c52Q"))),
    ] {
        let good = tenant_key().render_jwk(&tenant.issuer());
        tenant.publish(KeyDocument::Entries(vec![entry, good]));
        let service = Service::start(&tenant).await;
        let user = tenant.user(&["Viewer"]);
        service.get_as(&user, GUARDED).await.expect(200);
        let foreign = user.signed_by(foreign_key());
        let answer = service.get_as(&foreign, GUARDED).await;
        assert_eq!(answer.status, 401, "{name}: {answer}");
    }
}

#[tokio::test]
async fn every_form_that_entra_lists_a_key_in_is_accepted() {
    let tenant = Tenant::start().await;
    let template = format!("{}/{{tenantid}}/v2.0", tenant.authority());
    let edits: [(&str, Option<Value>); 4] = [
        ("issuer", Some(json!(template))),
        ("issuer", None),
        ("use", None),
        ("alg", Some(json!("RS256"))),
    ];
    for (member, value) in edits {
        let mut entry = tenant_key().render_jwk(&tenant.issuer());
        match &value {
            Some(value) => entry[member] = value.clone(),
            None => drop(entry.as_object_mut().unwrap().remove(member)),
        }
        tenant.publish(KeyDocument::Entries(vec![entry]));
        let service = Service::start(&tenant).await;
        let answer = service.get_as(&tenant.user(&["Viewer"]), GUARDED).await;
        assert_eq!(answer.status, 200, "{member} {value:?}: {answer}");
    }
}

#[tokio::test]
async fn of_two_different_keys_with_one_id_neither_is_used() {
    let tenant = Tenant::start().await;
    let mut impostor = foreign_key().render_jwk(&tenant.issuer());
    impostor["kid"] = json!(tenant_key().key_id);
    let ours = tenant_key().render_jwk(&tenant.issuer());
    let mut other = foreign_key().render_jwk(&tenant.issuer());
    other["kid"] = json!("another-key");
    tenant.publish(KeyDocument::Entries(vec![ours, impostor, other]));
    let service = Service::start(&tenant).await;
    let user = tenant.user(&["Viewer"]);
    service.get_as(&user, GUARDED).await.problem(401);
    let forged = user.clone().signed_by(foreign_key());
    let forged = forged.header("kid", tenant_key().key_id);
    service.get_as(&forged, GUARDED).await.problem(401);
    let other = user.signed_by(foreign_key()).header("kid", "another-key");
    service.get_as(&other, GUARDED).await.expect(200);
}

#[tokio::test]
async fn the_same_key_listed_twice_is_one_key() {
    let tenant = Tenant::start().await;
    tenant.list_keys(&[tenant_key(), tenant_key()]);
    let service = Service::start(&tenant).await;
    let user = tenant.user(&["Viewer"]);
    service.get_as(&user, GUARDED).await.expect(200);
}

#[tokio::test]
async fn a_document_that_cannot_be_used_leaves_the_old_keys() {
    let tenant = Tenant::start().await;
    let elsewhere = Tenant::start().await;
    let program = Service::program_for(&tenant).set("APP_AUTH__KEYS__COOLDOWN", "100ms");
    let service = Service::start_ready(program).await;
    let user = tenant.user(&["Viewer"]);
    let unknown = user.clone().header("kid", "unknown");
    let keys_elsewhere = format!(
        "{}/{}/discovery/v2.0/keys",
        elsewhere.authority(),
        crate::harness::TENANT_ID
    );
    for document in [
        KeyDocument::Text("no JSON".to_owned()),
        KeyDocument::Text("[]".to_owned()),
        KeyDocument::Text(r#"{"keys":{}}"#.to_owned()),
        KeyDocument::Entries(Vec::new()),
        KeyDocument::Entries(vec![json!(1), json!({ "kty": "oct", "k": "AQAB" })]),
        KeyDocument::Text(format!(
            r#"{{"keys":[],"filler":"{}"}}"#,
            "x".repeat(2 << 20)
        )),
        KeyDocument::Redirect(keys_elsewhere),
        KeyDocument::Unavailable,
    ] {
        tenant.publish(document);
        let refused_before = service.log().count(REFUSED);
        eventually("a refused refresh", async || {
            service.get_as(&unknown, GUARDED).await.problem(401);
            (service.log().count(REFUSED) > refused_before).then_some(())
        })
        .await;
        service.get_as(&user, GUARDED).await.expect(200);
        let health = service.get("/health").await.expect(200).json();
        assert_eq!(health["keys"], "stale", "{health}");
        service.manage("/readyz").await.expect(200);
    }
    assert_eq!(elsewhere.key_requests(), 0, "a redirect was followed");
}

#[tokio::test]
async fn a_discovery_document_of_somebody_else_is_refused() {
    let elsewhere = Tenant::start().await;
    let keys_elsewhere = format!("{}/keys", elsewhere.authority());
    for (member, value) in [
        ("issuer", "https://login.contoso.com/other/v2.0"),
        ("issuer", ""),
        ("jwks_uri", "http://keys.contoso.com/keys"),
        ("jwks_uri", keys_elsewhere.as_str()),
        ("jwks_uri", "file:///etc/passwd"),
        ("jwks_uri", "nonsense"),
    ] {
        let tenant = Tenant::start_with_discovery(member, value).await;
        let service = Service::start_program(Service::program_for(&tenant)).await;
        service.log().wait_for(REFUSED).await;
        service.manage("/readyz").await.expect(503);
        let user = tenant.user(&["Viewer"]);
        service.get_as(&user, GUARDED).await.problem(503);
        assert_eq!(tenant.key_requests(), 0, "{member} {value}");
    }
}
