//! What operators ask of a configuration: `config check`, `config explain`, `config diff`.
//!
//! Each renders an [`Inspection`](super::load::Inspection), which also exists when the configuration may not run.
//! Invariant: values are shown by [`Candidate::shown`](super::merge::Candidate::shown) or as a
//! [`Value`], and so never a secret.

mod check;
mod diff;
mod explain;

use std::fmt::Write as _;

use serde_json::{Value as Json, json};

use super::derived;
use super::key::DefaultValue;
use super::load::Inspection;
use super::merge::{Outcome, RawConfig, Setting};
use super::sections::SecretText;
use super::value::Value;

pub(crate) use check::{render_check, render_check_all, render_check_json};
pub(crate) use diff::Comparison;
pub(crate) use explain::Explanation;

/// The widest column of a table; what is longer moves the rest of its line.
const WIDEST_COLUMN: usize = 60;

/// The value that counts, from a layer or made of other keys; `None` when there is none or it is invalid.
fn effective(setting: &Setting, raw: &RawConfig) -> Option<Value> {
    match (&setting.outcome, setting.key.default) {
        // Whatever the key, what comes from the vault is a secret.
        (Outcome::Value(value), _) if setting.is_vaulted() => {
            Some(Value::Secret(SecretText(value.to_string())))
        }
        (Outcome::Value(value), _) => Some(value.clone()),
        (Outcome::Unset, DefaultValue::Derived(_)) => derived::derive(raw, &setting.key.name),
        (Outcome::Unset | Outcome::Invalid | Outcome::Unread, _) => None,
    }
}

/// Value and origin of a key in words.
fn show(setting: &Setting, raw: &RawConfig) -> (String, String) {
    match (&setting.winner, setting.key.default) {
        (Some(winner), _) => (setting.shown(), winner.origin.to_string()),
        (None, DefaultValue::Derived(words)) => match effective(setting, raw) {
            Some(value) => (value.to_string(), format!("derived: {words}")),
            None => (words.to_owned(), "derived".to_owned()),
        },
        (None, _) => {
            let origin = format!("not set ({})", setting.key.variable);
            (setting.shown(), origin)
        }
    }
}

/// `environment prod (variable APP_ENV)`.
fn render_environment(inspection: &Inspection) -> String {
    let chosen_by = match &inspection.environment_origin {
        Some(origin) => origin.to_string(),
        None => "APP_ENV is not set, which counts as prod".to_owned(),
    };
    let name = inspection
        .environment
        .map_or("unknown", |environment| environment.as_str());
    format!("environment {name} ({chosen_by})")
}

fn environment_to_json(inspection: &Inspection) -> Json {
    json!({
        "name": inspection.environment.map(|environment| environment.as_str()),
        "origin": inspection.environment_origin.as_ref().map(super::origin::Origin::to_json),
    })
}

/// `1 warning`, `2 warnings`.
fn count(number: usize, noun: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{ending}")
}

/// The width that a column needs.
fn width<'a>(cells: impl Iterator<Item = &'a str>) -> usize {
    let widest = cells.map(|cell| cell.chars().count()).max().unwrap_or(0);
    widest.min(WIDEST_COLUMN)
}

/// Adds a line. Writing to a String cannot fail.
fn line(text: &mut String, line: impl AsRef<str>) {
    let _ = writeln!(text, "{}", line.as_ref().trim_end());
}

/// JSON for programs, with a line end as text files have one.
fn render_json(value: &Json) -> String {
    format!("{value:#}\n")
}
