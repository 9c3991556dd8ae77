//! The management listener and the probe command: for orchestrators, not for callers.

use axum::http::StatusCode;
use axum::response::IntoResponse;

use crate::harness::{Front, Program, Service, Tenant};

#[tokio::test]
async fn operations_are_not_served_to_probes_and_probes_not_to_callers() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    for path in ["/livez", "/readyz", "/metrics"] {
        service.manage(path).await.expect(200);
        service.get(path).await.problem(404);
    }
    for path in ["/health", "/api/v1/me", "/openapi.json", "/docs"] {
        service.manage(path).await.problem(404);
    }
    for path in ["/livez", "/readyz", "/metrics", "/health"] {
        let answer = service.manage(path).await;
        assert_eq!(
            answer.header("x-content-type-options"),
            Some("nosniff"),
            "{path}"
        );
        assert!(answer.header("x-correlation-id").is_some(), "{path}");
    }
}

/// What the probe of a container runs: `app healthcheck` with the environment of the service.
async fn probe(tenant: &Tenant, management_bind: &str) -> crate::harness::Finished {
    let program = Service::program_for(tenant).set("APP_SERVER__MANAGEMENT_BIND", management_bind);
    // No certificates, as in the smallest images, and a proxy that must not be asked.
    let program = program
        .set("SSL_CERT_FILE", "/nowhere")
        .set("SSL_CERT_DIR", "/nowhere");
    let program = program
        .set("HTTP_PROXY", "http://127.0.0.1:9")
        .set("http_proxy", "http://127.0.0.1:9");
    program.run(&["healthcheck"]).await
}

#[tokio::test]
async fn healthcheck_says_by_its_exit_code_whether_the_service_lives() {
    let tenant = Tenant::start().await;
    let mut service = Service::start(&tenant).await;
    let address = service
        .management_url
        .trim_start_matches("http://")
        .to_owned();
    let alive = probe(&tenant, &address).await;
    assert_eq!(alive.exit_code, Some(0), "{}", alive.output());
    assert_eq!(alive.output().trim(), "", "it is silent while all is well");
    // Its listener is gone when the process is, and not when it is told to end.
    service.kill();
    service.wait_for_exit().await;
    let gone = probe(&tenant, &address).await;
    assert_eq!(gone.exit_code, Some(1), "{}", gone.output());
    assert!(gone.stderr.contains("refused"), "{}", gone.stderr);
}

/// The probe reads the address that the service listens at, and asks it where it can be reached from inside.
#[tokio::test]
async fn healthcheck_reaches_a_listener_on_every_address() {
    let tenant = Tenant::start().await;
    for (bind, is_v6) in [("0.0.0.0", false), ("[::]", true), ("[::1]", true)] {
        if is_v6 && tokio::net::TcpListener::bind("[::1]:0").await.is_err() {
            continue;
        }
        let program =
            Service::program_for(&tenant).set("APP_SERVER__MANAGEMENT_BIND", format!("{bind}:0"));
        let service = Service::start_program(program).await;
        let (_, port) = service
            .management_url
            .rsplit_once(':')
            .expect("an address has a port");
        let alive = probe(&tenant, &format!("{bind}:{port}")).await;
        assert_eq!(alive.exit_code, Some(0), "{bind}: {}", alive.output());
    }
}

#[tokio::test]
async fn healthcheck_takes_nothing_but_success_in_time_for_life() {
    let tenant = Tenant::start().await;
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let silent_url = format!("http://{}/livez", silent.local_addr().unwrap());
    let healthy = Front::bind().await;
    let healthy_url = healthy.url.clone();
    let seen = healthy.answer(|_| StatusCode::OK.into_response());
    let front = Front::bind().await;
    let url = front.url.clone();
    front.answer(move |asked| match asked.path.as_str() {
        "/moved" => (StatusCode::FOUND, [("location", healthy_url.as_str())]).into_response(),
        "/draining" => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        _ => StatusCode::NO_CONTENT.into_response(),
    });
    let table = [
        (format!("{url}/livez"), 0, ""),
        (format!("{url}/draining"), 1, "503"),
        (format!("{url}/moved"), 1, "302"),
        (silent_url, 1, "no answer within 1 s"),
    ];
    let program = Service::program_for(&tenant);
    for (url, exit_code, words) in table {
        let finished = program
            .run(&["healthcheck", "--timeout", "1", "--url", &url])
            .await;
        assert_eq!(
            finished.exit_code,
            Some(exit_code),
            "{url}: {}",
            finished.output()
        );
        assert!(
            finished.stderr.contains(words),
            "{url}: {}",
            finished.stderr
        );
    }
    assert_eq!(
        seen.requests(),
        Vec::<String>::new(),
        "redirects are not followed"
    );
}

#[tokio::test]
async fn healthcheck_that_cannot_know_where_to_ask_says_so() {
    let tenant = Tenant::start().await;
    let port_0 = probe(&tenant, "127.0.0.1:0").await;
    assert_eq!(port_0.exit_code, Some(2), "{}", port_0.output());
    assert!(port_0.stderr.contains("--url"), "{}", port_0.stderr);
    let refused = Program::bare()
        .set("APP_ENV", "prod")
        .run(&["healthcheck"])
        .await;
    assert_eq!(refused.exit_code, Some(78), "{}", refused.output());
    for wrong in [
        ["--timeout", "0"],
        ["--url", "livez"],
        ["--url", "127.0.0.1:9090/livez"],
    ] {
        let [flag, value] = wrong;
        let wrong = Program::bare().run(&["healthcheck", flag, value]).await;
        assert_eq!(wrong.exit_code, Some(2), "{}", wrong.output());
    }
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
        "smoke",
        "healthcheck",
    ] {
        assert!(help.stdout.contains(command), "{command}: {}", help.stdout);
    }
    let version = Program::bare().run(&["--version"]).await;
    let expected = format!("Research desk {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(
        version.stdout, expected,
        "the application's, and no framework's"
    );
    let wrong = Program::bare().run(&["no-such-command"]).await;
    assert_eq!(wrong.exit_code, Some(2), "{}", wrong.output());
}
