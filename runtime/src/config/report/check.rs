//! `config check`: every key with value and origin, then the warnings, then the verdict; for one environment or all.

use serde_json::{Value as Json, json};

use super::{count, environment_to_json, line, render_environment, render_json, show, width};
use crate::config::finding::{ConfigError, Finding, Severity};
use crate::config::load::Inspection;
use crate::config::sections::Environment;

/// One environment and what became of it.
type Checked = (Environment, Inspection);

/// Renders what `config check` prints when the configuration may run. A refused one prints its
/// [`ConfigError`].
pub(crate) fn render_check(inspection: &Inspection) -> String {
    let rows: Vec<[String; 3]> = inspection
        .raw
        .settings()
        .iter()
        .map(|setting| {
            let (value, origin) = show(setting, &inspection.raw);
            [setting.key.name.clone(), value, origin]
        })
        .collect();
    let column = |index: usize| width(rows.iter().map(|row| row[index].as_str()));
    let (key_width, value_width) = (column(0), column(1));
    let mut text = format!("{}\n\n", render_environment(inspection));
    for [key, value, origin] in &rows {
        line(
            &mut text,
            format!("{key:key_width$}  {value:value_width$}  {origin}"),
        );
    }
    for warning in &inspection.findings {
        line(&mut text, format!("\nwarning {warning}"));
    }
    let environment = inspection.raw.environment.as_str();
    let warnings = count(inspection.findings.len(), "warning");
    line(&mut text, format!("\nok: {environment}, {warnings}"));
    text
}

/// Renders what `config check --all` prints: a verdict for each environment, then every finding once, with the
/// environments it was found in.
pub(crate) fn render_check_all(all: &[Checked]) -> String {
    let mut text = String::new();
    for (environment, inspection) in all {
        let name = environment.as_str();
        line(&mut text, format!("{name:8} {}", verdict(inspection)));
    }
    for (finding, environments) in join(all) {
        let names = environments.join(", ");
        let severity = match finding.severity {
            Severity::Error => "",
            Severity::Warning => "warning ",
        };
        line(
            &mut text,
            format!("\n{severity}{finding}\n    in:   {names}"),
        );
    }
    text
}

/// The same for programs; one environment is a list of one.
pub(crate) fn render_check_json(all: &[&Inspection]) -> String {
    let environments: Vec<Json> = all
        .iter()
        .map(|inspection| {
            let findings: Vec<Json> = inspection.findings.iter().map(Finding::to_json).collect();
            json!({
                "environment": environment_to_json(inspection),
                "ok": inspection.check().is_ok(),
                "findings": findings,
            })
        })
        .collect();
    render_json(&json!({ "environments": environments }))
}

fn verdict(inspection: &Inspection) -> String {
    match inspection.check() {
        Ok(()) => format!("ok, {}", count(inspection.findings.len(), "warning")),
        Err(ConfigError {
            problems, warnings, ..
        }) => format!(
            "refused: {}, {}",
            count(problems.len(), "problem"),
            count(warnings.len(), "warning")
        ),
    }
}

/// Every finding once, in the order of their numbers.
fn join(all: &[Checked]) -> Vec<(&Finding, Vec<&'static str>)> {
    let mut joined: Vec<(&Finding, Vec<&'static str>)> = Vec::new();
    for (environment, inspection) in all {
        for finding in &inspection.findings {
            match joined.iter_mut().find(|(earlier, _)| *earlier == finding) {
                Some((_, names)) if names.last() == Some(&environment.as_str()) => {}
                Some((_, names)) => names.push(environment.as_str()),
                None => joined.push((finding, vec![environment.as_str()])),
            }
        }
    }
    joined.sort_by_key(|(finding, _)| finding.id);
    joined
}
