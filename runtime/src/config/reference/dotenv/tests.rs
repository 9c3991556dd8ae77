use std::collections::BTreeMap;

use super::render_dotenv;
use crate::config::Registry;
use crate::config::key::Kind;
use crate::config::parse;
use crate::config::sections::Environment;
use crate::config::tests::sources::{DATABASE, valid};

/// What a reader of such files makes of it, comments taken off.
fn uncommented(text: &str) -> BTreeMap<String, String> {
    text.lines()
        .map(|line| line.strip_prefix('#').unwrap_or(line))
        .filter(|line| !line.starts_with(' '))
        .filter_map(|line| line.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

#[test]
fn every_variable_is_named_once_and_secrets_by_their_file() {
    let registry = Registry::new(DATABASE);
    let text = render_dotenv(&registry, Environment::Prod);
    let variables = uncommented(&text);
    for key in registry.keys() {
        let name = if key.secret {
            key.file_variable()
        } else {
            key.variable.clone()
        };
        assert!(variables.contains_key(&name), "{name} is missing");
        assert_eq!(text.matches(&format!("\n#{name}=")).count(), 1, "{name}");
        assert!(text.contains(&format!("# {}: ", key.name)), "{}", key.name);
        assert!(!key.secret || !variables.contains_key(&key.variable));
    }
    assert_eq!(variables["APP_ENV"], "prod");
    assert_eq!(
        variables["APP_APP__DATABASE_URL_FILE"],
        "/run/secrets/app-database-url"
    );
}

#[test]
fn what_it_sets_when_uncommented_is_what_holds_without_it() {
    for environment in Environment::ALL {
        let text = render_dotenv(&Registry::new(&[]), environment);
        let without = valid(environment);
        let mut with = without.clone();
        for (name, value) in uncommented(&text) {
            if !value.is_empty() && !name.ends_with("_FILE") && name != "APP_CONFIG_DIR" {
                with.variables.insert(name, value);
            }
        }
        assert!(with.variables.len() > without.variables.len() + 20);
        let (with, without) = (with.loaded(), without.loaded());
        assert_eq!(
            format!("{:?}", with.config),
            format!("{:?}", without.config)
        );
    }
}

#[test]
fn no_line_is_wider_than_a_screen_and_no_value_is_quoted() {
    let text = render_dotenv(&Registry::new(DATABASE), Environment::Dev);
    for line in text.lines() {
        assert!(line.chars().count() <= super::WIDTH + 1, "{line}");
        assert!(line.starts_with("# ") || !line.contains('"'), "{line}");
    }
    // A reader would copy them; those inside of a table belong there.
    for key in Registry::new(DATABASE).keys() {
        let words = parse::describe_for_variable(key.kind);
        let is_plain = !words.contains('"') && !words.contains("quotation");
        assert!(is_plain || key.kind == Kind::Table, "{}: {words}", key.name);
    }
}
