//! `--check FILE`: is the file what the application would write now, and if not, what does that mean?

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use portcullis_api_spec::drift::{self, Description, Difference, Effect};
use serde_json::Value;

use crate::cli::{CommandError, print};

/// What stands at the end of `--help` of every command that has `--check`.
pub(super) const EXIT_CODES: &str = "\
Exit codes of --check, the worst difference wins:
  0  no difference
  1  another difference: narrows access, harmless, or in a format whose lines cannot be judged
  2  FILE cannot be read, or is no description of this kind
  3  breaks clients
  4  widens access

One line a difference on standard output: `EFFECT: PLACE: WHAT`. FILE is the earlier side. JSON and YAML are judged; \
the formats for people are compared line by line.";

/// What a command prints, and how two of them can be told apart.
pub(super) struct Artifact {
    /// The command that writes the file again.
    pub(super) command: String,
    pub(super) text: String,
    pub(super) syntax: Syntax,
}

/// How a text is read back.
#[derive(Debug, Clone, Copy)]
pub(super) enum Syntax {
    Json(Description),
    Yaml(Description),
    /// For people: lines are all there is to compare.
    Lines,
}

/// A file that is not what the application would write now.
#[derive(Debug, thiserror::Error)]
#[error(
    "{file} is not what the application describes now\n  review the difference, then write the file again: {command} > {file}"
)]
pub(in crate::cli) struct Drift {
    file: String,
    command: String,
    worst: Option<Effect>,
}

impl Drift {
    pub(in crate::cli) fn exit_code(&self) -> ExitCode {
        ExitCode::from(match self.worst {
            Some(Effect::WidensAccess) => 4,
            Some(Effect::BreaksClients) => 3,
            Some(Effect::NarrowsAccess | Effect::Harmless) | None => 1,
        })
    }
}

/// Prints an artifact, or compares it with a file.
///
/// # Errors
/// [`CommandError::Drift`] after the differences have been printed, [`CommandError::Unreadable`] without a file
/// of this kind.
pub(super) fn print_or_check(artifact: &Artifact, file: Option<&Path>) -> Result<(), CommandError> {
    let Some(file) = file else {
        print(&artifact.text);
        return Ok(());
    };
    match find_drift(artifact, file).map_err(CommandError::Unreadable)? {
        None => Ok(()),
        Some((report, drift)) => {
            print(&report);
            Err(CommandError::Drift(drift))
        }
    }
}

/// Compares an artifact with a file: the report, one line a difference, and what follows from it.
///
/// # Errors
/// Why the file cannot be read.
pub(super) fn find_drift(
    artifact: &Artifact,
    file: &Path,
) -> Result<Option<(String, Drift)>, String> {
    let shown = file.display().to_string();
    let found =
        fs::read_to_string(file).map_err(|error| format!("{shown} cannot be read: {error}"))?;
    if found == artifact.text {
        return Ok(None);
    }
    let (report, worst) = compare(artifact, &found).map_err(|why| format!("{shown} {why}"))?;
    let drift = Drift {
        command: artifact.command.clone(),
        file: shown,
        worst,
    };
    Ok(Some((report, drift)))
}

/// Reads a text back, or says what it is not.
type Reader = fn(&str) -> Result<Value, String>;

/// The lines that tell of the differences, and the gravest of them.
fn compare(artifact: &Artifact, found: &str) -> Result<(String, Option<Effect>), String> {
    let (description, read): (_, Reader) = match artifact.syntax {
        Syntax::Lines => return Ok((render_lines(found, &artifact.text), None)),
        Syntax::Json(description) => (description, |text| {
            serde_json::from_str(text).map_err(|error| format!("is not JSON: {error}"))
        }),
        Syntax::Yaml(description) => (description, |text| {
            yaml_serde::from_str(text).map_err(|error| format!("is not YAML: {error}"))
        }),
    };
    let before = read(found)?;
    description
        .check(&before)
        .map_err(|why| format!("is {why}"))?;
    let after = read(&artifact.text).expect("what this program renders it can read");
    let mut differences = drift::compare(description, &before, &after);
    if differences.is_empty() {
        differences.push(Difference {
            effect: Effect::Harmless,
            place: "the file".to_owned(),
            what: "the same content, written otherwise".to_owned(),
        });
    }
    let mut report = String::new();
    for difference in &differences {
        // Writing to a String cannot fail.
        let _ = writeln!(report, "{difference}");
    }
    let _ = writeln!(report, "{}", drift::render_summary(&differences));
    Ok((report, differences.iter().map(|it| it.effect).max()))
}

/// Every line that stands on one side only, with its sign.
fn render_lines(found: &str, expected: &str) -> String {
    let differing = differing_lines(found, expected);
    let mut report = String::new();
    for line in &differing {
        let _ = writeln!(report, "{line}");
    }
    let count = differing.len();
    let _ = writeln!(
        report,
        "{count} lines differ; what that means is told for JSON"
    );
    report
}

/// Lines that stand in only one of the texts, each with its sign, in order; a line that moved counts as unchanged.
fn differing_lines(found: &str, expected: &str) -> Vec<String> {
    let only_in = |text: &str, other: &str, sign: char| {
        let mut counts: std::collections::BTreeMap<&str, usize> = Default::default();
        for line in other.lines() {
            *counts.entry(line).or_default() += 1;
        }
        let mut lines = Vec::new();
        for line in text.lines() {
            match counts.get_mut(line) {
                Some(count) if *count > 0 => *count -= 1,
                Some(_) | None => lines.push(format!("{sign} {line}")),
            }
        }
        lines
    };
    let mut lines = only_in(found, expected, '-');
    lines.extend(only_in(expected, found, '+'));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_in_only_one_text_are_named_with_their_sign() {
        let lines = differing_lines("a\nb\nc\n", "a\nc\nd\n");
        assert_eq!(lines, ["- b", "+ d"]);
    }

    #[test]
    fn the_worst_effect_decides_the_exit_code() {
        let table = [
            (None, 1),
            (Some(Effect::Harmless), 1),
            (Some(Effect::NarrowsAccess), 1),
            (Some(Effect::BreaksClients), 3),
            (Some(Effect::WidensAccess), 4),
        ];
        for (worst, code) in table {
            let drift = Drift {
                file: String::new(),
                command: String::new(),
                worst,
            };
            assert_eq!(drift.exit_code(), ExitCode::from(code), "{worst:?}");
        }
    }
}
