//! `api!`: names the state, the roles and the scopes of an application, once.
//!
//! Emits the module that all other generated code goes through. The types get a private alias beside it first, because
//! an alias `Role = Role` inside the module would stand for itself.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::quote;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Token, Type};

use crate::errors::Errors;
use crate::input;
use crate::similar;

const WORDS: &[&str] = &["state", "roles", "scopes"];

struct ApiModel {
    state: Type,
    roles: Type,
    scopes: Type,
}

/// Expands `$crate, state = .., roles = .., scopes = ..`; `portcullis::api!` puts the first word there, so that a
/// renamed dependency is found.
pub(crate) fn expand(words: TokenStream) -> TokenStream {
    let mut tokens = words.into_iter();
    let root: TokenStream = tokens
        .by_ref()
        .take_while(|token| !input::is_comma(token))
        .collect();
    match read(tokens.collect()) {
        Ok(model) => expand_module(&root, &model),
        Err(error) => error.into_compile_error(),
    }
}

fn read(words: TokenStream) -> syn::Result<ApiModel> {
    let mut errors = Errors::default();
    let (mut state, mut roles, mut scopes) = (None, None, None);
    for entry in split(words) {
        let Some((name, written)) = errors.take(read_entry.parse2(entry)) else {
            continue;
        };
        let word = name.unraw().to_string();
        let slot = match word.as_str() {
            "state" => &mut state,
            "roles" => &mut roles,
            "scopes" => &mut scopes,
            _ => {
                let suggestion = similar::suggestion(&word, WORDS);
                errors.on(name, format!("unknown word `{word}`{suggestion}"));
                continue;
            }
        };
        if slot.replace(written).is_some() {
            errors.on(
                name,
                format!("`{word}` is written twice; leave one of them out"),
            );
        }
    }
    if errors.is_empty() {
        for (word, slot) in WORDS.iter().zip([&state, &roles, &scopes]) {
            if slot.is_none() {
                let message = format!(
                    "no `{word}`; write `portcullis::api! {{ state = AppState, roles = Role, scopes = Scope }}`"
                );
                errors.at(Span::call_site(), message);
            }
        }
    }
    errors.finish()?;
    match (state, roles, scopes) {
        (Some(state), Some(roles), Some(scopes)) => Ok(ApiModel {
            state,
            roles,
            scopes,
        }),
        _ => Err(syn::Error::new(
            Span::call_site(),
            "`api!` could not be read",
        )),
    }
}

/// Splits at the commas between entries; a type such as `Shared<A, B>` has commas of its own.
fn split(words: TokenStream) -> Vec<TokenStream> {
    let mut entries: Vec<TokenStream> = Vec::new();
    for part in input::split_at_commas(words) {
        match entries.last_mut() {
            Some(last) if !starts_entry(&part) => last.extend(quote!(, #part)),
            Some(_) | None => entries.push(part),
        }
    }
    entries
}

fn starts_entry(part: &TokenStream) -> bool {
    let mut tokens = part.clone().into_iter().skip(1);
    matches!(tokens.next(), Some(TokenTree::Punct(punct)) if punct.as_char() == '=')
}

fn read_entry(input: ParseStream<'_>) -> syn::Result<(Ident, Type)> {
    let name = input.call(Ident::parse_any)?;
    input.parse::<Token![=]>()?;
    Ok((name, input.parse()?))
}

fn expand_module(root: &TokenStream, model: &ApiModel) -> TokenStream {
    let ApiModel {
        state,
        roles,
        scopes,
    } = model;
    quote! {
        #[doc(hidden)]
        type __PortcullisState = #state;
        #[doc(hidden)]
        type __PortcullisRole = #roles;
        #[doc(hidden)]
        type __PortcullisScope = #scopes;
        #[doc(hidden)]
        pub mod __portcullis {
            pub use #root::__private::*;
            pub type State = super::__PortcullisState;
            pub type Role = super::__PortcullisRole;
            pub type Scope = super::__PortcullisScope;
        }
        const _: #root::__private::Vocabulary = #root::__private::Vocabulary::of::<#roles, #scopes>();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(words: TokenStream) -> Vec<String> {
        let error = read(words).err().unwrap();
        error.into_iter().map(|error| error.to_string()).collect()
    }

    #[test]
    fn types_may_have_commas_of_their_own() {
        let model = read(quote!(state = Shared<A, B>, roles = crate::Role, scopes = Scope,));
        let state = model.unwrap().state;
        assert_eq!(state, syn::parse_quote!(Shared<A, B>));
    }

    #[test]
    fn every_missing_word_is_named() {
        let said = said(quote!(roles = Role));
        assert_eq!(said.len(), 2);
        assert!(said[0].contains("no `state`") && said[1].contains("no `scopes`"));
    }

    #[test]
    fn unknown_and_repeated_words_come_back_together() {
        let said = said(quote!(state = A, state = B, role = Role));
        assert!(said[0].contains("`state` is written twice"));
        assert!(said[1].contains("did you mean `roles`?"));
    }

    #[test]
    fn the_module_goes_through_the_crate_that_was_called() {
        let text = expand(quote!(renamed, state = A, roles = Role, scopes = Scope)).to_string();
        assert!(text.contains("pub use renamed :: __private :: *"), "{text}");
        assert!(!text.contains(" portcullis"), "{text}");
    }
}
