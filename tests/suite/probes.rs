//! The management listener and the probe command: for orchestrators, not for callers.

use crate::harness::{Program, Service, Tenant};

#[tokio::test]
async fn operations_are_not_served_to_probes_and_probes_not_to_callers() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    for path in ["/livez", "/readyz"] {
        service.manage(path).await.expect(200);
        service.get(path).await.problem(404);
    }
    for path in ["/health", "/api/v1/me", "/openapi.json", "/docs"] {
        service.manage(path).await.expect(404);
    }
}

#[tokio::test]
async fn healthcheck_says_by_its_exit_code_whether_the_service_lives() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let address = service
        .management_url
        .trim_start_matches("http://")
        .to_owned();
    let probe = || {
        let program = Service::program_for(&tenant);
        program.set("APP_SERVER__MANAGEMENT_BIND", &*address)
    };
    let alive = probe().run(&["healthcheck"]).await;
    assert_eq!(alive.exit_code, Some(0), "{}", alive.output());
    drop(service);
    let gone = probe().run(&["healthcheck"]).await;
    assert_eq!(gone.exit_code, Some(1), "{}", gone.output());
}

#[tokio::test]
async fn help_names_every_command() {
    let help = Program::bare().run(&["--help"]).await;
    assert_eq!(help.exit_code, Some(0));
    for command in [
        "dev",
        "serve",
        "config",
        "openapi",
        "matrix",
        "tools",
        "token",
        "healthcheck",
    ] {
        assert!(help.stdout.contains(command), "{command}: {}", help.stdout);
    }
    let wrong = Program::bare().run(&["no-such-command"]).await;
    assert_eq!(wrong.exit_code, Some(2), "{}", wrong.output());
}
