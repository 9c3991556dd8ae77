//! `derive(Roles)` and `derive(Scopes)`: an enum becomes the list of names that tokens may carry.
//!
//! Invariant: a name stands for one variant. Two variants with one name would let a token for one open the other.

mod expand;
mod input;

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::quote;

use crate::errors::Errors;
pub(crate) use input::Kind;
use input::VocabularyInput;

/// Expands a derive, or says what is wrong with the enum.
pub(crate) fn derive(kind: Kind, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let input = match syn::parse2(item) {
        Ok(item) => VocabularyInput::read(kind, &item, &mut errors),
        Err(error) => return error.into_compile_error(),
    };
    check_names(&input, &mut errors);
    match errors.finish() {
        Ok(()) => expand::expand(&input),
        Err(error) => {
            let error = error.into_compile_error();
            let fallback = expand::fallback(&input);
            quote!(#error #fallback)
        }
    }
}

fn check_names(input: &VocabularyInput, errors: &mut Errors) {
    let mut holders = BTreeMap::new();
    for entry in &input.entries {
        let name = entry.name.value();
        if let Some(holder) = holders.insert(name.clone(), &entry.variant) {
            let message = format!(
                "`{holder}` and `{}` both have the {} name `{name}`; a token could not tell them apart",
                entry.variant,
                input.kind.word(),
            );
            errors.on(&entry.name, message);
        }
    }
}

#[cfg(test)]
mod tests;
