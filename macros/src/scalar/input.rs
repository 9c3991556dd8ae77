//! First step: the words of `#[scalar(..)]`, each once, and what stands behind them.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use syn::ext::IdentExt;
use syn::{Attribute, Ident, Meta};

use crate::errors::Errors;
use crate::input::{self, Value, Word};
use crate::similar;

/// The words that a scalar can say.
pub(crate) const WORDS: &[&str] = &[
    "min_length",
    "max_length",
    "pattern",
    "format",
    "minimum",
    "maximum",
    "exclusive_minimum",
    "exclusive_maximum",
    "example",
    "header",
    "name",
];

/// What stands behind each word that was written.
#[derive(Default)]
pub(super) struct Words {
    values: BTreeMap<&'static str, (Ident, TokenStream)>,
}

impl Words {
    /// Takes what stands behind a word.
    pub(super) fn take(&mut self, word: &'static str) -> Option<(Ident, TokenStream)> {
        self.values.remove(word)
    }
}

/// Reads all `#[scalar(..)]` of a type.
pub(super) fn read(attributes: &[Attribute], errors: &mut Errors) -> Words {
    let mut words = Words::default();
    let own = attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("scalar"));
    for attribute in own {
        let Meta::List(list) = &attribute.meta else {
            errors.on(
                attribute,
                "it says nothing; write `#[scalar(max_length = 200)]`",
            );
            continue;
        };
        for word in input::read_words(list.tokens.clone(), errors) {
            sort(word, &mut words, errors);
        }
    }
    words
}

fn sort(word: Word, words: &mut Words, errors: &mut Errors) {
    let (name, value) = match word {
        Word::Named(name, value) => (name, value),
        Word::Text(text) => {
            errors.on(
                text,
                "say what this text is: `pattern = \"..\"` or `example = \"..\"`",
            );
            return;
        }
    };
    let written = name.unraw().to_string();
    let Some(known) = WORDS.iter().find(|known| **known == written) else {
        let suggestion = similar::suggestion(&written, WORDS);
        errors.on(name, format!("unknown word `{written}`{suggestion}"));
        return;
    };
    let Value::Assigned(value) = value else {
        errors.on(name, format!("`{written}` needs a value: `{written} = ..`"));
        return;
    };
    let message = format!("`{written}` is written twice; leave one of them out");
    if words.values.contains_key(known) {
        errors.on(name, message);
        return;
    }
    words.values.insert(known, (name, value));
}
