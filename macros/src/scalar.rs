//! `derive(Scalar)`: a newtype with bounds, described and checked from one declaration.
//!
//! The steps are those of `#[endpoint]`: `input` (as written) -> `check` (every mistake at once) -> `model` (without
//! mistakes) -> `expand` (tokens). What a bound may be for which type is asked of the vocabulary crate by the emitted code.

mod check;
mod expand;
mod input;
mod model;

#[cfg(test)]
pub(crate) use input::WORDS;

use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

/// Expands the derive, or says what is wrong with the type.
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
