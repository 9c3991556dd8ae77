//! Against the service itself: every kind of caller, every access of the documents, and what the command line says.

use serde_json::json;

use super::{Smoke, check_unseen, text};
use crate::harness::{Program, Service, Tenant, foreign_key};

#[tokio::test]
async fn a_deployment_that_works_passes_every_check() {
    let tenant = Tenant::start().await;
    let program =
        Service::program_for(&tenant).set("APP_CORS__ALLOWED_ORIGINS", "https://desk.contoso.com");
    let service = Service::start_ready(program).await;
    let token = text(&tenant.user(&["Viewer"]));
    let origin = ["--origin", "https://desk.contoso.com"];
    let smoke = Smoke::with_token(&service.url, &token, &origin)
        .await
        .expect(0);
    for name in [
        "health",
        "no token",
        "bad token",
        "metadata",
        "CORS, strangers",
        "CORS, frontends",
        "token",
        "who am I",
        "document",
        "MCP, no token",
        "MCP, discover",
        "MCP, initialize",
        "MCP, list",
        "MCP, call",
    ] {
        smoke.says(name, "ok", &[]);
    }
    smoke.says("GET /api/v1/instruments", "ok", &["200"]);
    smoke.says("GET /api/v1/audit", "ok", &["Admin", "403 forbidden"]);
    assert_eq!(smoke.report["counts"]["skipped"], 0, "{smoke}");
    assert_eq!(smoke.report["counts"]["warning"], 0, "{smoke}");
    for check in smoke.report["checks"].as_array().unwrap() {
        assert!(check["milliseconds"].is_u64(), "{check}");
    }
}

/// What is tried follows from what the caller holds.
#[tokio::test]
async fn each_caller_is_tried_by_his_own_rights() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let audit = "GET /api/v1/audit";
    let instruments = "GET /api/v1/instruments";
    let admin = text(&tenant.user(&["Admin"]));
    let smoke = Smoke::with_token(&service.url, &admin, &[]).await.expect(0);
    smoke.says(audit, "ok", &["200"]);
    let other_scope = text(&tenant.user(&["Viewer"]).claim("scp", "Other.Read"));
    let smoke = Smoke::with_token(&service.url, &other_scope, &[])
        .await
        .expect(0);
    smoke.says(
        instruments,
        "ok",
        &["the scope is missing", "403 insufficient_scope"],
    );
    let application = text(&tenant.application(&["Ingest"]));
    let smoke = Smoke::with_token(&service.url, &application, &[])
        .await
        .expect(0);
    smoke.says(instruments, "ok", &["users only", "403 forbidden"]);
    let without_role = text(&tenant.user(&[]));
    let smoke = Smoke::with_token(&service.url, &without_role, &[])
        .await
        .expect(0);
    smoke.says("who am I", "warning", &["no role", "Users and groups"]);
    smoke.says(instruments, "ok", &["the role is missing", "403 forbidden"]);
}

#[tokio::test]
async fn mapped_roles_are_taken_from_what_the_service_sees() {
    let tenant = Tenant::start().await;
    let program = Service::program_for(&tenant).set(
        "APP_AUTH__ROLES",
        r#"{"Desk.Viewer"="Viewer","Desk.Admin"="Admin"}"#,
    );
    let service = Service::start_ready(program).await;
    let mapped = text(&tenant.user(&["Desk.Viewer"]));
    let smoke = Smoke::with_token(&service.url, &mapped, &[])
        .await
        .expect(0);
    smoke.says("who am I", "ok", &["Viewer", "in Entra Desk.Viewer"]);
    smoke.says("GET /api/v1/instruments", "ok", &["200"]);
    let unmapped = text(&tenant.user(&["Viewer"]));
    let smoke = Smoke::with_token(&service.url, &unmapped, &[])
        .await
        .expect(1);
    smoke.says("who am I", "failed", &["no role is seen", "auth.roles"]);
}

#[tokio::test]
async fn without_a_document_the_operations_are_those_of_the_binary() {
    let tenant = Tenant::start().await;
    for (access, result, words) in [
        ("off", "skipped", "docs.access is off there"),
        ("signed_in", "ok", "for signed-in callers"),
        ("public", "ok", "public"),
    ] {
        let program = Service::program_for(&tenant).set("APP_DOCS__ACCESS", access);
        let service = Service::start_ready(program).await;
        let token = text(&tenant.user(&["Viewer"]));
        let smoke = Smoke::with_token(&service.url, &token, &[]).await.expect(0);
        smoke.says("document", result, &[words]);
        smoke.says("GET /api/v1/audit", "ok", &["403 forbidden"]);
        smoke.says("GET /api/v1/instruments", "ok", &["200"]);
    }
}

