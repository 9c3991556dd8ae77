//! Last step: the tokens of one endpoint. Decides nothing.
//!
//! Every check is emitted with the position of the word or type it is about, so that rustc points there.
//!
//! Invariant: one import, `crate::api::__portcullis`, and paths below it and `::core`, all of them inside `const _`, so
//! that a renamed dependency does not matter and no name leaks; the one name that is added is the enum. It is an import
//! because rustc reports a missing one once, and every path that does not resolve.

mod checks;

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Ident, Type};

use crate::model::{Access, EndpointModel, Mount, Resource, Restriction};

/// The endpoint that stands beside the function.
///
/// rustc spends about the same on every body that is emitted here, however short it is. So there are few: what can be
/// checked together stands in one constant, and nothing is said twice.
pub(crate) fn expand(model: &EndpointModel) -> TokenStream {
    let EndpointModel {
        name,
        visibility,
        conditions,
        ..
    } = model;
    let entry = expand_entry(model);
    let run = expand_run(model);
    // `allow`, not `expect`: a function may be named in camel case.
    quote! {
        #(#conditions)*
        #[doc(hidden)]
        #[allow(non_camel_case_types)]
        #visibility enum #name {}
        #(#conditions)*
        const _: () = {
            use crate::api::__portcullis;
            #[automatically_derived]
            impl __portcullis::Endpoint<__portcullis::State> for #name {
                #entry
                #run
            }
        };
    }
}

/// Resolves like generated code, is shown where the user wrote.
fn shown_at(span: Span) -> Span {
    Span::call_site().located_at(span)
}

/// What the annotation and the types say, and the function that runs it.
fn expand_entry(model: &EndpointModel) -> TokenStream {
    let name = &model.name;
    let definition = expand_definition(model);
    let describe = expand_describe(model);
    quote! {
        const ENTRY: __portcullis::EndpointEntry<__portcullis::State> = __portcullis::EndpointEntry {
            definition: #definition,
            describe: #describe,
            run: <#name as __portcullis::Endpoint<__portcullis::State>>::run,
        };
    }
}

/// What the annotation says. The rest stands in `CLOSED`, which admits nobody.
fn expand_definition(model: &EndpointModel) -> TokenStream {
    let EndpointModel { path, doc, .. } = model;
    let operation_id = model.name.unraw().to_string();
    let method = variant(model.method.variant());
    let access = expand_access(&model.access);
    let options = expand_options(model);
    quote! {
        __portcullis::EndpointDef {
            operation_id: #operation_id,
            method: __portcullis::Method::#method,
            path: #path,
            access: #access,
            doc: #doc,
            #options
            ..__portcullis::EndpointDef::CLOSED
        }
    }
}

