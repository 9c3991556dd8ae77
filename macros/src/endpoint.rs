//! `#[endpoint(..)]`: the steps in order.
//!
//! Invariant: the user's function comes out as it went in, whatever happens, so that editors keep working.

use proc_macro2::TokenStream;
use quote::quote;

use crate::check;
use crate::expand;
use crate::fallback;
use crate::input::FunctionInput;

/// Expands the attribute, or says what is wrong beside the untouched function.
pub(crate) fn expand(attribute: TokenStream, item: TokenStream) -> TokenStream {
    let function = match FunctionInput::read(item.clone()) {
        Ok(function) => function,
        // Not even a name to put a fallback beside.
        Err(error) => {
            let error = error.into_compile_error();
            return quote!(#error #item);
        }
    };
    let added = match check::check(attribute, &function) {
        Ok(model) => expand::expand(&model),
        Err(error) => {
            let error = error.into_compile_error();
            let fallback = fallback::expand(&function);
            quote!(#error #fallback)
        }
    };
    quote!(#item #added)
}

#[cfg(test)]
mod tests;
