//! The token of `az`: asked for with the explicit scope and nothing else, and every way in which there is none.

use super::{Smoke, text};
use crate::harness::{CLIENT_ID, Program, Service, TENANT_ID, Tenant};

/// An `az` that takes these arguments and no others, as the operating procedure has them, and then runs `then`.
fn azure_cli(scope: &str, then: &str) -> Program {
    let expected = format!("account|get-access-token|--scope|{scope}|--query|accessToken|-o|tsv|");
    Program::bare().with_script(
        "az",
        &format!(
            "#!/bin/sh\nif [ \"$(printf '%s|' \"$@\")\" != '{expected}' ]; then\n  echo \"unexpected arguments: $*\" >&2\n  exit 64\nfi\n{then}\n"
        ),
    )
}

fn scope() -> String {
    format!("api://{CLIENT_ID}/user_impersonation")
}

#[tokio::test]
async fn the_token_comes_from_az_with_the_scope_that_the_metadata_names() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let token = text(&tenant.user(&["Analyst"]));
    let program = azure_cli(&scope(), &format!("echo '{token}'"));
    let smoke = Smoke::run(&program, &service.url, &token, &[])
        .await
        .expect(0);
    smoke.says("token", "ok", &["from az", &scope(), "roles Analyst"]);
    smoke.says("who am I", "ok", &["roles Analyst"]);
}

#[tokio::test]
async fn a_scope_that_is_given_stands_in_place_of_the_metadata() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let token = text(&tenant.user(&["Viewer"]));
    let given = "https://desk.contoso.com/user_impersonation";
    let program = azure_cli(given, &format!("echo '{token}'"));
    let smoke = Smoke::run(&program, &service.url, &token, &["--scope", given])
        .await
        .expect(0);
    smoke.says("token", "ok", &[given]);
}

/// What belongs to this machine ends with 2, what belongs to the tenant with 1.
#[tokio::test]
async fn every_failure_of_az_is_told_with_its_fix() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let scope = scope();
    let secret = "eyJhbGciOiJub25lIn0.eyJzZWNyZXQiOiJvZi1heiJ9.c2lnbmF0dXJlLW9mLWF6";
    let consent = "echo \"AADSTS65001: The user or administrator has not consented to use the application with ID \
        '04b07795-8ddb-461a-bbee-02f9e1bf7b46' named 'Microsoft Azure CLI'. Trace ID: 1\" >&2; \
        echo 'Interactive authentication is needed. Please run:' >&2; echo 'az login --scope x' >&2; exit 1";
    let table: [(&str, &str, i32, &str, &[&str]); 9] = [
        (
            "consent",
            consent,
            1,
            "failed",
            &[
                "AADSTS65001",
                "Authorized client applications",
                "04b07795-8ddb-461a-bbee-02f9e1bf7b46",
                "entra-manifest",
            ],
        ),
        (
            "resource",
            "echo 'ERROR: AADSTS500011: The resource principal named api://x was not found' >&2; exit 1",
            1,
            "failed",
            &["AADSTS500011", "Application ID URI", TENANT_ID],
        ),
        (
            "mismatch",
            "echo 'AADSTS9010010: The resource parameter' >&2; exit 1",
            1,
            "failed",
            &["AADSTS9010010", "mcp.resource"],
        ),
        (
            "unknown",
            "echo 'AADSTS7654321: new' >&2; exit 1",
            1,
            "failed",
            &["AADSTS7654321", "code=7654321"],
        ),
        (
            "signed out",
            "echo \"ERROR: Please run 'az login' to setup account.\" >&2; exit 1",
            2,
            "not_run",
            &["az login --tenant", TENANT_ID, &scope],
        ),
        (
            "broken",
            "echo 'ModuleNotFoundError: azure' >&2; exit 1",
            2,
            "not_run",
            &["ModuleNotFoundError", "--debug"],
        ),
        (
            "no token",
            "echo 'WARNING: something else'",
            2,
            "not_run",
            &["az version"],
        ),
        ("empty", "true", 2, "not_run", &["az version"]),
        (
            "talkative",
            "echo 'failed with eyJhbGciOiJub25lIn0.eyJzZWNyZXQiOiJvZi1heiJ9.c2lnbmF0dXJlLW9mLWF6' >&2; exit 1",
            2,
            "not_run",
            &["<token>"],
        ),
    ];
    for (name, then, exit_code, result, words) in table {
        let program = azure_cli(&scope, then);
        let smoke = Smoke::run(&program, &service.url, secret, &[]).await;
        assert!(
            !smoke.to_string().contains("unexpected arguments"),
            "{name}: {smoke}"
        );
        let smoke = smoke.expect(exit_code);
        smoke.says("token", result, words);
        smoke.says("who am I", "skipped", &["no token"]);
        smoke.says("MCP, no token", "ok", &[]);
    }
}

#[tokio::test]
async fn without_az_the_rest_is_tested_and_the_end_is_2() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let program = Program::bare().set("PATH", "/nowhere");
    let smoke = Smoke::run(&program, &service.url, "", &[]).await.expect(2);
    smoke.says("token", "not_run", &["not on the path", "--token -"]);
    smoke.says("bad token", "ok", &[]);
}

#[tokio::test]
async fn an_az_that_hangs_is_not_waited_for() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let program = azure_cli(&scope(), "exec sleep 600");
    let smoke = Smoke::run(&program, &service.url, "", &["--timeout", "1"])
        .await
        .expect(2);
    smoke.says("token", "not_run", &["within 3 s"]);
}
