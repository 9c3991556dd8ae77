//! `config ..` as operators and their scripts use it: what it prints, and how it ends.

use serde_json::Value;

use super::{EXIT_CONFIGURATION, sound};
use crate::harness::Program;

fn json(text: &str) -> Value {
    serde_json::from_str(text).expect("it is JSON")
}

#[tokio::test]
async fn a_url_of_no_database_is_refused_before_anything_is_opened() {
    for (url, reason) in [
        ("", "neither sqlite: nor postgres:"),
        (
            "mysql://desk:zQxMarker@host/desk",
            "neither sqlite: nor postgres:",
        ),
        ("sqlite://", "it names no file"),
        ("sqlite:?mode=rwc", "it names no file"),
        ("sqlite://:memory:", "it is not valid: "),
        ("postgres:///desk?user=desk", "it names no host"),
        (
            "postgres://host/desk?password=zQxMarker",
            "it names no user",
        ),
        (
            "postgres://desk:zQxMarker@host/desk?sslmod=zQxMarker",
            "the parameter sslmod, which is not known",
        ),
        (
            "postgres://desk:zQxMarker@host:port/desk",
            "it is not valid: ",
        ),
    ] {
        let program = sound("prod").set("APP_APP__DATABASE_URL", url);
        for arguments in [&["serve"][..], &["config", "check"]] {
            let finished = program.run(arguments).await;
            let output = finished.output();
            assert_eq!(finished.exit_code, Some(78), "{url}: {output}");
            for part in [
                "VALUE: app.database_url",
                reason,
                "variable APP_APP__DATABASE_URL",
            ] {
                assert!(output.contains(part), "{url}: {part} is not in\n{output}");
            }
            assert!(!output.contains("zQxMarker"), "{output}");
        }
    }
}

#[tokio::test]
async fn options_of_the_environment_do_not_reach_a_database_unsaid() {
    let program = sound("prod")
        .set("APP_APP__DATABASE_URL", "postgres://desk@host/desk")
        .set("PGOPTIONS", "-c search_path=zQxMarker");
    let finished = program.run(&["config", "check"]).await;
    let output = finished.output();
    assert_eq!(finished.exit_code, Some(78), "{output}");
    assert!(output.contains("PGOPTIONS"), "{output}");
    assert!(!output.contains("zQxMarker"), "{output}");
}

#[tokio::test]
async fn a_refused_configuration_can_be_explained() {
    let program = sound("prod").set("AUTH_REQUIRED", "false");
    let explained = program.run(&["config", "explain", "auth.required"]).await;
    assert_eq!(explained.exit_code, Some(0), "{}", explained.output());
    for line in [
        "auth.required = false",
        "from:      variable AUTH_REQUIRED",
        "shadows:   true, default.toml (shipped):",
        "shadows:   true, built-in default",
        "error PC01: authentication is off in prod",
    ] {
        assert!(
            explained.stdout.contains(line),
            "{line}: {}",
            explained.stdout
        );
    }
}

#[tokio::test]
async fn explain_reads_any_environment_and_prints_json() {
    let program = sound("dev");
    let arguments = [
        "config", "explain", "cors", "--env", "uat", "--format", "json",
    ];
    let explained = json(&program.run(&arguments).await.stdout);
    assert_eq!(explained["environment"]["name"], "uat");
    let origins = &explained["settings"][0];
    assert_eq!(origins["key"], "cors.allowed_origins");
    assert_eq!(origins["origin"]["file"], "uat.toml (shipped)");
    assert!(origins["origin"]["line"].is_u64() && origins["origin"]["column"].is_u64());
}

#[tokio::test]
async fn an_unknown_name_ends_with_2_and_a_suggestion() {
    let finished = sound("prod")
        .run(&["config", "explain", "auth.tenant"])
        .await;
    assert_eq!(finished.exit_code, Some(2), "{}", finished.output());
    assert!(
        finished.stderr.contains("did you mean auth.tenant_id?"),
        "{}",
        finished.stderr
    );
    let finished = sound("prod")
        .run(&["config", "explain", "--env", "live"])
        .await;
    assert_eq!(
        finished.exit_code,
        EXIT_CONFIGURATION,
        "{}",
        finished.output()
    );
}

/// As CI runs it, over the layers that the binary ships.
#[tokio::test]
async fn the_shipped_layers_pass_in_every_environment_without_a_warning() {
    let operator = sound("prod").unset("APP_SERVER__PUBLIC_URL");
    let checked = operator.run(&["config", "check", "--all"]).await;
    assert_eq!(checked.exit_code, Some(0), "{}", checked.output());
    for environment in ["dev", "test", "staging", "uat", "prod"] {
        let line = format!("{environment:8} ok, 0 warnings");
        assert!(checked.stdout.contains(&line), "{line}: {}", checked.stdout);
    }
}

