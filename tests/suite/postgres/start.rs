//! A service whose database lets nobody in does not start, and says why; how a connection is protected is said in the URL.

use std::time::{Duration, Instant};

use super::{Address, behind_a_cable, server, told};
use crate::harness::{Finished, Program, Service, Tenant};

/// The password of a URL that is wrong, and what no output may hold.
const SECRET: &str = "zQxMarker";

/// Runs `serve` on this database to its end: 78 where the URL itself is wrong, 1 where the database is.
async fn refused(url: &str, exit_code: i32) -> Finished {
    let tenant = Tenant::start().await;
    let program = Service::program_for(&tenant).set("APP_APP__DATABASE_URL", url);
    let finished = program.run(&["serve"]).await;
    assert_eq!(finished.exit_code, Some(exit_code), "{}", finished.output());
    finished
}

/// The URL of this run's server, changed.
fn changed(change: impl Fn(&mut Address)) -> String {
    let mut address = Address::of(&server());
    change(&mut address);
    address.url()
}

fn with_parameters(parameters: &str) -> String {
    changed(|address| {
        let separator = if address.rest.contains('?') { '&' } else { '?' };
        address.rest = format!("{}{separator}{parameters}", address.rest);
    })
}

fn without_authority(host: &str, parameters: &str) -> String {
    changed(|address| {
        let name = address.rest.split('?').next().unwrap_or_default();
        address.rest = format!("{name}?{parameters}");
        host.clone_into(&mut address.host);
    })
}

#[tokio::test]
#[ignore = "needs a PostgreSQL: `tests/run postgres`"]
async fn a_database_that_lets_nobody_in_is_named_and_no_password_is() {
    let password = |address: &mut Address| SECRET.clone_into(&mut address.password);
    let elsewhere = |address: &mut Address| {
        password(address);
        "database.invalid".clone_into(&mut address.host);
    };
    let nobody = |address: &mut Address| {
        password(address);
        // Nobody listens at the port of TCP multiplexing.
        "1".clone_into(&mut address.port);
    };
    let no_such = |address: &mut Address| address.rest = "nosuchdatabase".to_owned();
    let latin1 = |address: &mut Address| address.rest = "latin1".to_owned();
    let cases: [(String, i32, &[&str]); 8] = [
        (
            changed(latin1),
            1,
            &["has the encoding LATIN1", "ENCODING 'UTF8'"],
        ),
        (
            changed(password),
            1,
            &[
                "cannot be opened",
                "password authentication failed for user",
            ],
        ),
        (changed(elsewhere), 1, &["cannot be opened", "lookup"]),
        (
            changed(nobody),
            1,
            &["cannot be opened", "Connection refused"],
        ),
        (
            changed(no_such),
            1,
            &["cannot be opened", "\"nosuchdatabase\" does not exist"],
        ),
        (
            with_parameters("pasword=zQxMarker"),
            78,
            &["the parameter pasword, which is not known"],
        ),
        (
            with_parameters("sslmode=always"),
            78,
            &["is not valid", "unknown value \"always\""],
        ),
        (
            "postgres://desk:zQxMarker@db:port/desk".to_owned(),
            78,
            &["is not valid", "port"],
        ),
    ];
    for (url, exit_code, expected) in cases {
        let began = Instant::now();
        let output = refused(&url, exit_code).await.output();
        for words in ["app.database_url"].iter().chain(expected) {
            assert!(output.contains(words), "{words} in {output}");
        }
        assert!(!output.contains(SECRET), "{output}");
        let server_password = Address::of(&server()).password;
        assert!(!output.contains(&server_password), "{output}");
        assert!(began.elapsed() < Duration::from_secs(20), "{output}");
    }
}

#[tokio::test]
#[ignore = "needs a PostgreSQL: `tests/run postgres`"]
async fn a_database_that_never_answers_does_not_hold_up_a_start_for_ever() {
    let tenant = Tenant::start().await;
    let (program, cable) = behind_a_cable(&tenant).await;
    cable.fall_silent();
    let finished = program.run(&["serve"]).await;
    assert_eq!(finished.exit_code, Some(1), "{}", finished.output());
    let output = finished.output();
    assert!(
        output.contains("the database of app.database_url does not answer within 5s"),
        "{output}"
    );
}

