//! The command that `dev` prints is the one that works against it.

use crate::harness::{Program, Service, eventually, within};

#[tokio::test]
async fn the_line_that_dev_prints_ends_well_in_a_shell() {
    let program = Program::isolated().set("APP_TELEMETRY__LOG_FORMAT", "json");
    let arguments = ["dev", "--port", "0", "--issuer-port", "0"];
    let service = Service::start_command(program, &arguments).await;
    let line = eventually("what dev prints when it is ready", async || {
        let text = service.log().text();
        let mut lines = text.lines();
        let line = lines
            .find(|line| line.contains(" smoke --url "))
            .map(str::to_owned);
        line.filter(|_| text.contains("Ctrl-C stops everything"))
    })
    .await;
    let mut shell = tokio::process::Command::new("sh");
    let shell = shell.args(["-c", &line]).env_clear().kill_on_drop(true);
    let output = within("the end of the smoke test", shell.output()).await;
    let output = output.expect("a shell can be run");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{text}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    // Viewer may do least, and sees what he may not.
    assert!(text.contains("roles Viewer"), "{text}");
    assert!(text.contains("the role is missing"), "{text}");
    assert!(text.contains("\npassed: "), "{text}");
}