#[tokio::test]
async fn one_refused_environment_refuses_all() {
    let program = sound("prod").set("APP_DOCS__ACCESS", "public");
    let checked = program.run(&["config", "check", "--all"]).await;
    assert_eq!(
        checked.exit_code,
        EXIT_CONFIGURATION,
        "{}",
        checked.output()
    );
    assert!(checked.stdout.contains("PC13"), "{}", checked.stdout);
    let arguments = ["config", "check", "--all", "--format", "json"];
    let checked = program.run(&arguments).await;
    assert_eq!(checked.exit_code, EXIT_CONFIGURATION);
    let verdicts: Vec<(String, bool)> = json(&checked.stdout)["environments"]
        .as_array()
        .expect("environments are a list")
        .iter()
        .map(|it| {
            let name = it["environment"]["name"].as_str().expect("a name");
            (name.to_owned(), it["ok"].as_bool().expect("a verdict"))
        })
        .collect();
    let refused: Vec<&str> = verdicts
        .iter()
        .filter(|(_, ok)| !ok)
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(verdicts.len(), 5);
    assert_eq!(refused, ["prod"]);
}

#[tokio::test]
async fn nothing_set_at_all_is_explained_as_prod() {
    let explained = Program::bare().run(&["config", "explain"]).await;
    assert_eq!(explained.exit_code, Some(0), "{}", explained.output());
    let first = explained.stdout.lines().next();
    assert_eq!(
        first,
        Some("environment prod (APP_ENV is not set, which counts as prod)")
    );
}

#[tokio::test]
async fn two_environments_are_compared() {
    let program = sound("prod").unset("APP_SERVER__PUBLIC_URL");
    let compared = program.run(&["config", "diff", "uat", "prod"]).await;
    assert_eq!(compared.exit_code, Some(0), "{}", compared.output());
    for words in [
        "uat and prod: ",
        "docs.access",
        "uat.toml (shipped):",
        "prod.toml (shipped):",
    ] {
        assert!(
            compared.stdout.contains(words),
            "{words}: {}",
            compared.stdout
        );
    }
    let arguments = [
        "config",
        "diff",
        "uat",
        "prod",
        "--exit-code",
        "--format",
        "json",
    ];
    let compared = program.run(&arguments).await;
    assert_eq!(compared.exit_code, Some(1), "{}", compared.output());
    assert_eq!(compared.stderr, "");
    let count = json(&compared.stdout)["differing"].as_u64();
    assert!(count > Some(2), "{}", compared.stdout);
    let same = ["config", "diff", "uat", "uat", "--exit-code"];
    assert_eq!(program.run(&same).await.exit_code, Some(0));
}

/// A start that fails for any reason says nothing of the secrets it was given.
#[tokio::test]
async fn no_failing_start_repeats_a_secret() {
    let marker = "zQxMarker";
    let secrets = [
        (
            "APP_APP__DATABASE_URL",
            "postgres://desk:zQxMarker@127.0.0.1:1/desk",
        ),
        ("APP_APP__DATABASE_URL", "postgres://zQxMarker"),
        ("APP_APP__DATABASE_URL", "zQxMarker"),
        ("APP_APP__DATABASE_URL_FILE", "zQxMarker"),
        ("APP_AUTH__CLIENT_SECRET", "zQxMarker"),
        ("APP_AUTH__CLIENT_SECRET_FILE", "zQxMarker"),
        ("APP_AUTH__CLIENT_CERTIFICATE", "zQxMarker"),
        ("APP_AUTH__CLIENT_SECRETT", "zQxMarker"),
    ];
    for (variable, value) in secrets {
        for reason in ["", "everywhere"] {
            let mut program = sound("test")
                .unset("APP_APP__DATABASE_URL")
                .set(variable, value);
            if !reason.is_empty() {
                program = program.set("APP_SERVER__BIND", reason);
            } else if !variable.starts_with("APP_APP__") && !variable.ends_with("FILE") {
                // With these alone a start may succeed.
                continue;
            }
            let finished = program.run(&["serve"]).await;
            assert_ne!(finished.exit_code, Some(0), "{variable}");
            assert!(
                !finished.output().contains(marker),
                "{variable}: {}",
                finished.output()
            );
        }
    }
    let flag = ["serve", "--set", marker];
    let finished = sound("test").run(&flag).await;
    assert_eq!(
        finished.exit_code,
        EXIT_CONFIGURATION,
        "{}",
        finished.output()
    );
    assert!(!finished.output().contains(marker), "{}", finished.output());
}
