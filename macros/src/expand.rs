//! Last step: the tokens of one endpoint. Decides nothing.
//!
//! Every check is emitted with the position of the word or type it is about, so that rustc points there.
//!
//! Invariant: one import, `crate::api::__portcullis`, and paths below it and `::core`, all of them inside `const _`, so
//! that a renamed dependency does not matter and no name leaks; the one name that is added is the enum. It is an import
//! because rustc reports a missing one once, and every path that does not resolve.

mod checks;

use portcullis_grammar::{Fingerprints, Mount};
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::Ident;
use syn::ext::IdentExt;
use syn::spanned::Spanned;

use crate::model::{Access, EndpointModel, Resource, Restriction};

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
    // An item of a macro has no hygiene: its name must not be that of the function. rustc names it where a rule is broken.
    let run_name = variant(&format!("__run_{}", name.unraw()));
    let entry = expand_entry(model, &run_name);
    let run = expand_run(model, &run_name);
    // `allow`, not `expect`: a function may be named in camel case.
    quote! {
        #(#conditions)*
        #[doc(hidden)]
        #[allow(non_camel_case_types)]
        #visibility enum #name {}
        #(#conditions)*
        const _: () = {
            use crate::api::__portcullis;
            impl __portcullis::Endpoint<__portcullis::State> for #name {
                #entry
            }
            #run
        };
    }
}

/// Resolves like generated code, is shown where the user wrote.
fn shown_at(span: Span) -> Span {
    Span::call_site().located_at(span)
}

/// What the annotation and the types say, and the function that runs it.
fn expand_entry(model: &EndpointModel, run: &Ident) -> TokenStream {
    let definition = expand_definition(model);
    let fingerprints = expand_fingerprints(&model.fingerprints);
    let arguments = expand_arguments(model);
    let reply = expand_reply(model);
    quote! {
        const ENTRY: __portcullis::EndpointEntry<__portcullis::State> = __portcullis::EndpointEntry {
            definition: #definition,
            fingerprints: #fingerprints,
            arguments: #arguments,
            reply: #reply,
            run: #run,
        };
    }
}

fn expand_fingerprints(fingerprints: &Fingerprints) -> TokenStream {
    let Fingerprints { kinds, path } = fingerprints;
    quote! {
        __portcullis::Fingerprints { kinds: [#(#kinds),*], path: #path }
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
            options.extend(quote!(#field: __portcullis::Some(#value),));
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
            let roles = expand_names("Role", "NO_ROLES", roles);
            let scopes = expand_names("Scope", "NO_SCOPES", scopes);
            let applications = expand_names("Role", "NO_ROLES", applications);
            let context = optional(context.as_ref());
            quote! {
                __portcullis::Access::Restricted(__portcullis::Requirements {
                    roles: #roles,
                    scopes: #scopes,
                    applications: #applications,
                    context: #context,
                })
            }
        }
    }
}

/// Roles or scopes. rustc makes a constant of its own of each list that is written out, an empty one too.
fn expand_names(vocabulary: &str, none: &str, names: &[Ident]) -> TokenStream {
    if names.is_empty() {
        let none = variant(none);
        return quote!(__portcullis::#none);
    }
    let vocabulary = variant(vocabulary);
    quote!(&[#(__portcullis::#vocabulary::#names.__portcullis_def()),*])
}

fn variant(name: &str) -> Ident {
    Ident::new(name, Span::call_site())
}

fn optional(value: Option<&impl ToTokens>) -> TokenStream {
    match value {
        Some(value) => quote!(__portcullis::Some(#value)),
        None => quote!(__portcullis::None),
    }
}

/// The arguments: the type of each as written, and what it says about itself.
fn expand_arguments(model: &EndpointModel) -> TokenStream {
    let arguments = model.arguments.iter().map(|argument| {
        let text = argument.text();
        quote_spanned! {shown_at(argument.span())=>
            (#text, <#argument as __portcullis::Arg<__portcullis::State>>::ARGUMENT)
        }
    });
    quote!(&[#(#arguments),*])
}

fn expand_reply(model: &EndpointModel) -> TokenStream {
    let reply = &model.reply;
    quote_spanned! {shown_at(reply.span())=>
        <#reply as __portcullis::Reply>::describe
    }
}

/// The call, behind what must hold first: its types describe themselves, and the rules of the annotation.
///
/// Where one of them does not hold, the length of the array is an error, `Pass<..>::Out` over it is one too, and rustc
/// stays silent about what the call would ask of the state and so of the arguments: our message, and one of them.
fn expand_run(model: &EndpointModel, run: &Ident) -> TokenStream {
    let EndpointModel {
        name, arguments, ..
    } = model;
    // A function may be called as these are.
    let admitted = Ident::new("admitted", Span::mixed_site());
    let entry = Ident::new("entry", Span::mixed_site());
    let checks = checks::expand(model, &entry);
    let run_with = variant(&format!("run_{}", arguments.len()));
    let call = quote_spanned! {shown_at(name.span())=>
        #admitted.#run_with(#name)
    };
    quote! {
        fn #run(
            #admitted: __portcullis::Admitted<__portcullis::State>,
        ) -> __portcullis::Answer {
            let #admitted: __portcullis::Admitted<
                <[(); {
                    let #entry = <#name as __portcullis::Endpoint<__portcullis::State>>::ENTRY;
                    #checks
                    0
                }] as __portcullis::Pass<__portcullis::State>>::Out,
            > = #admitted;
            #call
        }
    }
}
