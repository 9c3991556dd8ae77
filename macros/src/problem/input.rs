//! First step: the words of one `#[problem(..)]`, each once, and what stands behind them.

use syn::ext::IdentExt;
use syn::{Attribute, Ident, Meta};

use crate::errors::Errors;
use crate::input::{self, Value, Word};
use crate::similar;

pub(super) const FORMS: &str = "`#[problem(status = 404, title = \"There is no such report\")]`, `#[problem(transparent)]` or `#[problem(internal)]`";

/// The words that a variant can say.
pub(crate) const WORDS: &[&str] = &[
    "status",
    "code",
    "title",
    "detail",
    "transparent",
    "internal",
];

/// A word that was written, with what stands behind it.
pub(super) struct Written {
    pub(super) name: Ident,
    pub(super) value: Value,
}

/// One place for each word of a variant; the first writing of it.
#[derive(Default)]
pub(super) struct Slots {
    pub(super) status: Option<Written>,
    pub(super) code: Option<Written>,
    pub(super) title: Option<Written>,
    pub(super) detail: Option<Written>,
    pub(super) transparent: Option<Written>,
    pub(super) internal: Option<Written>,
    /// A word could not be read or is unknown: it may have been the missing one.
    pub(super) is_doubtful: bool,
    pub(super) is_empty: bool,
}

/// Reads all `#[problem(..)]` of a variant.
pub(super) fn read(attributes: &[Attribute], errors: &mut Errors) -> Slots {
    let mut slots = Slots {
        is_empty: true,
        ..Slots::default()
    };
    for attribute in own(attributes) {
        slots.is_empty = false;
        let Meta::List(list) = &attribute.meta else {
            errors.on(attribute, format!("it says nothing; write {FORMS}"));
            slots.is_doubtful = true;
            continue;
        };
        let mut unread = Errors::default();
        let words = input::read_words(list.tokens.clone(), &mut unread);
        slots.is_doubtful |= !unread.is_empty();
        errors.take(unread.finish());
        for word in words {
            slots.sort(word, errors);
        }
    }
    slots
}

impl Slots {
    fn sort(&mut self, word: Word, errors: &mut Errors) {
        let (name, value) = match word {
            Word::Named(name, value) => (name, value),
            Word::Text(text) => {
                errors.on(
                    text,
                    "say what this text is: `title = \"..\"` or `detail = \"..\"`",
                );
                self.is_doubtful = true;
                return;
            }
        };
        let word = name.unraw().to_string();
        let slot = match word.as_str() {
            "status" => &mut self.status,
            "code" => &mut self.code,
            "title" => &mut self.title,
            "detail" => &mut self.detail,
            "transparent" => &mut self.transparent,
            "internal" => &mut self.internal,
            _ => {
                let suggestion = similar::suggestion(&word, WORDS);
                errors.on(name, format!("unknown word `{word}`{suggestion}"));
                self.is_doubtful = true;
                return;
            }
        };
        if slot.is_some() {
            errors.on(
                name,
                format!("`{word}` is written twice; leave one of them out"),
            );
            return;
        }
        *slot = Some(Written { name, value });
    }
}

/// The `#[problem(..)]` among some attributes.
pub(super) fn own(attributes: &[Attribute]) -> impl Iterator<Item = &Attribute> {
    let own = |attribute: &&Attribute| attribute.path().is_ident("problem");
    attributes.iter().filter(own)
}
