//! `--check FILE`: is the file what the application would write now?

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// Differing lines shown before the rest is only counted.
const MAX_LINES_SHOWN: usize = 20;

/// Compares what a command would print with a file.
///
/// # Errors
/// A message with the first differing lines and the command that mends the file.
pub(crate) fn check(command: &str, expected: &str, file: &Path) -> Result<(), String> {
    let shown = file.display();
    let found =
        fs::read_to_string(file).map_err(|error| format!("{shown} cannot be read: {error}"))?;
    if found == expected {
        return Ok(());
    }
    let mut message = format!("{shown} is not what the application describes now:\n");
    let differing = differing_lines(&found, expected);
    for line in differing.iter().take(MAX_LINES_SHOWN) {
        // Writing to a String cannot fail.
        let _ = writeln!(message, "{line}");
    }
    if let Some(more) = differing
        .len()
        .checked_sub(MAX_LINES_SHOWN)
        .filter(|more| *more > 0)
    {
        let _ = writeln!(message, "  .. and {more} lines more");
    }
    let _ = write!(
        message,
        "review the difference, then write the file again with the command `{command}`"
    );
    Err(message)
}

/// Lines that stand in only one of the texts, each with its sign, in order; a line that moved counts as unchanged.
fn differing_lines(found: &str, expected: &str) -> Vec<String> {
    let only_in = |text: &str, other: &str, sign: char| {
        let mut rest: Vec<&str> = other.lines().collect();
        rest.sort_unstable();
        let mut counts: std::collections::BTreeMap<&str, usize> = Default::default();
        for line in rest {
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
    fn a_file_that_is_not_there_is_drift() {
        let message = check("matrix", "", Path::new("no/such/file")).unwrap_err();
        assert!(message.contains("no/such/file"), "{message}");
    }
}