#[tokio::test]
async fn without_mcp_its_checks_are_skipped() {
    let tenant = Tenant::start().await;
    let program = Service::program_for(&tenant).set("APP_MCP__ENABLED", "false");
    let service = Service::start_ready(program).await;
    let token = text(&tenant.user(&["Viewer"]));
    let smoke = Smoke::with_token(&service.url, &token, &[]).await.expect(0);
    smoke.says("MCP, no token", "skipped", &["mcp.enabled is off"]);
}

#[tokio::test]
async fn a_token_that_is_refused_fails_with_what_to_do() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let foreign = text(&tenant.user(&["Viewer"]).signed_by(foreign_key()));
    let smoke = Smoke::with_token(&service.url, &foreign, &[])
        .await
        .expect(1);
    smoke.says(
        "who am I",
        "failed",
        &[
            "401 invalid_token",
            "token explain",
            "correlation id smoke-",
        ],
    );
    smoke.says("operations", "skipped", &["not accepted"]);
    smoke.says("MCP, no token", "ok", &[]);
}

#[tokio::test]
async fn a_service_without_keys_fails_with_what_to_open() {
    let tenant = Tenant::start_unavailable().await;
    let service = Service::start_program(Service::program_for(&tenant)).await;
    let token = text(&tenant.user(&["Viewer"]));
    let smoke = Smoke::with_token(&service.url, &token, &[]).await.expect(1);
    smoke.says("health", "failed", &["keys missing", "auth.authority"]);
}

#[tokio::test]
async fn an_origin_that_is_not_configured_fails_when_it_is_asked_for() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let token = text(&tenant.user(&["Viewer"]));
    let origin = ["--origin", "https://desk.contoso.com"];
    let smoke = Smoke::with_token(&service.url, &token, &origin)
        .await
        .expect(1);
    smoke.says("CORS, frontends", "failed", &["cors.allowed_origins"]);
}

#[tokio::test]
async fn the_table_is_for_people_and_progress_goes_to_standard_error() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let token = text(&tenant.user(&["Viewer"]));
    let arguments = ["smoke", "--url", &service.url, "--token", &token];
    let finished = Program::bare().run(&arguments).await;
    assert_eq!(finished.exit_code, Some(0), "{}", finished.output());
    check_unseen(&finished, &token);
    let line = |text: &str, name: &str| {
        let mut lines = text.lines();
        lines.any(|line| line.starts_with("ok ") && line.contains(name))
    };
    for name in ["health", "GET /api/v1/audit", "MCP, call"] {
        assert!(line(&finished.stderr, name), "{name}: {}", finished.stderr);
        assert!(line(&finished.stdout, name), "{name}: {}", finished.stdout);
    }
    let last = finished.stdout.lines().last().unwrap_or_default();
    assert!(last.starts_with("passed: "), "{last}");
}

#[tokio::test]
async fn what_cannot_be_run_ends_with_2_and_repeats_no_secret() {
    let program = Program::bare();
    let url = "https://api.contoso.com";
    let table: [(&str, Vec<&str>, &str); 6] = [
        ("no address", vec![], "--url"),
        (
            "no scheme",
            vec!["--url", "api.contoso.com"],
            "https://api.contoso.com",
        ),
        (
            "a path",
            vec!["--url", "https://a.example/api/v1/mcp"],
            "is https://a.example",
        ),
        (
            "no token",
            vec!["--url", url, "--token", "hidden-secret"],
            "no access token",
        ),
        (
            "nothing on standard input",
            vec!["--url", url, "--token", "-"],
            "empty",
        ),
        (
            "two ways",
            vec!["--url", url, "--token", "-", "--scope", "api://x/y"],
            "--scope",
        ),
    ];
    for (name, arguments, words) in table {
        let finished = program
            .run(&[&["smoke"], arguments.as_slice()].concat())
            .await;
        assert_eq!(finished.exit_code, Some(2), "{name}: {}", finished.output());
        assert!(
            finished.stderr.contains(words),
            "{name}: {}",
            finished.stderr
        );
        assert!(!finished.output().contains("hidden-secret"), "{name}");
    }
    let error = "AADSTS65001: The user or administrator has not consented";
    let arguments = ["smoke", "--url", url, "--token", "-"];
    let finished = program.run_with_input(&arguments, error).await;
    assert_eq!(finished.exit_code, Some(2), "{}", finished.output());
    assert!(
        finished.stderr.contains("token explain"),
        "{}",
        finished.stderr
    );
}

#[tokio::test]
async fn the_report_for_programs_keeps_its_members() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let token = text(&tenant.user(&["Viewer"]));
    let smoke = Smoke::with_token(&service.url, &token, &[]).await.expect(0);
    let members: Vec<_> = smoke.report.as_object().unwrap().keys().collect();
    assert_eq!(
        json!(members),
        json!(["url", "verdict", "counts", "milliseconds", "checks"])
    );
    let health: Vec<_> = smoke.check("health").as_object().unwrap().keys().collect();
    assert_eq!(
        json!(health),
        json!(["check", "result", "found", "fix", "milliseconds"])
    );
}
