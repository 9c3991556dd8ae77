//! Last step: the tokens of one endpoint. Decides nothing.
//!
//! Every check is emitted with the position of the word or type it is about, so that rustc points there.
//!
//! Invariant: one import, `crate::api::__portcullis`, and paths below it and `::core`, all of them inside `const _`, so
//! that a renamed dependency does not matter and no name leaks; the one name that is added is the enum. It is an import
//! because rustc reports a missing one once, and every path that does not resolve.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Ident, LitStr, Type};

use crate::model::{Access, EndpointModel, Resource, Restriction, Tool};

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
    let definition = expand_definition(model);
    let describe = expand_describe(model);
    let checks = expand_checks(model);
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
                #definition
                #describe
                #run
            }
            #checks
        };
    }
}

/// Resolves like generated code, is shown where the user wrote.
fn shown_at(span: Span) -> Span {
    Span::call_site().located_at(span)
}

fn expand_definition(model: &EndpointModel) -> TokenStream {
    let EndpointModel {
        path,
        deprecated,
        doc,
        ..
    } = model;
    let operation_id = model.name.unraw().to_string();
    let method = variant(model.method.variant());
    let mount = variant(model.mount.variant());
    let access = expand_access(&model.access);
    let also = optional(model.also.as_ref());
    let tool = optional(model.tool.as_ref().map(|tool| &tool.name));
    let hidden = model.tool.iter().flat_map(|tool| &tool.hidden);
    let resource = model.resource.as_ref().map(expand_resource);
    let resource = optional(resource.as_ref());
    let prompt = optional(model.prompt.as_ref());
    let status = optional(model.status.as_ref());
    let tag = optional(model.tag.as_ref());
    quote! {
        const DEF: __portcullis::EndpointDef = __portcullis::EndpointDef {
            operation_id: #operation_id,
            method: __portcullis::Method::#method,
            path: #path,
            mount: __portcullis::Mount::#mount,
            access: #access,
            also: #also,
            tool: #tool,
            hidden_arguments: &[#(#hidden),*],
            resource: #resource,
            prompt: #prompt,
            status: #status,
            tag: #tag,
            deprecated: #deprecated,
            doc: #doc,
        };
    }
}

/// The endpoint that lists is named once, so that an unknown one is one error.
fn expand_resource(resource: &Resource) -> TokenStream {
    let Resource { uri, listed_by } = resource;
    let listed_by = listed_by.as_ref().map(|lister| {
        quote_spanned! {shown_at(lister.span())=>
            &<#lister as __portcullis::Endpoint<__portcullis::State>>::DEF
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

/// Names, path and roles, asked of the vocabulary crate while the application is compiled.
fn expand_checks(model: &EndpointModel) -> TokenStream {
    let names = expand_name_checks(model);
    let paths = expand_path_checks(model);
    let reads = expand_read_checks(model);
    let roles = expand_role_checks(model);
    quote!(#names #paths #reads #roles)
}

fn expand_name_checks(model: &EndpointModel) -> TokenStream {
    let operation_id = LitStr::new(&model.name.unraw().to_string(), model.name.span());
    let operation_id = quote_spanned! {shown_at(operation_id.span())=>
        __portcullis::check_operation_id(#operation_id);
    };
    let tool = model.tool.iter().map(|Tool { name, .. }| {
        quote_spanned!(shown_at(name.span())=> __portcullis::check_tool_name(#name);)
    });
    let path = &model.path;
    let hidden = model.tool.iter().flat_map(|tool| &tool.hidden).map(|name| {
        quote_spanned! {shown_at(name.span())=>
            __portcullis::check_hidden_argument(#path, #name);
        }
    });
    let status = model.status.iter().map(
        |status| quote_spanned!(shown_at(status.span())=> __portcullis::check_status(#status);),
    );
    quote!(#operation_id #(#tool)* #(#hidden)* #(#status)*)
}

fn expand_path_checks(model: &EndpointModel) -> TokenStream {
    let EndpointModel {
        path, arguments, ..
    } = model;
    let mount = variant(model.mount.variant());
    let texts = arguments.iter().map(written);
    let taken = arguments.iter().map(|argument| {
        quote_spanned! {shown_at(argument.span())=>
            <#argument as __portcullis::Arg<__portcullis::State>>::PATH
        }
    });
    quote_spanned! {shown_at(path.span())=>
        __portcullis::check_path(__portcullis::Mount::#mount, #path);
        __portcullis::check_path_arguments(#path, &[#((#texts, #taken)),*]);
    }
}

/// What a resource and a prompt must be.
fn expand_read_checks(model: &EndpointModel) -> TokenStream {
    let EndpointModel { name, path, .. } = model;
    let uri = model.resource.iter().map(|Resource { uri, .. }| {
        quote_spanned!(shown_at(uri.span())=> __portcullis::check_resource(#uri, #path);)
    });
    let listers = model.resource.iter().flat_map(|it| &it.listed_by);
    let lister = listers.map(|lister| {
        quote_spanned! {shown_at(lister.span())=>
            __portcullis::check_lister(
                &<#name as __portcullis::Endpoint<__portcullis::State>>::DEF
            );
        }
    });
    let prompt = model.prompt.iter().map(|prompt| {
        let reply = reply(model);
        let name = quote_spanned! {shown_at(prompt.span())=>
            __portcullis::check_prompt_name(#prompt);
        };
        let reply = quote_spanned! {shown_at(reply.span())=>
            let _ = <#reply as __portcullis::PromptReply>::IS_PROMPT;
        };
        quote!(#name #reply)
    });
    quote!(#(#uri)* #(#lister)* #(#prompt)*)
}

fn expand_role_checks(model: &EndpointModel) -> TokenStream {
    let Access::Restricted(restriction) = &model.access else {
        return TokenStream::new();
    };
    let Restriction {
        roles,
        scopes: _,
        applications,
        context,
    } = restriction;
    let context = context.iter().map(
        |context| quote_spanned!(shown_at(context.span())=> __portcullis::check_context(#context);),
    );
    let name = &model.name;
    let users = roles.iter().enumerate().map(|(index, role)| {
        quote_spanned! {shown_at(role.span())=>
            __portcullis::check_role_for_users(access, #index);
        }
    });
    let services = applications.iter().enumerate().map(|(index, role)| {
        quote_spanned! {shown_at(role.span())=>
            __portcullis::check_role_for_applications(access, #index);
        }
    });
    quote! {
        let access = &<#name as __portcullis::Endpoint<__portcullis::State>>::DEF.access;
        #(#users)*
        #(#services)*
        #(#context)*
    }
}

/// A type as people write it: without the spaces between tokens.
fn written(written: &Type) -> String {
    let mut text = written.to_token_stream().to_string();
    for (spaced, tight) in [
        (" <", "<"),
        ("< ", "<"),
        (" >", ">"),
        (" ::", "::"),
        (":: ", "::"),
        (" ,", ","),
        ("( ", "("),
        (" )", ")"),
    ] {
        text = text.replace(spaced, tight);
    }
    text
}

/// What the types say about the operation.
///
/// A list of functions and not a function that calls them: nothing is generated for it, and as a constant it is a step
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
        const DESCRIBE: &'static [fn(&mut __portcullis::Op)] = &[#(#arguments,)* #reply];
    }
}

fn reply(model: &EndpointModel) -> Type {
    match &model.reply {
        Some(reply) => reply.clone(),
        None => Type::Verbatim(quote_spanned!(shown_at(model.name.span())=> ())),
    }
}

/// An argument's type, or an error that rustc has already told about.
///
/// Its tokens lie where the type begins and ends, so that rustc underlines the whole type.
fn expand_described(argument: &Type) -> TokenStream {
    let tokens: Vec<_> = argument.to_token_stream().into_iter().collect();
    let here = Span::call_site();
    let first = tokens.first().map_or(here, TokenTree::span);
    let last = tokens.last().map_or(here, TokenTree::span);
    let mut described = quote_spanned!(shown_at(first)=> Described<#argument);
    described.extend(quote_spanned!(shown_at(last)=> >));
    described
}

/// The call, behind two steps that must hold first: its types describe themselves; and only the last argument reads
/// the body, and the whole can move between threads.
///
/// When a step fails, its constant is an error, `Pass<..>::Out` over it is one too, and rustc stays silent about
/// everything that follows from it: our message, not the framework's, and one of them.
fn expand_run(model: &EndpointModel) -> TokenStream {
    let EndpointModel {
        name, arguments, ..
    } = model;
    let before_last = arguments.split_last().map_or(&[][..], |(_, others)| others);
    let described = (!before_last.is_empty()).then(|| {
        quote! {
            type Described<T> = <
                [(); <#name as __portcullis::Endpoint<__portcullis::State>>::DESCRIBE.len()]
                as __portcullis::Pass<T>
            >::Out;
        }
    });
    let without_body = before_last.iter().map(|argument| {
        let described = expand_described(argument);
        quote! {
            let _ = <#described as __portcullis::PartsArg<__portcullis::State>>::READS_NO_BODY;
        }
    });
    let values: Vec<_> = (0..arguments.len())
        .map(|index| variant(&format!("argument_{index}")))
        .collect();
    let sendable = quote_spanned! {shown_at(name.span())=>
        let _ = |#(#values: #arguments),*| __portcullis::require_send(&#name(#(#values),*));
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
            #described
            __portcullis::run::<
                _,
                <[(); {
                    #(#without_body)*
                    #sendable
                    <#name as __portcullis::Endpoint<__portcullis::State>>::DESCRIBE.len()
                }] as __portcullis::Pass<#marker>>::Out,
                __portcullis::State,
            >(#name, admitted)
        }
    }
}
