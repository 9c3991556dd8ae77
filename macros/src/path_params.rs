//! `derive(PathParams)`: a struct takes path parameters by the names of its fields.
//!
//! Small enough for one file: each field is one parameter, and there are no words.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Fields, Ident, Type};

use crate::doc;
use crate::errors::Errors;

const NOT_NAMED: &str =
    "derive(PathParams) stands on a struct with named fields, one for each parameter of the path";

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
        Err(error) => error.into_compile_error(),
    }
}

fn check(item: &DeriveInput) -> syn::Result<Vec<FieldModel>> {
    let mut errors = Errors::default();
    if !item.generics.params.is_empty() {
        let message = "derive(PathParams) stands on a struct without generics; leave them out";
        errors.on(&item.generics, message);
    }
    let mut models = Vec::new();
    match &item.data {
        Data::Struct(data) if matches!(&data.fields, Fields::Named(_)) => {
            for field in &data.fields {
                let is_serde = |attribute: &&syn::Attribute| attribute.path().is_ident("serde");
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
    errors.finish()?;
    Ok(models)
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
