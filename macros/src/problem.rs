//! `derive(Problem)`: an error enum becomes the list of problems it can answer with, and the answers themselves.
//!
//! The steps are those of `#[endpoint]`: `input` (as written) -> `check` (every mistake at once) -> `model` (without
//! mistakes) -> `expand` (tokens).

mod check;
mod expand;
mod input;
mod model;
mod template;

#[cfg(test)]
pub(crate) use input::WORDS;

use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

/// Expands the derive, or says what is wrong with the enum.
pub(crate) fn derive(item: TokenStream) -> TokenStream {
    let item: DeriveInput = match syn::parse2(item) {
        Ok(item) => item,
        Err(error) => return error.into_compile_error(),
    };
    match check::check(&item) {
        Ok(model) => expand::expand(&model),
        Err(error) => {
            let error = error.into_compile_error();
            let fallback = expand::fallback(&item);
            quote!(#error #fallback)
        }
    }
}

#[cfg(test)]
mod tests;
