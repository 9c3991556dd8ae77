//! A TOML file as a layer: every value with its line and column, every unknown key refused.
//!
//! `toml`'s spanned tables are walked along the registry: a table that is a section is entered, a key that is
//! registered is taken, everything else is a finding. Values of unknown keys are never printed.

use std::collections::BTreeSet;

use figment::value::{Dict, Value as Raw};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::Layer;
use crate::config::finding::{Finding, FindingId};
use crate::config::guardrails::RuleId;
use crate::config::origin::Origin;
use crate::config::registry::Registry;
use crate::config::sections::Environment;

/// Reads one file. What cannot be parsed is left out and reported.
pub(crate) fn read_file(
    name: &str,
    text: &str,
    registry: &Registry,
    findings: &mut Vec<Finding>,
) -> Layer {
    let (document, errors) = DeTable::parse_recoverable(text);
    let mut broken_lines = BTreeSet::new();
    for error in errors {
        let start = error.span().map_or(0, |span| span.start);
        let (line, _) = line_and_column(text, start);
        broken_lines.insert(line);
        // The error's own Display would quote the line, which may hold a secret.
        let place = locate(name, text, start);
        let what = format!("{place}: not TOML: {}", error.message());
        findings.push(
            Finding::error(FindingId::File, what)
                .fix("correct the line; what it sets was left out of the other checks"),
        );
    }
    let mut walk = Walk {
        name,
        text,
        registry,
        findings,
        broken_lines,
        layer: Layer::new(name),
    };
    walk.table(document.get_ref(), "");
    walk.layer
}

struct Walk<'a> {
    name: &'a str,
    text: &'a str,
    registry: &'a Registry,
    findings: &'a mut Vec<Finding>,
    /// What stands there is a guess of the parser's.
    broken_lines: BTreeSet<usize>,
    layer: Layer,
}

impl Walk<'_> {
    fn table(&mut self, table: &DeTable<'_>, prefix: &str) {
        for (field, value) in table {
            let (line, _) = line_and_column(self.text, field.span().start);
            if self.broken_lines.contains(&line) {
                continue;
            }
            let path = if prefix.is_empty() {
                field.get_ref().to_string()
            } else {
                format!("{prefix}.{}", field.get_ref())
            };
            let origin = locate(self.name, self.text, field.span().start);
            self.entry(&path, value, origin);
        }
    }

    fn entry(&mut self, path: &str, value: &Spanned<DeValue<'_>>, origin: Origin) {
        if self.registry.get(path).is_some() {
            match to_raw(value.get_ref()) {
                Ok(raw) => self.layer.set(path, raw, origin),
                Err(reason) => self.findings.push(
                    Finding::error(FindingId::Value, format!("{path}: {reason}"))
                        .about(path)
                        .from(origin.to_string()),
                ),
            }
        } else if self.registry.is_section(path) {
            match value.get_ref().as_table() {
                Some(table) => self.table(table, path),
                None => self.findings.push(
                    Finding::error(
                        FindingId::Value,
                        format!("{path} is a section, not a value"),
                    )
                    .from(origin.to_string())
                    .fix(format!("write [{path}] and its fields below")),
                ),
            }
        } else {
            self.findings.push(self.unknown(path, &origin));
        }
    }

    fn unknown(&self, path: &str, origin: &Origin) -> Finding {
        let id = FindingId::Rule(RuleId::Pc10);
        if !path.contains('.') && is_environment_word(path) {
            return Finding::error(id, format!("table [{path}] names an environment"))
                .why("files are chosen by environment; a table of that name would be silently ignored")
                .from(origin.to_string())
                .fix(format!("put these settings into {path}.toml, below their own section"));
        }
        let finding = Finding::error(id, format!("unknown key {path}"))
            .why("a setting that is not read protects nobody")
            .from(origin.to_string());
        match self.registry.suggest_key(path) {
            Some(near) => finding.fix(format!("did you mean {near}?")),
            None => finding.fix("take it out, or see the configuration reference for its name"),
        }
    }
}

/// Names of environments here, and of profiles in tools that read such tables.
fn is_environment_word(word: &str) -> bool {
    const FOREIGN: [&str; 7] = [
        "default",
        "global",
        "debug",
        "release",
        "development",
        "production",
        "local",
    ];
    Environment::parse(word).is_some() || FOREIGN.contains(&word)
}

fn to_raw(value: &DeValue<'_>) -> Result<Raw, String> {
    match value {
        DeValue::String(text) => Ok(Raw::from(text.as_ref())),
        DeValue::Boolean(value) => Ok(Raw::from(*value)),
        DeValue::Integer(integer) => i64::from_str_radix(integer.as_str(), integer.radix())
            .map(Raw::from)
            .map_err(|_| "the number is too large".to_owned()),
        DeValue::Float(float) => float
            .as_str()
            .parse::<f64>()
            .map(Raw::from)
            .map_err(|_| "not a number".to_owned()),
        DeValue::Datetime(_) => {
            Err("no setting is a date; put quotation marks around it".to_owned())
        }
        DeValue::Array(items) => items
            .iter()
            .map(|item| to_raw(item.get_ref()))
            .collect::<Result<Vec<Raw>, String>>()
            .map(Raw::from),
        DeValue::Table(table) => {
            let mut dict = Dict::new();
            for (field, value) in table.iter() {
                dict.insert(field.get_ref().to_string(), to_raw(value.get_ref())?);
            }
            Ok(Raw::from(dict))
        }
    }
}

fn locate(name: &str, text: &str, offset: usize) -> Origin {
    let (line, column) = line_and_column(text, offset);
    Origin::File {
        file: name.to_owned(),
        line,
        column,
    }
}

/// Line and column of a byte offset, both from 1, the column in characters.
fn line_and_column(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let line = before.matches('\n').count() + 1;
    (line, before[line_start..].chars().count() + 1)
}
