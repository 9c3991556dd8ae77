//! `endpoints![..]`: the one registration, and the checks of endpoints against each other.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Path;
use syn::spanned::Spanned;

use crate::errors::Errors;
use crate::input;

/// Expands the list, or says what is wrong with it.
pub(crate) fn expand(list: TokenStream) -> TokenStream {
    match read(list) {
        Ok(paths) => expand_list(&paths),
        Err(error) => {
            let error = error.into_compile_error();
            let empty = expand_list(&[]);
            quote!({ #error #empty })
        }
    }
}

fn read(list: TokenStream) -> syn::Result<Vec<Path>> {
    let mut errors = Errors::default();
    let mut paths = Vec::new();
    for entry in input::split_at_commas(list) {
        match syn::parse2::<Path>(entry.clone()) {
            Ok(path) if path.segments.iter().all(|segment| segment.arguments.is_none()) => paths.push(path),
            Ok(_) | Err(_) if entry.is_empty() => errors.at(Span::call_site(), "two commas in a row"),
            Ok(_) | Err(_) => errors.on(
                entry,
                "expected the name of an annotated function, such as `health` or `reports::get_report`",
            ),
        }
    }
    errors.finish()?;
    Ok(paths)
}

fn expand_list(paths: &[Path]) -> TokenStream {
    let checks = (0..paths.len()).zip(paths).map(|(index, path)| {
        let span = Span::call_site().located_at(path.span());
        quote_spanned! {span=>
            checks.check(#index);
        }
    });
    let count = paths.len();
    quote! {{
        use crate::api::__portcullis;
        const ENTRIES: &[__portcullis::EndpointEntry<__portcullis::State>; #count] = &[#(
            <#paths as __portcullis::Endpoint<__portcullis::State>>::ENTRY
        ),*];
        const _: () = {
            let endpoints = __portcullis::listed(ENTRIES);
            let checks = __portcullis::EndpointChecks::of(&endpoints);
            #(#checks)*
        };
        __portcullis::EndpointSet::<__portcullis::State>::new(
            __portcullis::Vocabulary::of::<
                __portcullis::Role,
                __portcullis::Scope,
            >(),
            ENTRIES,
        )
    }}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_that_is_no_name_is_reported() {
        let error = read(quote!(health, reports::get::<u32>, "x", crate::a::b,))
            .err()
            .unwrap();
        assert_eq!(error.into_iter().count(), 2);
    }

    #[test]
    fn names_and_paths_are_read() {
        assert_eq!(
            read(quote!(health, reports::get, crate::a::r#type,))
                .unwrap()
                .len(),
            3
        );
        assert!(read(quote!()).unwrap().is_empty());
    }
}
