//! The table at the end, for people and for programs.

use std::fmt::{self, Write as _};

use serde_json::json;

use super::ledger::{Ledger, Outcome, milliseconds};

/// Renders the table, then each thing to do, the worst first.
pub(super) fn render_text(ledger: &Ledger, address: &str) -> String {
    let mut text = String::new();
    write_text(&mut text, ledger, address).expect("writing to a String cannot fail");
    text
}

/// Renders everything for programs. Members may be added; none changes its meaning.
pub(super) fn render_json(ledger: &Ledger, address: &str) -> String {
    let checks = ledger.rows.iter().map(|row| {
        json!({
            "check": row.name,
            "result": row.finding.outcome.code(),
            "found": row.finding.found,
            "fix": row.finding.fix,
            "milliseconds": row.elapsed.as_millis() as u64,
        })
    });
    let counts = Outcome::ALL
        .into_iter()
        .map(|outcome| (outcome.code().to_owned(), json!(ledger.count(outcome))));
    let value = json!({
        "url": address,
        "verdict": verdict(ledger.worst()),
        "counts": serde_json::Map::from_iter(counts),
        "milliseconds": ledger.elapsed().as_millis() as u64,
        "checks": checks.collect::<Vec<_>>(),
    });
    format!("{value:#}\n")
}

/// The one word that stands for everything.
pub(super) fn verdict(worst: Outcome) -> &'static str {
    match worst {
        Outcome::Passed | Outcome::Skipped | Outcome::Warned => "passed",
        Outcome::NotRun => "could not run",
        Outcome::Failed => "failed",
        Outcome::Breached => "breach",
    }
}

fn write_text(text: &mut String, ledger: &Ledger, address: &str) -> fmt::Result {
    writeln!(text, "smoke test of {address}\n")?;
    let names = ledger.rows.iter().map(|row| row.name.chars().count());
    let width = names.max().unwrap_or(0).max("check".len());
    writeln!(
        text,
        "{:7}  {:>8}  {:width$}  found",
        "result", "time", "check"
    )?;
    for row in &ledger.rows {
        let finding = &row.finding;
        let (word, time) = (finding.outcome.word(), milliseconds(row.elapsed));
        writeln!(
            text,
            "{word:7}  {time:>8}  {:width$}  {}",
            row.name, finding.found
        )?;
    }
    for outcome in Outcome::ALL {
        let rows = ledger
            .rows
            .iter()
            .filter(|row| row.finding.outcome == outcome);
        for row in rows {
            if let Some(fix) = &row.finding.fix {
                writeln!(
                    text,
                    "\n{} {}: {}\n  fix  {fix}",
                    outcome.word(),
                    row.name,
                    row.finding.found
                )?;
            }
        }
    }
    let counts = Outcome::ALL.into_iter().filter_map(|outcome| {
        let count = ledger.count(outcome);
        (count > 0).then(|| format!("{count} {}", outcome.word()))
    });
    let counts = counts.collect::<Vec<_>>().join(", ");
    let seconds = ledger.elapsed().as_secs_f64();
    writeln!(
        text,
        "\n{}: {counts}, in {seconds:.1} s",
        verdict(ledger.worst())
    )
}
