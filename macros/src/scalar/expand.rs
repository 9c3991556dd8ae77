//! Last step: the tokens of one domain type. Decides nothing.
//!
//! Invariant: every way to make a value goes through `TryFrom`, which checks.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Fields};

use super::model::{BoundModel, NumberModel, ScalarModel};

/// The description, the check, and the conversions.
pub(super) fn expand(model: &ScalarModel) -> TokenStream {
    let ScalarModel { name, inner, .. } = model;
    let definition = expand_definition(model);
    let pattern = expand_pattern(model);
    let header = expand_header(model);
    let span = Span::call_site().located_at(inner.span());
    let check = quote_spanned! {span=>
        const _: () = __portcullis::check_scalar::<#inner>(&<#name as __portcullis::Scalar>::DEF);
    };
    let get_doc = "The value itself.";
    quote! {
        const _: () = {
            use crate::api::__portcullis;
            #[automatically_derived]
            impl __portcullis::Scalar for #name {
                type Inner = #inner;
                #definition
            }
            #check
            impl #name {
                #[doc = #get_doc]
                #[must_use]
                pub const fn get(&self) -> &#inner {
                    &self.0
                }
            }
            #[automatically_derived]
            impl ::core::convert::TryFrom<#inner> for #name {
                type Error = __portcullis::ScalarFault;
                fn try_from(value: #inner) -> ::core::result::Result<Self, Self::Error> {
                    #pattern
                    <Self as __portcullis::Scalar>::DEF.check(&value, pattern)?;
                    ::core::result::Result::Ok(Self(value))
                }
            }
            #[automatically_derived]
            impl ::core::convert::From<#name> for #inner {
                fn from(scalar: #name) -> Self {
                    scalar.0
                }
            }
            #[automatically_derived]
            impl ::core::str::FromStr for #name {
                type Err = __portcullis::ScalarFault;
                fn from_str(text: &str) -> ::core::result::Result<Self, Self::Err> {
                    __portcullis::parse_scalar(text)
                }
            }
            #[automatically_derived]
            impl ::core::fmt::Display for #name {
                fn fmt(&self, formatter: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                    ::core::fmt::Display::fmt(&self.0, formatter)
                }
            }
            #[automatically_derived]
            impl __portcullis::serde::Serialize for #name {
                fn serialize<S: __portcullis::serde::Serializer>(
                    &self,
                    serializer: S,
                ) -> ::core::result::Result<S::Ok, S::Error> {
                    __portcullis::serde::Serialize::serialize(&self.0, serializer)
                }
            }
            #[automatically_derived]
            impl<'de> __portcullis::serde::Deserialize<'de> for #name {
                fn deserialize<D: __portcullis::serde::Deserializer<'de>>(
                    deserializer: D,
                ) -> ::core::result::Result<Self, D::Error> {
                    __portcullis::deserialize_scalar(deserializer)
                }
            }
            #[automatically_derived]
            impl __portcullis::PartialSchema for #name {
                fn schema() -> __portcullis::RefOr<__portcullis::Schema> {
                    <Self as __portcullis::Scalar>::DEF.schema::<#inner>()
                }
            }
            #[automatically_derived]
            impl __portcullis::ToSchema for #name {
                fn name() -> __portcullis::Cow<'static, str> {
                    __portcullis::Cow::Borrowed(<Self as __portcullis::Scalar>::DEF.name)
                }
            }
            #[automatically_derived]
            impl __portcullis::PathSegment for #name {}
            #header
        };
    }
}

