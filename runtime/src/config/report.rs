//! `config check`: every key with value and origin, then the warnings, then the verdict.

use std::fmt::Write;

use super::key::DefaultValue;
use super::keys;
use super::load::Loaded;
use super::merge::Setting;
use super::sections::Config;
use super::value::Value;

/// Renders what `config check` prints when the configuration may run. A refused one prints its
/// [`ConfigError`](super::ConfigError).
pub(crate) fn render_check(loaded: &Loaded) -> String {
    let report = &loaded.report;
    let chosen_by = match &report.environment_origin {
        Some(origin) => origin.to_string(),
        None => "APP_ENV is not set, which counts as prod".to_owned(),
    };
    let name = report.environment.as_str();
    let rows: Vec<[String; 3]> = report
        .raw
        .settings()
        .iter()
        .map(|setting| row(setting, &loaded.config))
        .collect();
    let width = |column: usize| {
        rows.iter()
            .map(|row| row[column].chars().count())
            .max()
            .unwrap_or(0)
            .min(60)
    };
    let (key_width, value_width) = (width(0), width(1));
    let mut text = format!("environment {name} ({chosen_by})\n\n");
    for [key, value, origin] in &rows {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{key:key_width$}  {value:value_width$}  {origin}");
    }
    for warning in &loaded.warnings {
        let _ = write!(text, "\nwarning {warning}\n");
    }
    let count = loaded.warnings.len();
    let noun = if count == 1 { "warning" } else { "warnings" };
    let _ = writeln!(text, "\nok: {name}, {count} {noun}");
    text
}

fn row(setting: &Setting, config: &Config) -> [String; 3] {
    let name = setting.key.name.clone();
    match (&setting.winner, setting.key.default) {
        (Some(winner), _) => [name, setting.shown(), winner.origin.to_string()],
        (None, DefaultValue::Derived(words)) => match derived(&name, config) {
            Some(value) => [name, value, format!("derived: {words}")],
            None => [name, words.to_owned(), "derived".to_owned()],
        },
        (None, _) => {
            let origin = format!("not set ({})", setting.key.variable);
            [name, setting.shown(), origin]
        }
    }
}

/// What a derived key came to, where the words alone would leave the operator to work it out.
fn derived(name: &str, config: &Config) -> Option<String> {
    let authentication = &config.authentication;
    if name == keys::ISSUER.def.name {
        Some(authentication.issuer.clone())
    } else if name == keys::APP_ID_URIS.def.name {
        Some(Value::List(authentication.app_id_uris.clone()).to_string())
    } else {
        None
    }
}
