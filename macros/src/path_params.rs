//! `derive(PathParams)`: a struct takes path parameters by the names of its fields.
//!
//! Small enough for one file: each field is one parameter, and there are no words.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Attribute, Data, DeriveInput, Fields, Ident, Meta, Type};

use crate::doc;
use crate::errors::Errors;

const NOT_NAMED: &str =
    "derive(PathParams) stands on a struct with named fields, one for each parameter of the path";

const NO_FIELD: &str = "it takes no parameter; add a field for each parameter of the path, or leave the argument out where the path has none";

/// Words of serde with which a struct is not read by the names of its fields.
const READ_OTHERWISE: [&str; 4] = ["rename_all", "from", "try_from", "transparent"];

/// One field: a parameter of the path.
struct FieldModel {
    name: Ident,
    written: Type,
    doc: String,
}

/// Expands the derive, or says what is wrong with the struct.
pub(crate) fn derive(item: TokenStream) -> TokenStream {
    let item: DeriveInput = match syn::parse2(item) {
        Ok(item) => item,
        Err(error) => return error.into_compile_error(),
    };
    match check(&item) {
        Ok(fields) => expand(&item.ident, &fields),
        Err(error) => {
            let error = error.into_compile_error();
            let fallback = fallback(&item);
            quote!(#error #fallback)
        }
    }
}

/// A struct that takes what its fields are named, so that what uses it shows no second error.
fn fallback(item: &DeriveInput) -> TokenStream {
    let Data::Struct(data) = &item.data else {
        return TokenStream::new();
    };
    if !item.generics.params.is_empty() {
        return TokenStream::new();
    }
    let name = &item.ident;
    let fields = data.fields.iter().filter_map(|field| field.ident.as_ref());
    let fields = fields.map(|field| field.unraw().to_string());
    quote! {
        const _: () = {
            use crate::api::__portcullis;
            impl __portcullis::PathParams for #name {
                const ARITY: __portcullis::PathArity = __portcullis::PathArity::Named(&[#(#fields),*]);
                fn describe(_: &mut __portcullis::Op) {}
                fn faults(_: &[(&str, &str)]) -> __portcullis::Vec<__portcullis::FieldError> {
                    ::core::unreachable!("path parameters whose derive does not compile")
                }
            }
        };
    }
}

fn check(item: &DeriveInput) -> syn::Result<Vec<FieldModel>> {
    let mut errors = Errors::default();
    if !item.generics.params.is_empty() {
        let message = "derive(PathParams) stands on a struct without generics; leave them out";
        errors.on(&item.generics, message);
    }
    for attribute in item.attrs.iter().filter(is_serde) {
        check_container(attribute, &mut errors);
    }
    let mut models = Vec::new();
    match &item.data {
        Data::Struct(data) if matches!(&data.fields, Fields::Named(_)) => {
            for field in &data.fields {
                if let Some(attribute) = field.attrs.iter().find(is_serde) {
                    let message = "a path parameter has the name of its field; leave this out and name the field as the path does";
                    errors.on(attribute, message);
                }
                if let Some(name) = &field.ident {
                    models.push(FieldModel {
                        name: name.clone(),
                        written: field.ty.clone(),
                        doc: doc::text(&field.attrs),
                    });
                }
            }
        }
        Data::Struct(_) | Data::Enum(_) | Data::Union(_) => errors.on(&item.ident, NOT_NAMED),
    }
    if models.is_empty() && errors.is_empty() {
        errors.on(&item.ident, NO_FIELD);
    }
    errors.finish()?;
    Ok(models)
}

fn is_serde(attribute: &&Attribute) -> bool {
    attribute.path().is_ident("serde")
}

/// What stands on the struct may not make serde read it by other names than those that are compared with the path.
fn check_container(attribute: &Attribute, errors: &mut Errors) {
    let Meta::List(list) = &attribute.meta else {
        return;
    };
    for token in list.tokens.clone() {
        if let TokenTree::Ident(word) = token
            && READ_OTHERWISE.iter().any(|known| word == *known)
        {
            let message = format!(
                "a path parameter has the name of its field, and the struct is read by these; leave `{word}` out"
            );
            errors.on(word, message);
        }
    }
}

fn expand(name: &Ident, fields: &[FieldModel]) -> TokenStream {
    let names: Vec<String> = fields
        .iter()
        .map(|field| field.name.unraw().to_string())
        .collect();
    let describe = fields.iter().zip(&names).map(|(field, name)| {
        let FieldModel { written, doc, .. } = field;
        let span = Span::call_site().located_at(written.span());
        quote_spanned!(span=> __portcullis::describe_path_parameter::<#written>(op, #name, #doc);)
    });
    let faults = fields.iter().zip(&names).map(|(field, name)| {
        let written = &field.written;
        quote!(__portcullis::path_fault::<#written>(values, #name))
    });
    quote! {
        const _: () = {
            use crate::api::__portcullis;
            #[automatically_derived]
            impl __portcullis::PathParams for #name {
                const ARITY: __portcullis::PathArity = __portcullis::PathArity::Named(&[#(#names),*]);
                fn describe(op: &mut __portcullis::Op) {
                    #(#describe)*
                }
                fn faults(values: &[(&str, &str)]) -> __portcullis::Vec<__portcullis::FieldError> {
                    [#(#faults),*].into_iter().flatten().collect()
                }
            }
        };
    }
}
