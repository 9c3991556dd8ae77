//! Keys, variables and their forms (PC10), and what is told about all of them together.

use super::{assert_refused, refused, sound};
use crate::harness::{CLIENT_ID, Program, Service, Tenant};

#[tokio::test]
async fn pc10_an_unknown_variable_of_ours_is_refused_with_a_suggestion() {
    let program = sound("test").set("APP_SERVER__BODY_LIMITT", "1MiB");
    assert_refused(
        program,
        &["PC10", "APP_SERVER__BODY_LIMITT", "APP_SERVER__BODY_LIMIT"],
    )
    .await;
    let program = sound("test").set("APP_CROS__ALLOWED_ORIGINS", "https://desk.contoso.com");
    assert_refused(program, &["PC10", "APP_CROS__ALLOWED_ORIGINS"]).await;
}

#[tokio::test]
async fn pc10_an_unknown_key_in_a_file_is_refused_with_its_place() {
    let file = "[server]\nbind = \"127.0.0.1:0\"\nbody_limitt = \"1MiB\"\n";
    let program = sound("test").with_file("layers/default.toml", file);
    let program = program.set("APP_CONFIG_DIR", "layers");
    assert_refused(
        program,
        &["PC10", "body_limitt", "body_limit", "default.toml:3"],
    )
    .await;
}

#[tokio::test]
async fn a_key_with_an_sop_name_has_no_second_one() {
    for name in [
        "APP_AUTH__REQUIRED",
        "APP_AUTH__TENANT_ID",
        "APP_AUTH__CLIENT_ID",
    ] {
        assert_refused(sound("test").set(name, "true"), &[name]).await;
    }
}

#[tokio::test]
async fn variables_that_an_orchestrator_injects_do_not_stop_the_start() {
    let tenant = Tenant::start().await;
    let program = Service::program_for(&tenant)
        .set("APP_SERVICE_HOST", "10.0.0.7")
        .set("APP_SERVICE_PORT", "8080")
        .set("APP_PORT_8080_TCP_ADDR", "10.0.0.7");
    let service = Service::start_program(program).await;
    service.get("/health").await.expect(200);
}

#[tokio::test]
async fn an_unknown_environment_is_refused() {
    for environment in ["production", "PROD", "Dev", "local", "", " prod"] {
        assert_refused(sound("prod").set("APP_ENV", environment), &["APP_ENV"]).await;
    }
}

#[tokio::test]
async fn auth_required_that_is_not_a_boolean_is_refused() {
    for value in ["", "flase", "off", "none", "2", "false "] {
        let program = sound("test").set("AUTH_REQUIRED", value);
        assert_refused(program, &["AUTH_REQUIRED"]).await;
    }
}

#[tokio::test]
async fn values_of_a_wrong_form_are_refused_with_key_and_variable() {
    for (variable, value, key) in [
        ("APP_SERVER__BIND", "everywhere", "server.bind"),
        ("APP_SERVER__BODY_LIMIT", "much", "server.body_limit"),
        ("APP_SERVER__BODY_LIMIT", "100GiB", "server.body_limit"),
        ("APP_SERVER__REQUEST_TIMEOUT", "5", "server.request_timeout"),
        ("APP_AUTH__CLOCK_SKEW", "301s", "auth.clock_skew"),
        ("APP_RATE_LIMIT__PER_SECOND", "0", "rate_limit.per_second"),
        ("APP_AUTH__GUESTS", "maybe", "auth.guests"),
        (
            "AZURE_CLIENT_ID",
            "not-a-guid",
            "azure.managed_identity_client_id",
        ),
    ] {
        assert_refused(sound("test").set(variable, value), &[key, variable]).await;
    }
}

#[tokio::test]
async fn all_faults_are_told_at_once() {
    let program = sound("prod")
        .set("AUTH_REQUIRED", "false")
        .set("AZURE_CLIENT_ID", CLIENT_ID)
        .set("APP_CORS__ALLOWED_ORIGINS", "*")
        .set("APP_SERVER__PUBLIC_URL", "http://api.contoso.com")
        .set("APP_SERVER__BODY_LIMITT", "1MiB")
        .set("APP_AUTH__CLOCK_SKEW", "soon");
    let names = ["PC01", "PC02", "PC05", "PC06", "PC10", "auth.clock_skew"];
    assert_refused(program, &names).await;
}

#[tokio::test]
async fn config_check_tells_the_same_and_opens_nothing() {
    let good = sound("prod").run(&["config", "check"]).await;
    assert_eq!(good.exit_code, Some(0), "{}", good.output());
    let bad = sound("prod")
        .set("AUTH_REQUIRED", "false")
        .run(&["config", "check"])
        .await;
    assert_eq!(bad.exit_code, Some(78), "{}", bad.output());
    assert!(bad.output().contains("PC01"), "{}", bad.output());
}

#[tokio::test]
async fn a_value_that_may_be_a_secret_is_never_printed() {
    let secret = "postgres://desk:hunter2-very-secret@db.contoso.com/desk";
    let program = sound("test")
        .set("APP_APP__DATABASE_URL", secret)
        .set("APP_AUTH__CLOCK_SKEW", "soon");
    let output = refused(&program).await.output();
    assert!(!output.contains("hunter2"), "{output}");
}

/// The port is free for whoever comes next: nothing was bound, not even for a moment.
#[tokio::test]
async fn a_refused_start_binds_nothing() {
    let taken = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let program = sound("prod")
        .set("AUTH_REQUIRED", "false")
        .set("APP_SERVER__BIND", &*address);
    // A start that bound first would fail over the taken port and not say PC01.
    assert_refused(program, &["PC01"]).await;
}

#[tokio::test]
async fn a_port_that_is_taken_is_told_by_key() {
    let tenant = Tenant::start().await;
    let taken = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let program = Service::program_for(&tenant).set("APP_SERVER__BIND", &*address);
    let finished = program.run(&["serve"]).await;
    assert!(
        !matches!(finished.exit_code, Some(0 | 78) | None),
        "{}",
        finished.output()
    );
    assert!(
        finished.output().contains("server.bind"),
        "{}",
        finished.output()
    );
}

#[tokio::test]
async fn the_shipped_layers_are_sound_for_every_environment() {
    for environment in ["dev", "test", "staging", "uat", "prod"] {
        let checked = sound(environment).run(&["config", "check"]).await;
        assert_eq!(
            checked.exit_code,
            Some(0),
            "{environment}: {}",
            checked.output()
        );
    }
}

#[tokio::test]
async fn without_any_setting_the_start_is_refused_as_in_prod() {
    assert_refused(
        Program::bare(),
        &["PC03", "AZURE_TENANT_ID", "AZURE_AD_CLIENT_ID"],
    )
    .await;
}

#[tokio::test]
async fn a_higher_environment_needs_a_public_url() {
    for environment in ["staging", "uat", "prod"] {
        let program = sound(environment)
            .unset("APP_SERVER__PUBLIC_URL")
            .with_file("layers/default.toml", "")
            .set("APP_CONFIG_DIR", "layers");
        assert_refused(program, &["server.public_url"]).await;
    }
}
