//! An example of every variable, for `docker --env-file`, systemd's `EnvironmentFile` and people.
//!
//! Values stand without quotation marks: docker would take them for a part of the value.

use std::fmt::Write as _;

use super::section;
use crate::config::key::DefaultValue;
use crate::config::parse;
use crate::config::registry::{RegisteredKey, Registry};
use crate::config::sections::Environment;

const WIDTH: usize = 110;

/// Renders the example, with the defaults of one environment; every setting is commented out.
pub(crate) fn render_dotenv(registry: &Registry, environment: Environment) -> String {
    let mut text = String::new();
    let name = environment.as_str();
    comment(
        &mut text,
        &format!(
            "Every variable, with the defaults of {name}. Written by `config env --env {name}`. \
             No quotation marks: some readers keep them."
        ),
    );
    text.push('\n');
    comment(
        &mut text,
        "Which environment this is: dev, test, staging, uat, prod. Unset counts as prod.",
    );
    let _ = writeln!(text, "APP_ENV={name}");
    comment(
        &mut text,
        "A folder with default.toml and <environment>.toml, in place of the shipped ones.",
    );
    let _ = writeln!(text, "#APP_CONFIG_DIR=/etc/app");
    let mut current = "";
    for key in registry.keys() {
        let section = section(&key.name);
        if section != current {
            current = section;
            let _ = writeln!(text, "\n# [{section}]");
        }
        text.push('\n');
        entry(&mut text, key, environment);
    }
    text
}

fn entry(text: &mut String, key: &RegisteredKey, environment: Environment) {
    comment(text, &format!("{}: {}", key.name, key.doc));
    let kind = parse::describe_for_variable(key.kind);
    let default = describe_default(key, environment);
    comment(text, &format!("{kind}; default: {default}"));
    if key.secret {
        comment(
            text,
            &format!(
                "A secret: mount it and name the file, or set {} itself.",
                key.variable
            ),
        );
        let file = key.name.replace(['.', '_'], "-");
        let _ = writeln!(text, "#{}=/run/secrets/{file}", key.file_variable());
    } else {
        let value = key.default_text(environment).unwrap_or_default();
        let _ = writeln!(text, "#{}={value}", key.variable);
    }
}

/// The default of this environment, where it depends on it.
fn describe_default(key: &RegisteredKey, environment: Environment) -> String {
    match (key.default, key.default_text(environment)) {
        (DefaultValue::ByEnvironment { .. }, Some(text)) => text.to_owned(),
        (_, _) => key.describe_default(),
    }
}

/// Adds a comment, its lines not much wider than a screen.
fn comment(text: &mut String, sentence: &str) {
    let mut width = 1;
    text.push('#');
    for word in sentence.split_whitespace() {
        if width + 1 + word.chars().count() > WIDTH {
            text.push_str("\n#");
            width = 1;
        }
        text.push(' ');
        text.push_str(word);
        width += 1 + word.chars().count();
    }
    text.push('\n');
}

#[cfg(test)]
mod tests;
