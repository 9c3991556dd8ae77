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

use crate::model::{Access, EndpointModel, Restriction};

/// The endpoint that stands beside the function.
pub(crate) fn expand(model: &EndpointModel) -> TokenStream {
    let EndpointModel {
        name,
        visibility,
        conditions,
        ..
    } = model;
    let vocabulary = expand_vocabulary(&model.access);
    let definition = expand_definition(model);
    let checks = expand_checks(model);
    let describe = expand_describe(model);
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
            #vocabulary
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

/// The lists of the rule as constants: named once, so that an unknown role is one error.
fn expand_vocabulary(access: &Access) -> TokenStream {
    let Access::Restricted(restriction) = access else {
        return TokenStream::new();
    };
    let Restriction {
        roles,
        scopes,
        applications,
    } = restriction;
    let users = (0..roles.len()).zip(roles).map(|(index, role)| {
        quote_spanned! {shown_at(role.span())=>
            const _: () = __portcullis::check_role_for_users(&ROLES[#index]);
        }
    });
    let services = (0..applications.len())
        .zip(applications)
        .map(|(index, role)| {
            quote_spanned! {shown_at(role.span())=>
                const _: () = __portcullis::check_role_for_applications(&APPLICATIONS[#index]);
            }
        });
    quote! {
        const ROLES: &[__portcullis::RoleDef] =
            &[#(__portcullis::Role::#roles.__portcullis_def()),*];
        const SCOPES: &[__portcullis::ScopeDef] =
            &[#(__portcullis::Scope::#scopes.__portcullis_def()),*];
        const APPLICATIONS: &[__portcullis::RoleDef] =
            &[#(__portcullis::Role::#applications.__portcullis_def()),*];
        #(#users)*
        #(#services)*
    }
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
    let tool = optional(model.tool.as_ref());
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
            status: #status,
            tag: #tag,
            deprecated: #deprecated,
            doc: #doc,
        };
    }
}

fn expand_access(access: &Access) -> TokenStream {
    match access {
        Access::Public(reason) => {
            quote!(__portcullis::Access::Public { reason: #reason })
        }
        Access::SignedIn => quote!(__portcullis::Access::SignedIn),
        Access::Restricted(_) => quote! {
            __portcullis::Access::Restricted(__portcullis::Requirements {
                roles: ROLES,
                scopes: SCOPES,
                applications: APPLICATIONS,
            })
        },
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

/// The grammar of names and paths, asked of the vocabulary crate while the application is compiled.
fn expand_checks(model: &EndpointModel) -> TokenStream {
    let EndpointModel { name, path, .. } = model;
    let operation_id = LitStr::new(&name.unraw().to_string(), name.span());
    let mount = variant(model.mount.variant());
    let names = quote_spanned! {shown_at(name.span())=>
        const _: () = __portcullis::check_operation_id(#operation_id);
    };
    let texts = model.arguments.iter().map(written);
    let arguments = &model.arguments;
    // In one block: a path that breaks the grammar is not also compared with the arguments.
    let paths = quote_spanned! {shown_at(path.span())=>
        const _: () = {
            __portcullis::check_path(__portcullis::Mount::#mount, #path);
            __portcullis::check_path_arguments(#path, &[#((
                #texts,
                <#arguments as __portcullis::Arg<__portcullis::State>>::PATH,
            )),*]);
        };
    };
    let tools = model.tool.iter().map(|tool| {
        quote_spanned! {shown_at(tool.span())=>
            const _: () = __portcullis::check_tool_name(#tool);
        }
    });
    let statuses = model.status.iter().map(|status| {
        quote_spanned! {shown_at(status.span())=>
            const _: () = __portcullis::check_status(#status);
        }
    });
    quote!(#names #paths #(#tools)* #(#statuses)*)
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

fn expand_describe(model: &EndpointModel) -> TokenStream {
    let arguments = model.arguments.iter().map(|argument| {
        quote_spanned! {shown_at(argument.span())=>
            <#argument as __portcullis::Arg<__portcullis::State>>::describe(op);
        }
    });
    let reply = reply(model);
    let reply = quote_spanned! {shown_at(reply.span())=>
        <#reply as __portcullis::Reply>::describe(op);
    };
    quote! {
        fn describe(op: &mut __portcullis::Op) {
            #(#arguments)*
            #reply
        }
    }
}

fn reply(model: &EndpointModel) -> Type {
    match &model.reply {
        Some(reply) => reply.clone(),
        None => Type::Verbatim(quote_spanned!(shown_at(model.name.span())=> ())),
    }
}

/// The call, behind two steps that must hold first.
///
/// When a step fails, its constant is an error, `Pass<..>::Out` over it is one too, and rustc stays silent about
/// everything that follows from it: our message, not the framework's, and one of them.
fn expand_run(model: &EndpointModel) -> TokenStream {
    let EndpointModel {
        name, arguments, ..
    } = model;
    let described = arguments.iter().map(|argument| {
        quote_spanned! {shown_at(argument.span())=>
            let _ = <#argument as __portcullis::Arg<__portcullis::State>>::PATH;
        }
    });
    let before_last = arguments.split_last().map_or(&[][..], |(_, others)| others);
    let without_body = before_last.iter().map(|argument| {
        let checked = expand_checked(argument);
        quote! {
            let _ = <
                #checked as __portcullis::PartsArg<__portcullis::State>
            >::READS_NO_BODY;
        }
    });
    let reply = reply(model);
    let answers = quote_spanned! {shown_at(reply.span())=>
        let _ = <#reply as __portcullis::Reply>::describe;
    };
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
            const DESCRIBED: usize = {
                #(#described)*
                0
            };
            const CALLABLE: usize = {
                let _ = DESCRIBED;
                #(#without_body)*
                #answers
                #sendable
                0
            };
            __portcullis::run::<
                _,
                <[(); CALLABLE] as __portcullis::Pass<#marker>>::Out,
                __portcullis::State,
            >(#name, admitted)
        }
    }
}

/// An argument's type, or an error that rustc has already told about.
///
/// Its tokens lie where the type begins and ends, so that rustc underlines the whole type.
fn expand_checked(argument: &Type) -> TokenStream {
    let tokens: Vec<_> = argument.to_token_stream().into_iter().collect();
    let here = Span::call_site();
    let first = tokens.first().map_or(here, TokenTree::span);
    let last = tokens.last().map_or(here, TokenTree::span);
    let mut checked = quote_spanned! {shown_at(first)=>
        <[(); DESCRIBED] as __portcullis::Pass<#argument>>::
    };
    checked.extend(quote_spanned!(shown_at(last)=> Out));
    checked
}
