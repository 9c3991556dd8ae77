//! Guardrails PC01 to PC06, each with the real binary.

use super::{assert_refused, refused, sound};
use crate::harness::{CLIENT_ID, Program};

#[tokio::test]
async fn pc01_authentication_cannot_be_off_in_higher_environments() {
    for environment in ["staging", "uat", "prod"] {
        for off in ["false", "FALSE", "0", "no"] {
            let program = sound(environment).set("AUTH_REQUIRED", off);
            assert_refused(program, &["PC01", "AUTH_REQUIRED"]).await;
        }
    }
    let unset_counts_as_prod = sound("prod").unset("APP_ENV").set("AUTH_REQUIRED", "false");
    assert_refused(unset_counts_as_prod, &["PC01"]).await;
}

#[tokio::test]
async fn pc02_the_managed_identity_is_never_the_app_registration() {
    let upper_case = CLIENT_ID.to_uppercase();
    for managed_identity in [CLIENT_ID, upper_case.as_str()] {
        let program = sound("test").set("AZURE_CLIENT_ID", managed_identity);
        assert_refused(program, &["PC02", "AZURE_CLIENT_ID", "AZURE_AD_CLIENT_ID"]).await;
    }
}

#[tokio::test]
async fn pc03_tenant_and_client_are_real_ids() {
    let nil = "00000000-0000-0000-0000-000000000000";
    for name in ["AZURE_TENANT_ID", "AZURE_AD_CLIENT_ID"] {
        assert_refused(sound("prod").unset(name), &["PC03", name]).await;
        for value in ["", "contoso", nil, "<your-id-here>"] {
            assert_refused(sound("prod").set(name, value), &[name]).await;
        }
        assert_refused(sound("prod").set(name, nil), &["PC03", name]).await;
    }
}

#[tokio::test]
async fn pc03_explains_whose_id_azure_client_id_is() {
    let program = sound("prod")
        .unset("AZURE_AD_CLIENT_ID")
        .set("AZURE_CLIENT_ID", CLIENT_ID);
    let output = refused(&program).await.output();
    assert!(output.contains("PC03"), "{output}");
    assert!(
        output.to_lowercase().contains("managed identity"),
        "{output}"
    );
}

#[tokio::test]
async fn pc04_a_tenant_for_everybody_is_refused() {
    for tenant in ["common", "organizations", "consumers"] {
        let program = sound("prod").set("AZURE_TENANT_ID", tenant);
        assert_refused(program, &["PC04", tenant]).await;
    }
}

#[tokio::test]
async fn pc05_origins_are_exact_everywhere() {
    for environment in ["dev", "test", "prod"] {
        for origin in [
            "*",
            "null",
            "https://*.contoso.com",
            ".contoso.com",
            "https://desk.contoso.com/",
            "https://desk.contoso.com/path",
            "https://DESK.contoso.com",
            "https://desk.contoso.com:443",
            "desk.contoso.com",
        ] {
            let program = sound(environment).set("APP_CORS__ALLOWED_ORIGINS", origin);
            assert_refused(program, &["PC05", "cors.allowed_origins"]).await;
        }
    }
}

#[tokio::test]
async fn pc05_higher_environments_have_no_localhost_and_no_http() {
    for environment in ["staging", "uat", "prod"] {
        for origin in [
            "http://localhost:3000",
            "https://localhost",
            "http://desk.contoso.com",
            "https://127.0.0.1",
        ] {
            let program = sound(environment).set("APP_CORS__ALLOWED_ORIGINS", origin);
            assert_refused(program, &["PC05"]).await;
        }
    }
}

#[tokio::test]
async fn pc06_http_is_for_loopback_in_dev_and_test() {
    let authority = "APP_AUTH__AUTHORITY";
    let elsewhere = sound("test").set(authority, "http://login.contoso.com");
    assert_refused(elsewhere, &["PC06", "auth.authority"]).await;
    let loopback_in_prod = sound("prod").set(authority, "http://127.0.0.1:9100");
    assert_refused(loopback_in_prod, &["PC06", "auth.authority"]).await;
    let public_url = sound("prod").set("APP_SERVER__PUBLIC_URL", "http://api.contoso.com");
    assert_refused(public_url, &["PC06", "server.public_url"]).await;
}

#[tokio::test]
async fn pc06_an_issuer_names_the_tenant() {
    let issuer = "https://login.microsoftonline.com/other/v2.0";
    let program = sound("prod").set("APP_AUTH__ISSUER", issuer);
    assert_refused(program, &["PC06", "auth.issuer"]).await;
}

#[tokio::test]
async fn the_dev_command_refuses_higher_environments() {
    for environment in ["staging", "uat", "prod"] {
        let program = Program::isolated().set("APP_ENV", environment);
        let finished = program.run(&["dev"]).await;
        assert_eq!(finished.exit_code, Some(78), "{}", finished.output());
    }
}
