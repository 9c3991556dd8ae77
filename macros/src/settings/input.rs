//! First step: the words of `#[setting(..)]`, each once, and what stands behind them.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use syn::ext::IdentExt;
use syn::{Attribute, Ident, Meta};

use crate::errors::Errors;
use crate::input::{self, Value, Word};
use crate::similar;

/// The words that need a value, and those that do not take one.
pub(super) const WITH_VALUE: &[&str] = &["default", "min", "max", "check"];
pub(super) const ALONE: &[&str] = &["secret", "refreshable"];

/// What one field says.
#[derive(Default)]
pub(super) struct Words {
    pub(super) values: BTreeMap<String, (Ident, TokenStream)>,
    pub(super) alone: BTreeMap<String, Ident>,
}

/// Reads all `#[setting(..)]` of a field.
pub(super) fn read(attributes: &[Attribute], errors: &mut Errors) -> Words {
    let mut words = Words::default();
    let own = attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("setting"));
    for attribute in own {
        let Meta::List(list) = &attribute.meta else {
            let message = "it says nothing; write `#[setting(default = \"..\")]` or leave it out";
            errors.on(attribute, message);
            continue;
        };
        for word in input::read_words(list.tokens.clone(), errors) {
            match word {
                Word::Named(name, value) => sort(name, value, &mut words, errors),
                Word::Text(text) => errors.on(text, "say what this text is: `default = \"..\"`"),
            }
        }
    }
    words
}

fn sort(name: Ident, value: Value, words: &mut Words, errors: &mut Errors) {
    let written = name.unraw().to_string();
    let is_repeated = words.values.contains_key(&written) || words.alone.contains_key(&written);
    if is_repeated {
        let message = format!("`{written}` is written twice; leave one of them out");
        errors.on(name, message);
        return;
    }
    let takes_value = WITH_VALUE.contains(&written.as_str());
    if !takes_value && !ALONE.contains(&written.as_str()) {
        let suggestion = similar::suggestion(&written, &[WITH_VALUE, ALONE].concat());
        errors.on(name, format!("unknown word `{written}`{suggestion}"));
        return;
    }
    match (takes_value, value) {
        (true, Value::Assigned(value)) => {
            words.values.insert(written, (name, value));
        }
        (false, Value::Nothing) => {
            words.alone.insert(written, name);
        }
        (true, Value::Nothing | Value::List(_)) => {
            errors.on(name, format!("`{written}` needs a value: `{written} = ..`"));
        }
        (false, Value::Assigned(_) | Value::List(_)) => {
            errors.on(name, format!("`{written}` stands alone"));
        }
    }
}