/// How the connections of a service to its database are protected, told by the server.
async fn is_encrypted(program: Program) -> bool {
    let database = program.database_url();
    let name = format!("protection-{}", uuid::Uuid::new_v4());
    let url = format!("{database}&application_name={name}");
    let _service = Service::start_ready(program.set("APP_APP__DATABASE_URL", url)).await;
    let query = format!(
        "SELECT bool_and(ssl) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name = '{name}'"
    );
    match &*told(&query).await {
        "t" => true,
        "f" => false,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
#[ignore = "needs a PostgreSQL: `tests/run postgres`"]
async fn the_mode_in_the_url_decides_how_a_connection_is_protected() {
    let tenant = Tenant::start().await;
    for (mode, expected) in [
        ("disable", false),
        ("allow", false),
        ("prefer", true),
        ("require", true),
        ("verify-ca", true),
        ("verify-full", true),
    ] {
        let url = with_parameters(&format!("sslmode={mode}"));
        let program = Service::program_for(&tenant);
        let schema = program.database_url();
        let schema = schema.rsplit('&').next().expect("a schema of its own");
        let program = program.set("APP_APP__DATABASE_URL", format!("{url}&{schema}"));
        assert_eq!(is_encrypted(program).await, expected, "{mode}");
    }
}

#[tokio::test]
#[ignore = "needs a PostgreSQL: `tests/run postgres`"]
async fn what_other_clients_take_from_the_environment_is_not_read() {
    let tenant = Tenant::start().await;
    let mut program = Service::program_for(&tenant);
    let schema = program.database_url();
    let schema = schema.rsplit('&').next().expect("a schema of its own");
    let bare = without_authority("localhost", schema);
    program = program.set("APP_APP__DATABASE_URL", bare);
    for (name, value) in [
        ("PGHOST", "database.invalid"),
        ("PGHOSTADDR", "192.0.2.1"),
        ("PGPORT", "1"),
        ("PGUSER", "nobody"),
        ("PGPASSWORD", SECRET),
        ("PGDATABASE", "nosuchdatabase"),
        ("PGSSLMODE", "verify-full"),
        ("PGSSLROOTCERT", "/nowhere/ca.pem"),
        ("PGAPPNAME", SECRET),
    ] {
        program = program.set(name, value);
    }
    Service::start_program(program)
        .await
        .wait_until_ready()
        .await;

    let authority = Address::of(&server()).rest;
    let authority = authority.split("sslrootcert=").nth(1).expect("it is named");
    let unnamed = without_authority("localhost", "sslmode=verify-full");
    let program = Service::program_for(&tenant)
        .set("APP_APP__DATABASE_URL", unnamed)
        .set("PGSSLROOTCERT", authority);
    let output = program.run(&["serve"]).await.output();
    assert!(output.contains("UnknownIssuer"), "{output}");
}

#[tokio::test]
#[ignore = "needs a PostgreSQL: `tests/run postgres`"]
async fn a_certificate_that_is_asked_for_is_verified() {
    let authority = Address::of(&server()).rest;
    let authority = authority.split('?').nth(1).expect("it names its authority");
    for (host, parameters, expected) in [
        ("localhost", "sslmode=verify-ca", "UnknownIssuer"),
        ("localhost", "sslmode=verify-full", "UnknownIssuer"),
        (
            "127.0.0.1",
            &*format!("sslmode=verify-full&{authority}"),
            "not valid for name",
        ),
    ] {
        let output = refused(&without_authority(host, parameters), 1)
            .await
            .output();
        assert!(output.contains(expected), "{parameters}: {output}");
    }
    let tenant = Tenant::start().await;
    let program = Service::program_for(&tenant);
    let schema = program.database_url();
    let schema = schema
        .rsplit('&')
        .next()
        .expect("a schema of its own")
        .to_owned();
    let by_name = without_authority(
        "127.0.0.1",
        &format!("{authority}&sslmode=verify-ca&{schema}"),
    );
    assert!(is_encrypted(program.set("APP_APP__DATABASE_URL", by_name)).await);
}
