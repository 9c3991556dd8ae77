//! A configuration that is wrong stops the start with exit code 78: all faults at once, and no port has been opened.

mod commands;
mod first_steps;
mod guardrails;
mod key_vault;
mod layers;

use crate::harness::{CLIENT_ID, Finished, Program, TENANT_ID};

/// Exit code for a wrong configuration (`EX_CONFIG`).
const EXIT_CONFIGURATION: Option<i32> = Some(78);

/// A configuration that would start in this environment, were its identity provider there.
fn sound(environment: &str) -> Program {
    let program = Program::isolated()
        .set("APP_ENV", environment)
        .set("AZURE_TENANT_ID", TENANT_ID)
        .set("AZURE_AD_CLIENT_ID", CLIENT_ID);
    match environment {
        "dev" | "test" => program,
        // Port 0 is for dev and test; nothing of these environments gets as far as binding.
        _ => program
            .unset("APP_SERVER__BIND")
            .unset("APP_SERVER__MANAGEMENT_BIND")
            .set("APP_SERVER__PUBLIC_URL", "https://api.contoso.com"),
    }
}

/// Starts a service that must not start, and gives what it said.
async fn refused(program: &Program) -> Finished {
    let finished = program.run(&["serve"]).await;
    assert_eq!(
        finished.exit_code,
        EXIT_CONFIGURATION,
        "{}",
        finished.output()
    );
    let output = finished.output();
    assert!(!output.contains("\"listening\""), "{output}");
    finished
}

/// Expects a refusal that names each of these.
async fn assert_refused(program: Program, names: &[&str]) {
    let output = refused(&program).await.output();
    for name in names {
        assert!(output.contains(name), "{name} is not in:\n{output}");
    }
}
