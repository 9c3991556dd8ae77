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
    if let Some(error) = second_annotation(&function) {
        let error = error.into_compile_error();
        return quote!(#error #item);
    }
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

/// Two annotations would add two things of one name. The second one expands by itself.
fn second_annotation(function: &FunctionInput) -> Option<syn::Error> {
    let mut others = function.attributes.iter().filter(|attribute| {
        let last = attribute.path().segments.last();
        last.is_some_and(|segment| segment.ident == "endpoint")
    });
    let message = "an endpoint has one annotation; write a second function for the other route";
    Some(syn::Error::new_spanned(others.next()?, message))
}

#[cfg(test)]
mod tests;
