//! The registration as `az` commands does what the JSON says, and nothing in it is expanded by the shell.

use serde_json::Value;

use crate::harness::{Program, within};

const APP_ID: &str = "5d2a8c11-0f6b-4b43-9a0e-6f2f0d1c7e21";

/// Stands in for the Azure CLI: answers with an id, and tells what it was asked and given.
const RECORDER: &str = r#"
az() {
  case "$*" in
    "ad app create "*) echo "$NEW_ID" ;;
    *"--body @-"*) printf 'CALL %s\n' "$*"; cat; echo END ;;
    *) printf 'CALL %s\n' "$*" ;;
  esac
}
"#;

async fn run_script(script: &str, variables: &[(&str, &str)]) -> String {
    let mut command = tokio::process::Command::new("sh");
    command
        .args(["-c", &format!("{RECORDER}{script}")])
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .envs(variables.iter().copied())
        .kill_on_drop(true);
    let output = within("the end of the script", command.output()).await;
    let output = output.expect("there is a shell");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    String::from_utf8(output.stdout).expect("output is UTF-8")
}

/// What each `az rest` was given.
fn bodies(transcript: &str) -> Vec<Value> {
    let calls = transcript.split("CALL rest ").skip(1);
    let bodies = calls.map(|call| {
        let (_, rest) = call.split_once('\n').expect("a body follows");
        let (body, _) = rest.split_once("\nEND\n").expect("a body ends");
        serde_json::from_str(body).expect("a body is JSON")
    });
    bodies.collect()
}

#[tokio::test]
async fn the_script_sets_what_the_manifest_says() {
    let program = Program::bare();
    let script = program.run(&["entra-manifest", "--format", "az"]).await;
    let arguments = ["entra-manifest", "--client-id", APP_ID];
    let manifest = program.run(&arguments).await.stdout;
    let manifest: Value = serde_json::from_str(&manifest).expect("the manifest is JSON");
    let transcript = run_script(&script.stdout, &[("NEW_ID", APP_ID)]).await;

    let mut bodies = bodies(&transcript);
    assert_eq!(bodies.len(), 2, "{transcript}");
    let second = bodies.remove(1);
    let mut set = bodies.remove(0);
    set["api"]["preAuthorizedApplications"] = second["api"]["preAuthorizedApplications"].clone();
    let uri = format!("api://{APP_ID}");
    set["identifierUris"] = serde_json::json!([uri]);
    assert_eq!(set, manifest);

    let uris = format!("CALL ad app update --id {APP_ID} --identifier-uris {uri}\n");
    assert!(transcript.contains(&uris), "{transcript}");
    let patched = format!("/v1.0/applications(appId='{APP_ID}')");
    assert_eq!(transcript.matches(&patched).count(), 2, "{transcript}");
    assert!(transcript.ends_with(&format!("AZURE_AD_CLIENT_ID={APP_ID}\n")));
}

#[tokio::test]
async fn a_registration_that_exists_is_changed_and_none_is_created() {
    let program = Program::bare();
    let script = program.run(&["entra-manifest", "--format", "az"]).await;
    let variables = [("APP_ID", APP_ID), ("NEW_ID", "another")];
    let transcript = run_script(&script.stdout, &variables).await;
    assert!(!transcript.contains("another"), "{transcript}");
    let arguments = ["entra-manifest", "--format", "az", "--client-id", APP_ID];
    let script = program.run(&arguments).await;
    let transcript = run_script(&script.stdout, &[("NEW_ID", "another")]).await;
    assert!(!transcript.contains("another"), "{transcript}");
}

#[tokio::test]
async fn a_further_identifier_uri_reaches_the_command_as_written() {
    let program = Program::bare();
    let uri = "https://api.contoso.com/it's/$HOME";
    let arguments = ["entra-manifest", "--format", "az", "--identifier-uri", uri];
    let script = program.run(&arguments).await;
    let transcript = run_script(&script.stdout, &[("NEW_ID", APP_ID)]).await;
    let uris = format!("--identifier-uris api://{APP_ID} {uri}\n");
    assert!(transcript.contains(&uris), "{transcript}");
}

#[tokio::test]
async fn what_is_no_uri_or_no_id_is_wrong_usage() {
    let program = Program::bare();
    for (option, value) in [("--identifier-uri", "desk"), ("--client-id", "desk")] {
        let refused = program.run(&["entra-manifest", option, value]).await;
        assert_eq!(refused.exit_code, Some(2), "{}", refused.output());
    }
}
