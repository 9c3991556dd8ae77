//! Last step: the tokens of one error enum. Decides nothing.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::DeriveInput;
use syn::spanned::Spanned;

use super::model::{Answer, Declared, Field, ProblemModel, VariantModel};

/// The list of problems, and the two conversions.
pub(super) fn expand(model: &ProblemModel) -> TokenStream {
    let name = &model.name;
    let problems = expand_problems(model);
    let arms = model
        .variants
        .iter()
        .map(|variant| expand_arm(name, variant));
    quote! {
        const _: () = {
            use crate::api::__portcullis;
            #[automatically_derived]
            impl __portcullis::Problems for #name {
                const PROBLEMS: &'static [__portcullis::ProblemDef] = #problems;
            }
            #[automatically_derived]
            impl ::core::convert::From<#name> for __portcullis::Problem {
                fn from(error: #name) -> Self {
                    match error {
                        #(#arms)*
                    }
                }
            }
            #[automatically_derived]
            impl __portcullis::IntoResponse for #name {
                fn into_response(self) -> __portcullis::Response {
                    __portcullis::IntoResponse::into_response(
                        <__portcullis::Problem as ::core::convert::From<Self>>::from(self),
                    )
                }
            }
        };
    }
}

/// The list. It is joined only where another enum brings a list of its own: that takes constants, and rustc spends about
/// the same on each of them, however short it is.
fn expand_problems(model: &ProblemModel) -> TokenStream {
    let variants = &model.variants;
    if let Some(definitions) = variants.iter().map(expand_own).collect::<Option<Vec<_>>>() {
        let definitions = definitions.iter().flatten();
        return quote!(&[#(#definitions),*]);
    }
    let lists = variants.iter().filter_map(expand_list);
    quote! {{
        const LISTS: &[&[__portcullis::ProblemDef]] = &[#(#lists),*];
        const JOINED: [
            __portcullis::ProblemDef;
            __portcullis::count_problems(LISTS)
        ] = __portcullis::join_problems(LISTS);
        &JOINED
    }}
}

/// An error that lists nothing, so that what uses it shows no second error.
pub(super) fn fallback(item: &DeriveInput) -> TokenStream {
    if !item.generics.params.is_empty() {
        return TokenStream::new();
    }
    let name = &item.ident;
    quote! {
        const _: () = {
            use crate::api::__portcullis;
            impl __portcullis::Problems for #name {
                const PROBLEMS: &'static [__portcullis::ProblemDef] = &[];
            }
            impl ::core::convert::From<#name> for __portcullis::Problem {
                fn from(_: #name) -> Self {
                    ::core::unreachable!("an error whose derive does not compile")
                }
            }
            impl __portcullis::IntoResponse for #name {
                fn into_response(self) -> __portcullis::Response {
                    ::core::unreachable!("an error whose derive does not compile")
                }
            }
        };
    }
}

fn shown_at(span: Span) -> Span {
    Span::call_site().located_at(span)
}

/// What a variant adds to the list by itself; `None` when it brings the list of another enum.
fn expand_own(model: &VariantModel) -> Option<Option<TokenStream>> {
    match &model.answer {
        Answer::Declared(declared) => Some(Some(expand_definition(declared))),
        Answer::Transparent(_) => None,
        Answer::Internal => Some(None),
    }
}

fn expand_list(model: &VariantModel) -> Option<TokenStream> {
    match &model.answer {
        Answer::Declared(declared) => {
            let definition = expand_definition(declared);
            Some(quote!(&[#definition]))
        }
        Answer::Transparent(field) => {
            let inner = &field.written;
            Some(quote_spanned! {shown_at(inner.span())=>
                <#inner as __portcullis::Problems>::PROBLEMS
            })
        }
        Answer::Internal => None,
    }
}

fn expand_definition(declared: &Declared) -> TokenStream {
    let Declared {
        status,
        code,
        title,
        ..
    } = declared;
    quote! {
        __portcullis::ProblemDef { status: #status, code: #code, title: #title }
    }
}

fn expand_arm(error: &Ident, model: &VariantModel) -> TokenStream {
    let variant = &model.variant;
    let name = quote!(#error::#variant);
    match &model.answer {
        Answer::Declared(declared) => expand_declared(&name, declared),
        Answer::Transparent(field) => {
            let Field {
                member,
                binding,
                written,
            } = &**field;
            let into = quote_spanned! {shown_at(written.span())=> ::core::convert::Into::into };
            quote!(#name { #member: #binding } => #into(#binding),)
        }
        Answer::Internal => quote! {
            error @ #name { .. } => __portcullis::Problem::internal(&error),
        },
    }
}

fn expand_declared(name: &TokenStream, declared: &Declared) -> TokenStream {
    let definition = expand_definition(declared);
    let mut answer = quote!(__portcullis::Problem::new(#definition));
    let mut bound: Vec<&Field> = Vec::new();
    if let Some(detail) = &declared.detail {
        let text = &detail.text;
        bound.extend(&detail.fields);
        answer.extend(quote!(.with_detail(__portcullis::format!(#text))));
    }
    if let Some(source) = &declared.source {
        let binding = &source.binding;
        let span = shown_at(source.written.span());
        let cause = quote_spanned!(span=> &#binding);
        bound.push(source);
        answer.extend(quote!(.with_cause(#cause)));
    }
    if let Some(errors) = &declared.errors {
        let binding = &errors.binding;
        let span = shown_at(errors.written.span());
        let into = quote_spanned!(span=> ::core::convert::Into::into);
        if !bound.iter().any(|field| field.member == errors.member) {
            bound.push(errors);
        }
        answer.extend(quote!(.with_errors(#into(#binding))));
    }
    let members = bound.iter().map(|field| &field.member);
    let bindings = bound.iter().map(|field| &field.binding);
    quote!(#name { #(#members: #bindings,)* .. } => #answer,)
}