/// A type that has no value, so that what uses it shows no second error.
pub(super) fn fallback(item: &DeriveInput) -> TokenStream {
    let Data::Struct(data) = &item.data else {
        return TokenStream::new();
    };
    if !item.generics.params.is_empty() {
        return TokenStream::new();
    }
    let name = &item.ident;
    let unreachable = quote!(::core::unreachable!(
        "a scalar whose derive does not compile"
    ));
    let conversions = match &data.fields {
        Fields::Unnamed(fields) if fields.unnamed.len() == 1 => {
            let inner = &fields.unnamed[0].ty;
            Some(quote! {
                impl #name {
                    #[doc(hidden)]
                    pub const fn get(&self) -> &#inner {
                        &self.0
                    }
                }
                impl ::core::convert::TryFrom<#inner> for #name {
                    type Error = __portcullis::ScalarFault;
                    fn try_from(_: #inner) -> ::core::result::Result<Self, Self::Error> {
                        #unreachable
                    }
                }
                impl ::core::convert::From<#name> for #inner {
                    fn from(_: #name) -> Self {
                        #unreachable
                    }
                }
            })
        }
        Fields::Unnamed(_) | Fields::Named(_) | Fields::Unit => None,
    };
    quote! {
        const _: () = {
            use crate::api::__portcullis;
            #conversions
            impl ::core::str::FromStr for #name {
                type Err = __portcullis::ScalarFault;
                fn from_str(_: &str) -> ::core::result::Result<Self, Self::Err> {
                    #unreachable
                }
            }
            impl ::core::fmt::Display for #name {
                fn fmt(&self, _: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                    #unreachable
                }
            }
            impl __portcullis::serde::Serialize for #name {
                fn serialize<S: __portcullis::serde::Serializer>(
                    &self,
                    _: S,
                ) -> ::core::result::Result<S::Ok, S::Error> {
                    #unreachable
                }
            }
            impl<'de> __portcullis::serde::Deserialize<'de> for #name {
                fn deserialize<D: __portcullis::serde::Deserializer<'de>>(
                    _: D,
                ) -> ::core::result::Result<Self, D::Error> {
                    #unreachable
                }
            }
            impl __portcullis::PartialSchema for #name {
                fn schema() -> __portcullis::RefOr<__portcullis::Schema> {
                    #unreachable
                }
            }
            impl __portcullis::ToSchema for #name {}
            impl __portcullis::PathSegment for #name {}
        };
    }
}

fn expand_definition(model: &ScalarModel) -> TokenStream {
    let ScalarModel { title, doc, .. } = model;
    let min_length = optional(model.min_length.as_ref());
    let max_length = optional(model.max_length.as_ref());
    let pattern = optional(model.pattern.as_ref());
    let format = optional(model.format.as_ref());
    let minimum = expand_bound(model.minimum.as_ref());
    let maximum = expand_bound(model.maximum.as_ref());
    let exclusive_minimum = expand_bound(model.exclusive_minimum.as_ref());
    let exclusive_maximum = expand_bound(model.exclusive_maximum.as_ref());
    let example = optional(model.example.as_ref());
    quote! {
        const DEF: __portcullis::ScalarDef = __portcullis::ScalarDef {
            name: #title,
            description: #doc,
            min_length: #min_length,
            max_length: #max_length,
            pattern: #pattern,
            format: #format,
            minimum: #minimum,
            maximum: #maximum,
            exclusive_minimum: #exclusive_minimum,
            exclusive_maximum: #exclusive_maximum,
            example: #example,
        };
    }
}

/// The compiled pattern, one for the whole program.
fn expand_pattern(model: &ScalarModel) -> TokenStream {
    match &model.pattern {
        Some(pattern) => quote! {
            static PATTERN: __portcullis::Pattern = __portcullis::Pattern::new(#pattern);
            let pattern = ::core::option::Option::Some(PATTERN.regex());
        },
        None => quote!(let pattern = ::core::option::Option::None;),
    }
}

fn expand_header(model: &ScalarModel) -> Option<TokenStream> {
    let (name, header): (&Ident, _) = (&model.name, model.header.as_ref()?);
    let doc = &model.doc;
    Some(quote! {
        #[automatically_derived]
        impl __portcullis::HeaderValueType for #name {
            const NAME: &'static str = #header;
            const DESCRIPTION: &'static str = #doc;
            fn parse(value: &str) -> ::core::result::Result<Self, __portcullis::String> {
                __portcullis::parse_scalar(value)
                    .map_err(|fault: __portcullis::ScalarFault| __portcullis::format!("{fault}"))
            }
        }
    })
}

fn optional(value: Option<&impl ToTokens>) -> TokenStream {
    match value {
        Some(value) => quote!(::core::option::Option::Some(#value)),
        None => quote!(::core::option::Option::None),
    }
}

fn expand_bound(bound: Option<&BoundModel>) -> TokenStream {
    let Some(BoundModel {
        is_negative,
        number,
    }) = bound
    else {
        return quote!(::core::option::Option::None);
    };
    let sign = is_negative.then(|| quote!(-));
    match number {
        NumberModel::Decimal(number) => {
            quote!(::core::option::Option::Some(__portcullis::Bound::Decimal(#sign #number)))
        }
        NumberModel::Integer(number) => {
            quote!(::core::option::Option::Some(__portcullis::Bound::Integer(#sign #number)))
        }
    }
}
