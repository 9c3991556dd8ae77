//! What other test suites use: tokens without a browser, foreign claims, key rotation, and what `bind` refuses.

use portcullis_dev_issuer::{Account, DevIssuer, IssuerError, IssuerSettings};
use serde_json::json;

use crate::tenant::{self, API_ID, PAGE_ID, settings};

#[tokio::test]
async fn tokens_can_be_made_without_a_browser() {
    let tenant = tenant::start().await;
    let token = tenant
        .issuer
        .token_for("Viewer", &["user_impersonation"])
        .unwrap();
    let claims = tenant.verify(&token).await.unwrap();
    assert_eq!(
        (&claims["roles"], &claims["scp"]),
        (&json!(["Viewer"]), &json!("user_impersonation"))
    );
    assert_eq!(claims["azp"], json!(PAGE_ID));
    let token = tenant.issuer.token_for_application("Ingest").unwrap();
    assert_eq!(tenant.verify(&token).await.unwrap()["idtyp"], "app");

    let unknown = tenant.issuer.token_for("viewer", &[]);
    assert!(matches!(unknown, Err(IssuerError::UnknownAccount { .. })));
    let unknown = tenant.issuer.token_for("Viewer", &["Reports.Write"]);
    assert!(matches!(unknown, Err(IssuerError::UnknownScope { .. })));
    let unknown = tenant.issuer.token_for_application("Viewer");
    assert!(matches!(
        unknown,
        Err(IssuerError::UnknownApplication { .. })
    ));
}

#[tokio::test]
async fn foreign_claims_are_signed_as_they_are() {
    let tenant = tenant::start().await;
    let token = tenant.issuer.sign_claims(json!({
        "aud": API_ID, "iss": tenant.issuer.issuer(), "exp": 4_102_444_800_u64, "nbf": 0, "roles": { "not": "a list" },
    }));
    assert_eq!(
        tenant.verify(&token).await.unwrap()["roles"],
        json!({ "not": "a list" })
    );
}

#[tokio::test]
async fn a_rotated_key_no_longer_verifies() {
    let tenant = tenant::start().await;
    let before = tenant.issuer.token_for("Viewer", &[]).unwrap();
    let old_keys = tenant.get_json("/discovery/v2.0/keys").await;
    tenant.issuer.rotate_key().await.unwrap();
    assert_ne!(
        tenant.get_json("/discovery/v2.0/keys").await["keys"][0]["kid"],
        old_keys["keys"][0]["kid"]
    );
    assert!(tenant.verify(&before).await.is_err());
    let after = tenant.issuer.token_for("Viewer", &[]).unwrap();
    assert!(tenant.verify(&after).await.is_ok());
}

#[tokio::test]
async fn addresses_that_others_can_reach_are_refused() {
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:0", "[::ffff:127.0.0.1]:0"] {
        let bind = address.parse().unwrap();
        let refused = DevIssuer::bind(IssuerSettings { bind, ..settings() })
            .await
            .err()
            .unwrap();
        assert!(
            matches!(refused, IssuerError::NotLoopback { .. }),
            "{address}: {refused}"
        );
    }
}

#[tokio::test]
async fn a_port_that_is_taken_is_named() {
    let tenant = tenant::start().await;
    let bind = tenant.issuer.address();
    let refused = DevIssuer::bind(IssuerSettings { bind, ..settings() })
        .await
        .err()
        .unwrap();
    assert_eq!(
        refused.to_string(),
        format!("the dev issuer cannot listen on {bind}")
    );
}

#[tokio::test]
async fn names_and_client_ids_stand_once() {
    let mut doubled = settings();
    doubled.accounts.push(Account::with_role("Ingest"));
    let refused = DevIssuer::bind(doubled).await.err().unwrap();
    assert!(
        matches!(refused, IssuerError::NameNotUnique { .. }),
        "{refused}"
    );
    let mut doubled = settings();
    doubled.applications[0].client_id = PAGE_ID;
    let refused = DevIssuer::bind(doubled).await.err().unwrap();
    assert!(
        matches!(refused, IssuerError::ClientIdNotUnique { .. }),
        "{refused}"
    );
}

#[tokio::test]
async fn serving_ends_when_asked() {
    let issuer = DevIssuer::bind(settings()).await.unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let serving = tokio::spawn(issuer.serve(async {
        let _ = stopped.await;
    }));
    stop.send(()).unwrap();
    serving.await.unwrap().unwrap();
}