/// The fields that an annotation may leave out, where it says them.
fn expand_options(model: &EndpointModel) -> TokenStream {
    let tool = model.tool.as_ref();
    let hidden = tool.map_or(&[][..], |tool| &tool.hidden);
    let values = [
        ("also", model.also.to_token_stream()),
        ("tool", tool.map(|tool| &tool.name).to_token_stream()),
        (
            "resource",
            model
                .resource
                .as_ref()
                .map(expand_resource)
                .to_token_stream(),
        ),
        ("prompt", model.prompt.to_token_stream()),
        ("status", model.status.to_token_stream()),
        ("tag", model.tag.to_token_stream()),
    ];
    let mut options = TokenStream::new();
    for (field, value) in values {
        if !value.is_empty() {
            let field = variant(field);
            options.extend(quote!(#field: ::core::option::Option::Some(#value),));
        }
    }
    if let Mount::Root = model.mount {
        options.extend(quote!(mount: __portcullis::Mount::Root,));
    }
    if !hidden.is_empty() {
        options.extend(quote!(hidden_arguments: &[#(#hidden),*],));
    }
    if model.deprecated {
        options.extend(quote!(deprecated: true,));
    }
    options
}

/// The endpoint that lists is named once, so that an unknown one is one error.
fn expand_resource(resource: &Resource) -> TokenStream {
    let Resource { uri, listed_by } = resource;
    let listed_by = listed_by.as_ref().map(|lister| {
        quote_spanned! {shown_at(lister.span())=>
            &<#lister as __portcullis::Endpoint<__portcullis::State>>::ENTRY.definition
        }
    });
    let listed_by = optional(listed_by.as_ref());
    quote! {
        __portcullis::ResourceWord {
            uri: #uri,
            listed_by: #listed_by,
        }
    }
}

/// The rule. Names each role and scope once, so that an unknown one is one error.
fn expand_access(access: &Access) -> TokenStream {
    match access {
        Access::Public(reason) => {
            quote!(__portcullis::Access::Public { reason: #reason })
        }
        Access::SignedIn => quote!(__portcullis::Access::SignedIn),
        Access::Restricted(restriction) => {
            let Restriction {
                roles,
                scopes,
                applications,
                context,
            } = restriction;
            let context = optional(context.as_ref());
            quote! {
                __portcullis::Access::Restricted(__portcullis::Requirements {
                    roles: &[#(__portcullis::Role::#roles.__portcullis_def()),*],
                    scopes: &[#(__portcullis::Scope::#scopes.__portcullis_def()),*],
                    applications: &[#(__portcullis::Role::#applications.__portcullis_def()),*],
                    context: #context,
                })
            }
        }
    }
}

fn variant(name: &str) -> Ident {
    Ident::new(name, Span::call_site())
}

fn optional(value: Option<&impl ToTokens>) -> TokenStream {
    match value {
        Some(value) => quote!(::core::option::Option::Some(#value)),
        None => quote!(::core::option::Option::None),
    }
}

/// What the types say about the operation.
///
/// A list of functions and not a function that calls them: nothing is generated for it, and in a constant it is a step
/// that others can wait for.
fn expand_describe(model: &EndpointModel) -> TokenStream {
    let arguments = model.arguments.iter().map(|argument| {
        quote_spanned! {shown_at(argument.span())=>
            <#argument as __portcullis::Arg<__portcullis::State>>::describe
        }
    });
    let reply = reply(model);
    let reply = quote_spanned! {shown_at(reply.span())=>
        <#reply as __portcullis::Reply>::describe
    };
    quote! {
        &[#(#arguments,)* #reply]
    }
}

fn reply(model: &EndpointModel) -> Type {
    match &model.reply {
        Some(reply) => reply.clone(),
        None => Type::Verbatim(quote_spanned!(shown_at(model.name.span())=> ())),
    }
}

/// The call, behind what must hold first: its types describe themselves, the rules of the annotation, and that the
/// whole can move between threads.
///
/// Where one of them does not hold, the length of the array is an error, `Pass<..>::Out` over it is one too, and rustc
/// stays silent about everything that follows from it: our message, not the framework's, and one of them.
fn expand_run(model: &EndpointModel) -> TokenStream {
    let EndpointModel {
        name, arguments, ..
    } = model;
    let checks = checks::expand(model);
    let sendable = quote_spanned! {shown_at(name.span())=>
        __portcullis::require_send::<(#(#arguments,)*), _>(&#name);
    };
    let marker = if arguments.is_empty() {
        quote!(((),))
    } else {
        quote!((_, #(#arguments),*))
    };
    quote! {
        fn run(
            admitted: __portcullis::Admitted<__portcullis::State>,
        ) -> __portcullis::Answer {
            __portcullis::run::<
                _,
                <[(); {
                    #checks
                    #sendable
                    <#name as __portcullis::Endpoint<__portcullis::State>>::ENTRY.describe.len()
                }] as __portcullis::Pass<#marker>>::Out,
                __portcullis::State,
            >(#name, admitted)
        }
    }
}
