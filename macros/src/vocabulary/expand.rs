//! The tokens of `derive(Roles)` and `derive(Scopes)`. Decides nothing.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};

use super::input::{Assignable, Entry, Kind, VocabularyInput};

/// The names as constants, the trait that lists them, and the conversion.
pub(super) fn expand(input: &VocabularyInput) -> TokenStream {
    let VocabularyInput { name, entries, .. } = input;
    let (definition, list, check) = match input.kind {
        Kind::Roles => ("RoleDef", "Roles", "check_role_name"),
        Kind::Scopes => ("ScopeDef", "Scopes", "check_scope_name"),
    };
    let definition = Ident::new(definition, Span::call_site());
    let list = Ident::new(list, Span::call_site());
    let variants: Vec<_> = entries.iter().map(|entry| &entry.variant).collect();
    let bodies = entries.iter().map(|entry| expand_entry(input.kind, entry));
    let checks = entries.iter().map(|entry| {
        let text = &entry.name;
        let span = Span::call_site().located_at(text.span());
        let check = Ident::new(check, span);
        quote_spanned!(span=> const _: () = __portcullis::#check(#text);)
    });
    // `unreachable_pub` would ask for less than the modules beside this one need.
    quote! {
        const _: () = {
            use crate::api::__portcullis;
            impl #name {
                #[doc(hidden)]
                #[allow(unreachable_pub)]
                pub const fn __portcullis_def(self) -> __portcullis::#definition {
                    match self {
                        #(Self::#variants => __portcullis::#definition { #bodies },)*
                    }
                }
            }
            #[automatically_derived]
            impl __portcullis::#list for #name {
                const ALL: &'static [__portcullis::#definition] =
                    &[#(Self::#variants.__portcullis_def()),*];
            }
            #[automatically_derived]
            impl ::core::convert::From<#name> for __portcullis::#definition {
                fn from(name: #name) -> Self {
                    name.__portcullis_def()
                }
            }
            #(#checks)*
        };
    }
}

/// An empty vocabulary, so that what uses the enum shows no second error.
pub(super) fn fallback(input: &VocabularyInput) -> TokenStream {
    if input.has_generics {
        return TokenStream::new();
    }
    let name = &input.name;
    let (definition, list, fields) = match input.kind {
        Kind::Roles => (
            quote!(RoleDef),
            quote!(Roles),
            quote!(name: "", description: "", assignable: __portcullis::Assignable::UsersAndApplications),
        ),
        Kind::Scopes => (
            quote!(ScopeDef),
            quote!(Scopes),
            quote!(name: "", description: ""),
        ),
    };
    quote! {
        const _: () = {
            use crate::api::__portcullis;
            impl #name {
                #[doc(hidden)]
                #[allow(unreachable_pub)]
                pub const fn __portcullis_def(self) -> __portcullis::#definition {
                    __portcullis::#definition { #fields }
                }
            }
            impl __portcullis::#list for #name {
                const ALL: &'static [__portcullis::#definition] = &[];
            }
        };
    }
}

fn expand_entry(kind: Kind, entry: &Entry) -> TokenStream {
    let Entry {
        name, description, ..
    } = entry;
    match kind {
        Kind::Roles => {
            let assignable = match entry.assignable {
                Assignable::Users => "Users",
                Assignable::Applications => "Applications",
                Assignable::UsersAndApplications => "UsersAndApplications",
            };
            let assignable = Ident::new(assignable, Span::call_site());
            quote! {
                name: #name,
                description: #description,
                assignable: __portcullis::Assignable::#assignable,
            }
        }
        Kind::Scopes => quote!(name: #name, description: #description,),
    }
}
