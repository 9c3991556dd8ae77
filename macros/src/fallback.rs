//! What is emitted beside the mistakes, so that one mistake shows as one message.
//!
//! The function is there already, untouched. This adds the endpoint that `endpoints![..]` looks for.
//!
//! Invariant: its rule is `DenyAll`. Even if the error were lost on the way, nobody gets in.

use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt;

use crate::check;
use crate::input::FunctionInput;

/// An endpoint that admits nobody, in place of the one that could not be made.
///
/// Nothing for a method: an enum beside it, inside `impl`, would be the next mistake.
pub(crate) fn expand(function: &FunctionInput) -> TokenStream {
    if function.signature.receiver().is_some() {
        return TokenStream::new();
    }
    let name = &function.signature.ident;
    let visibility = &function.visibility;
    let conditions = check::conditions(&function.attributes);
    let operation_id = name.unraw().to_string();
    quote! {
        #(#conditions)*
        #[doc(hidden)]
        #[allow(non_camel_case_types)]
        #visibility enum #name {}
        #(#conditions)*
        const _: () = {
            use crate::api::__portcullis;
            impl __portcullis::Endpoint<__portcullis::State> for #name {
                const ENTRY: __portcullis::EndpointEntry<__portcullis::State> = __portcullis::EndpointEntry {
                    definition: __portcullis::EndpointDef {
                        operation_id: #operation_id,
                        access: __portcullis::Access::DenyAll,
                        ..__portcullis::EndpointDef::CLOSED
                    },
                    fingerprints: __portcullis::EndpointDef::CLOSED.fingerprints(),
                    arguments: &[],
                    reply: |_| {},
                    run: |_| ::core::unreachable!("an endpoint whose annotation does not compile"),
                };
            }
        };
    }
}
