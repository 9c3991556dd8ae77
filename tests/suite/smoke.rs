//! `smoke`: what it says of a deployment that works, of one that does not, and of what stands in front of it.

mod azure_cli;
mod dev;
mod foreign;
mod poc;
mod verdicts;
mod wrong;

use serde_json::Value;

use crate::harness::{Finished, Program, Token};

/// What one run said, as a program reads it.
struct Smoke {
    finished: Finished,
    report: Value,
}

impl Smoke {
    /// Tests a deployment with this token on standard input, and checks that nothing of the token is written.
    async fn with_token(url: &str, token: &str, arguments: &[&str]) -> Self {
        Self::run(
            &Program::bare(),
            url,
            token,
            &[&["--token", "-"], arguments].concat(),
        )
        .await
    }

    /// Runs the program, whatever it gets its token from; `token` is what must not be written.
    async fn run(program: &Program, url: &str, token: &str, arguments: &[&str]) -> Self {
        let arguments = [&["smoke", "--url", url, "--format", "json"], arguments].concat();
        let finished = program.run_with_input(&arguments, token).await;
        check_unseen(&finished, token);
        let report = serde_json::from_str(&finished.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}", finished.output()));
        Self { finished, report }
    }

    #[track_caller]
    fn expect(self, exit_code: i32) -> Self {
        assert_eq!(self.finished.exit_code, Some(exit_code), "{self}");
        let verdict = &self.report["verdict"];
        let expected: &[&str] = match exit_code {
            0 => &["passed"],
            1 => &["failed", "breach"],
            _ => &["could not run"],
        };
        assert!(expected.iter().any(|word| verdict == word), "{verdict}");
        self
    }

    /// The line of a check.
    #[track_caller]
    fn check(&self, name: &str) -> &Value {
        let checks = self.report["checks"].as_array().expect("checks are a list");
        let found = checks.iter().find(|check| check["check"] == name);
        found.unwrap_or_else(|| panic!("no check {name}: {self}"))
    }

    /// Checks a line: its result, and words of what was found and of the fix.
    #[track_caller]
    fn says(&self, name: &str, result: &str, words: &[&str]) {
        let check = self.check(name);
        assert_eq!(check["result"], result, "{name}: {self}");
        let text = format!("{} {}", check["found"], check["fix"]);
        for word in words {
            assert!(text.contains(word), "{word:?} is not in {text}");
        }
        let has_fix = check["fix"].is_string();
        let needs_fix = !matches!(result, "ok" | "skipped");
        assert_eq!(has_fix, needs_fix, "{check}");
    }
}

impl std::fmt::Display for Smoke {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}", self.finished.output())
    }
}

/// No part of the token stands in either output: not its claims, which name a person, and not its signature.
#[track_caller]
fn check_unseen(finished: &Finished, token: &str) {
    let output = finished.output();
    for part in token.split('.').filter(|part| part.len() >= 8) {
        assert!(!output.contains(part), "a part of the token is written");
        assert!(
            !output.contains(&part[..part.len() / 2]),
            "half a part of the token is written"
        );
    }
}

/// The text of a token.
fn text(token: &Token) -> String {
    token.to_string()
}
