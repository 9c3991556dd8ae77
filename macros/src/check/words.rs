//! Sorts the words of an annotation into slots: each word once, method and path first.

use syn::ext::IdentExt;
use syn::{Ident, LitStr};

use crate::errors::Errors;
use crate::input::{Value, Word};
use crate::model::Method;
use crate::similar;

const EXAMPLE: &str = "`#[endpoint(get, \"/reports/{id}\", roles(Analyst))]`";

/// Every word but method and path.
pub(crate) const WORDS: &[&str] = &[
    "roles",
    "scopes",
    "applications",
    "context",
    "signed_in",
    "public",
    "also",
    "mcp",
    "resource",
    "prompt",
    "root",
    "status",
    "tag",
    "deprecated",
];

/// A word that was written, with what stands behind it.
pub(super) struct Written {
    pub(super) name: Ident,
    pub(super) value: Value,
}

/// One place for each word; the first writing of it.
#[derive(Default)]
pub(super) struct Slots {
    /// The method, and where it stands among the words.
    pub(super) method: Option<(usize, Method)>,
    pub(super) path: Option<LitStr>,
    path_is_late: bool,
    has_wrong_method: bool,
    /// A word that is no method has been sorted in.
    has_other_words: bool,
    /// It may have been meant as an access word.
    pub(super) has_unknown_word: bool,
    word_count: usize,
    pub(super) roles: Option<Written>,
    pub(super) scopes: Option<Written>,
    pub(super) applications: Option<Written>,
    pub(super) context: Option<Written>,
    pub(super) signed_in: Option<Written>,
    pub(super) public: Option<Written>,
    pub(super) also: Option<Written>,
    pub(super) mcp: Option<Written>,
    pub(super) resource: Option<Written>,
    pub(super) prompt: Option<Written>,
    pub(super) root: Option<Written>,
    pub(super) status: Option<Written>,
    pub(super) tag: Option<Written>,
    pub(super) deprecated: Option<Written>,
}

/// Puts each word where it belongs; unknown and repeated words are mistakes.
pub(super) fn sort(words: Vec<Word>, errors: &mut Errors) -> Slots {
    let mut slots = Slots {
        word_count: words.len(),
        ..Slots::default()
    };
    for (place, word) in words.into_iter().enumerate() {
        match word {
            Word::Text(text) => sort_text(text, place, &mut slots, errors),
            Word::Named(name, value) => {
                sort_named(Written { name, value }, place, &mut slots, errors)
            }
        }
    }
    slots
}

fn sort_text(text: LitStr, place: usize, slots: &mut Slots, errors: &mut Errors) {
    let word = text.value().to_ascii_lowercase();
    if place == 0 && Method::parse(&word).is_some() {
        slots.has_wrong_method = true;
        errors.on(text, format!("write the method without quotes: `{word}`"));
        return;
    }
    if slots.path.is_some() {
        errors.on(text, "an endpoint has one path; write what this text is for, such as `also(\"..\")` or `tag = \"..\"`");
        return;
    }
    slots.path = Some(text);
    slots.path_is_late = slots.has_other_words;
}

fn sort_named(written: Written, place: usize, slots: &mut Slots, errors: &mut Errors) {
    let word = written.name.unraw().to_string();
    if let Some(method) = Method::parse(&word) {
        if slots.method.is_some() {
            errors.on(
                written.name,
                "an endpoint has one method; write a second function for the other",
            );
        } else {
            check_bare(&written, errors);
            slots.method = Some((place, method));
        }
        return;
    }
    let Some(slot) = slots.slot(&word) else {
        if place == 0 {
            slots.has_wrong_method = true;
            let suggestion = similar::suggestion(&word, Method::WORDS);
            errors.on(
                written.name,
                format!("`{word}` is not a method{suggestion}"),
            );
        } else {
            slots.has_unknown_word = true;
            let suggestion = similar::suggestion(&word, WORDS);
            errors.on(written.name, format!("unknown word `{word}`{suggestion}"));
        }
        return;
    };
    if slot.is_some() {
        errors.on(
            written.name,
            format!("`{word}` is written twice; leave one of them out"),
        );
        return;
    }
    *slot = Some(written);
    slots.has_other_words = true;
}

fn check_bare(written: &Written, errors: &mut Errors) {
    match written.value {
        Value::Nothing => {}
        Value::List(_) | Value::Assigned(_) => errors.on(
            &written.name,
            format!(
                "the path stands after a comma: `{}, \"/reports\", ..`",
                written.name
            ),
        ),
    }
}

impl Slots {
    fn slot(&mut self, word: &str) -> Option<&mut Option<Written>> {
        match word {
            "roles" => Some(&mut self.roles),
            "scopes" => Some(&mut self.scopes),
            "applications" => Some(&mut self.applications),
            "context" => Some(&mut self.context),
            "signed_in" => Some(&mut self.signed_in),
            "public" => Some(&mut self.public),
            "also" => Some(&mut self.also),
            "mcp" => Some(&mut self.mcp),
            "resource" => Some(&mut self.resource),
            "prompt" => Some(&mut self.prompt),
            "root" => Some(&mut self.root),
            "status" => Some(&mut self.status),
            "tag" => Some(&mut self.tag),
            "deprecated" => Some(&mut self.deprecated),
            _ => None,
        }
    }

    /// Says whether nothing at all was written.
    pub(super) fn is_empty(&self) -> bool {
        self.word_count == 0
    }
}

/// Checks that the method stands first and the path second.
pub(super) fn check_order(slots: &Slots, errors: &mut Errors) {
    let here = proc_macro2::Span::call_site();
    if slots.is_empty() {
        errors.at(
            here,
            format!(
                "say what the endpoint is: method, path, and who may call it, such as {EXAMPLE}"
            ),
        );
        return;
    }
    match slots.method {
        Some((0, _)) => {}
        Some(_) => errors.at(here, format!("the method stands first, such as {EXAMPLE}")),
        None if slots.has_wrong_method => {}
        None => {
            let methods = Method::WORDS.join(", ");
            errors.at(
                here,
                format!("no method; start with one of {methods}, such as {EXAMPLE}"),
            );
        }
    }
    match &slots.path {
        Some(path) if slots.path_is_late => {
            errors.on(path, "the path stands second, right after the method");
        }
        Some(_) => {}
        None => errors.at(
            here,
            format!("no path; write it in quotes after the method, such as {EXAMPLE}"),
        ),
    }
}
