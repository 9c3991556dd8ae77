//! `derive(Settings)`: a struct is an application's own section of configuration, one key a field.
//!
//! `input` (the words of a field) -> `check` (every mistake at once) -> tokens. Which types can be settings, and which of
//! them have bounds, is asked of the runtime by the emitted code.

mod check;
mod input;

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::DeriveInput;
use syn::spanned::Spanned;

use check::{BoundModel, SettingModel};

/// The words of a setting.
#[cfg(test)]
pub(crate) const WORDS: [&[&str]; 2] = [input::WITH_VALUE, input::ALONE];

/// Expands the derive, or says what is wrong with the struct.
pub(crate) fn derive(item: TokenStream) -> TokenStream {
    let item: DeriveInput = match syn::parse2(item) {
        Ok(item) => item,
        Err(error) => return error.into_compile_error(),
    };
    match check::check(&item) {
        Ok(settings) => expand(&item, &settings),
        Err(error) => error.into_compile_error(),
    }
}

fn expand(item: &DeriveInput, settings: &[SettingModel]) -> TokenStream {
    let name = &item.ident;
    let declared = settings.iter().map(declare);
    let values = settings.iter().map(|setting| {
        let SettingModel {
            field,
            key,
            written,
            ..
        } = setting;
        quote!(#field: <#written as __portcullis::SettingValue>::read(values, #key)?)
    });
    quote! {
        const _: () = {
            use crate::api::__portcullis;
            #[automatically_derived]
            impl __portcullis::Settings for #name {
                const DECLARED: &'static [__portcullis::AppSetting] = &[#(#declared),*];
                fn read(values: &__portcullis::AppValues) -> ::core::option::Option<Self> {
                    ::core::option::Option::Some(Self { #(#values),* })
                }
            }
            // A constant of an implementation is looked at where it is used only.
            const _: &[__portcullis::AppSetting] = <#name as __portcullis::Settings>::DECLARED;
        };
    }
}

fn declare(setting: &SettingModel) -> TokenStream {
    let SettingModel {
        key,
        written,
        doc,
        default,
        min,
        max,
        check,
        is_secret,
        is_refreshable,
        ..
    } = setting;
    // Whatever is wrong with the type, or does not fit it, is told where it stands.
    let span = Span::call_site().located_at(written.span());
    let mut declared = quote_spanned! {span=>
        __portcullis::AppSetting::new(
            #key,
            #doc,
            <#written as __portcullis::SettingValue>::KIND,
            <#written as __portcullis::SettingValue>::IS_OPTIONAL,
        )
    };
    if let Some(text) = default {
        declared = quote_spanned!(span=> #declared.default(#text));
    }
    if let Some(bound) = min.as_ref().map(bound) {
        declared = quote_spanned!(span=> #declared.at_least(#bound));
    }
    if let Some(bound) = max.as_ref().map(bound) {
        declared = quote_spanned!(span=> #declared.at_most(#bound));
    }
    if let Some(function) = check {
        declared = quote_spanned!(span=> #declared.checked_by(#function));
    }
    if *is_secret {
        declared = quote_spanned!(span=> #declared.secret());
    }
    if *is_refreshable {
        declared = quote_spanned!(span=> #declared.refreshable());
    }
    declared
}

fn bound(bound: &BoundModel) -> TokenStream {
    match bound {
        BoundModel::Number(number) => quote!(__portcullis::SettingBound::Number(#number)),
        BoundModel::Milliseconds(time) => {
            quote!(__portcullis::SettingBound::Milliseconds(#time))
        }
    }
}
