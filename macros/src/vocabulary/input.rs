//! What the enum and its `#[role(..)]` or `#[scope(..)]` attributes say.

use proc_macro2::TokenStream;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Data, DeriveInput, Fields, Ident, LitStr, Meta, Variant};

use crate::doc;
use crate::errors::Errors;
use crate::input::split_at_commas;
use crate::similar;
use crate::snake_case::snake_case;

/// Which of the two derives.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    Roles,
    Scopes,
}

impl Kind {
    /// The word for one of them; also the attribute's name.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Kind::Roles => "role",
            Kind::Scopes => "scope",
        }
    }

    fn derive(self) -> &'static str {
        match self {
            Kind::Roles => "derive(Roles)",
            Kind::Scopes => "derive(Scopes)",
        }
    }

    /// What a token calls a variant that has no name of its own.
    fn default_name(self, variant: &Ident) -> String {
        let variant = variant.unraw().to_string();
        match self {
            Kind::Roles => variant,
            Kind::Scopes => snake_case(&variant),
        }
    }
}

/// Who can be assigned a role.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Assignable {
    Users,
    Applications,
    UsersAndApplications,
}

/// The enum, as far as it could be read.
pub(crate) struct VocabularyInput {
    pub(crate) kind: Kind,
    pub(crate) name: Ident,
    pub(crate) has_generics: bool,
    pub(crate) entries: Vec<Entry>,
}

/// One variant.
pub(crate) struct Entry {
    pub(crate) variant: Ident,
    pub(crate) name: LitStr,
    pub(crate) description: String,
    pub(crate) assignable: Assignable,
}

impl VocabularyInput {
    /// Reads the item; what cannot be read is noted and left out.
    pub(crate) fn read(kind: Kind, item: &DeriveInput, errors: &mut Errors) -> Self {
        let mut entries = Vec::new();
        match &item.data {
            Data::Enum(data) => {
                let read = |variant| read_variant(kind, variant, errors);
                entries.extend(data.variants.iter().filter_map(read));
            }
            Data::Struct(data) => errors.on(data.struct_token, not_an_enum(kind)),
            Data::Union(data) => errors.on(data.union_token, not_an_enum(kind)),
        }
        if !item.generics.params.is_empty() {
            let message = format!(
                "{} stands on an enum without generics; leave them out",
                kind.derive()
            );
            errors.on(&item.generics, message);
        }
        for attribute in own_attributes(kind, &item.attrs) {
            let word = kind.word();
            errors.on(
                attribute,
                format!("`#[{word}(..)]` stands on a variant, not on the enum"),
            );
        }
        Self {
            kind,
            name: item.ident.clone(),
            has_generics: !item.generics.params.is_empty(),
            entries,
        }
    }
}

fn not_an_enum(kind: Kind) -> String {
    format!(
        "{} stands on an enum, one variant for each {}",
        kind.derive(),
        kind.word()
    )
}

fn own_attributes(kind: Kind, attributes: &[Attribute]) -> impl Iterator<Item = &Attribute> {
    let own = move |attribute: &&Attribute| attribute.path().is_ident(kind.word());
    attributes.iter().filter(own)
}

fn read_variant(kind: Kind, variant: &Variant, errors: &mut Errors) -> Option<Entry> {
    match &variant.fields {
        Fields::Unit => {}
        Fields::Named(_) | Fields::Unnamed(_) => {
            let message = format!(
                "a {} is a name, so `{}` has no fields; leave them out",
                kind.word(),
                variant.ident
            );
            errors.on(&variant.fields, message);
            return None;
        }
    }
    let mut said = Said::default();
    for attribute in own_attributes(kind, &variant.attrs) {
        read_attribute(kind, attribute, &mut said, errors);
    }
    let name = said.name.clone();
    let default_name = || LitStr::new(&kind.default_name(&variant.ident), variant.ident.span());
    Some(Entry {
        variant: variant.ident.clone(),
        name: name.unwrap_or_else(default_name),
        description: doc::text(&variant.attrs),
        assignable: said.assignable(),
    })
}

/// The words of one variant's attributes.
#[derive(Default)]
struct Said {
    name: Option<LitStr>,
    users: bool,
    applications: bool,
}

impl Said {
    fn assignable(&self) -> Assignable {
        match (self.users, self.applications) {
            (_, false) => Assignable::Users,
            (false, true) => Assignable::Applications,
            (true, true) => Assignable::UsersAndApplications,
        }
    }
}

fn read_attribute(kind: Kind, attribute: &Attribute, said: &mut Said, errors: &mut Errors) {
    let Meta::List(list) = &attribute.meta else {
        errors.on(attribute, format!("it says nothing; write {}", forms(kind)));
        return;
    };
    if list.tokens.is_empty() {
        errors.on(attribute, format!("it says nothing; write {}", forms(kind)));
    }
    for entry in split_at_commas(list.tokens.clone()) {
        match read_word.parse2(entry.clone()) {
            Ok(Word::Text(name)) if said.name.is_none() => said.name = Some(name),
            Ok(Word::Text(name)) => {
                let message = format!("a {} has one name; leave one of them out", kind.word());
                errors.on(name, message);
            }
            Ok(Word::Named(word)) => read_assignable(kind, &word, said, errors),
            Err(_) => errors.push(unreadable(kind, &entry)),
        }
    }
}

enum Word {
    Text(LitStr),
    Named(Ident),
}

fn read_word(input: ParseStream<'_>) -> syn::Result<Word> {
    if input.peek(LitStr) {
        input.parse().map(Word::Text)
    } else {
        input.parse().map(Word::Named)
    }
}

fn read_assignable(kind: Kind, word: &Ident, said: &mut Said, errors: &mut Errors) {
    let written = word.to_string();
    let slot = match (kind, written.as_str()) {
        (Kind::Roles, "users") => &mut said.users,
        (Kind::Roles, "applications") => &mut said.applications,
        (Kind::Roles, _) => {
            let suggestion = similar::suggestion(&written, &["users", "applications"]);
            let message = format!("unknown word `{written}` (a name stands in quotes){suggestion}");
            errors.on(word, message);
            return;
        }
        (Kind::Scopes, _) => {
            errors.on(
                word,
                format!("unknown word `{written}`; write {}", forms(kind)),
            );
            return;
        }
    };
    if std::mem::replace(slot, true) {
        errors.on(
            word,
            format!("`{written}` is written twice; leave one of them out"),
        );
    }
}

fn unreadable(kind: Kind, entry: &TokenStream) -> syn::Error {
    syn::Error::new_spanned(entry, format!("write {}", forms(kind)))
}

fn forms(kind: Kind) -> &'static str {
    match kind {
        Kind::Roles => {
            "`#[role(\"Name\")]`, `#[role(applications)]` or `#[role(\"Name\", users, applications)]`"
        }
        Kind::Scopes => "`#[scope(\"name\")]`",
    }
}
