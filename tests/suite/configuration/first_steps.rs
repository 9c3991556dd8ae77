//! From a fresh clone to a configuration that may run in prod, with nothing to read but what the program says.

use std::collections::BTreeSet;

use super::EXIT_CONFIGURATION;
use crate::harness::{CLIENT_ID, Program, TENANT_ID};

/// What an operator has at hand, by the words a message uses for it.
const AT_HAND: [(&str, &str); 3] = [
    ("Directory (tenant) ID", TENANT_ID),
    ("Application (client) ID", CLIENT_ID),
    (
        "postgres://user@host/database",
        "postgres://desk@db.contoso.com/desk",
    ),
];

/// More rounds than messages can need; each must bring the operator further.
const ROUNDS: usize = 5;

/// One finding as printed, from its first line to the blank line after it.
fn findings(output: &str) -> impl Iterator<Item = &str> {
    output
        .split("\n\n")
        .filter(|block| block.contains("\n    fix:"))
}

/// `set NAME to the WHAT`, `set NAME`: the variables that a finding asks for, each with what the text says after it.
fn asked_for(finding: &str) -> Vec<(String, String)> {
    let fix = finding
        .split("fix:")
        .nth(1)
        .expect("every finding says how to fix it");
    let is_variable = |word: &str| {
        word.contains('_')
            && word
                .bytes()
                .all(|byte| byte.is_ascii_uppercase() || byte == b'_')
    };
    // The first of several ways will do.
    let fix = fix.split(", or ").next().unwrap_or(fix);
    let words: Vec<&str> = fix.split_whitespace().collect();
    let places: Vec<usize> = (0..words.len())
        .filter(|place| is_variable(words[*place].trim_end_matches(',')))
        .collect();
    places
        .iter()
        .enumerate()
        .map(|(index, place)| {
            let end = places.get(index + 1).copied().unwrap_or(words.len());
            let name = words[*place].trim_end_matches(',').to_owned();
            // What it is stands behind the name, or in the sentence about the key.
            let about = words[*place..end].join(" ");
            let why = finding.split("why:").nth(1).unwrap_or_default();
            (name, format!("{about} {why}"))
        })
        .collect()
}

#[tokio::test]
async fn an_operator_gets_to_a_sound_configuration_by_the_messages_alone() {
    let mut program = Program::bare();
    let mut set = BTreeSet::new();
    for round in 0..ROUNDS {
        let checked = program.run(&["config", "check", "--env", "prod"]).await;
        if checked.exit_code == Some(0) {
            assert!(round > 0, "an empty environment must not pass");
            assert!(
                checked.stdout.contains("ok: prod, 0 warnings"),
                "{}",
                checked.stdout
            );
            assert_eq!(set.len(), AT_HAND.len(), "{set:?}");
            return;
        }
        let output = checked.output();
        assert_eq!(checked.exit_code, EXIT_CONFIGURATION, "{output}");
        let before = set.len();
        for finding in findings(&output) {
            for (name, about) in asked_for(finding) {
                let answer = AT_HAND.iter().find(|(words, _)| about.contains(words));
                if let Some((_, value)) = answer
                    && set.insert(name.clone())
                {
                    program = program.set(&name, *value);
                }
            }
        }
        assert!(
            set.len() > before,
            "no message of round {round} says what to do:\n{output}"
        );
    }
    panic!("not there after {ROUNDS} rounds: {set:?}");
}

/// The other way in: the example of variables, with the three values filled in.
#[tokio::test]
async fn the_example_of_variables_is_a_sound_start() {
    let example = Program::bare()
        .run(&["config", "env", "--env", "prod"])
        .await
        .stdout;
    let mut program = Program::bare();
    for line in example.lines().filter(|line| !line.starts_with('#')) {
        if let Some((name, value)) = line.split_once('=') {
            program = program.set(name, value);
        }
    }
    for (name, value) in [
        ("AZURE_TENANT_ID", TENANT_ID),
        ("AZURE_AD_CLIENT_ID", CLIENT_ID),
        ("APP_APP__DATABASE_URL", AT_HAND[2].1),
    ] {
        assert!(
            example.contains(&format!("#{name}")),
            "{name} is not in the example"
        );
        program = program.set(name, value);
    }
    let checked = program.run(&["config", "check"]).await;
    assert_eq!(checked.exit_code, Some(0), "{}", checked.output());
}

#[tokio::test]
async fn an_operator_in_a_wrong_spelling_is_told_the_right_one() {
    for (arguments, hint) in [
        (
            &["config", "check", "--env", "production"][..],
            "did you mean prod?",
        ),
        (
            &["config", "diff", "uat", "production"],
            "write exactly one of dev, test, staging, uat, prod",
        ),
        (&["config", "env", "--env", "PROD"], "write exactly one of"),
    ] {
        let finished = Program::bare().run(arguments).await;
        assert_ne!(finished.exit_code, Some(0), "{arguments:?}");
        assert!(finished.output().contains(hint), "{}", finished.output());
    }
}
