//! The rules of an annotation, asked of the vocabulary crate while the application is compiled.
//!
//! Each call stands at the position of the word or type that it is about, so that rustc points there.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{LitStr, Type};

use super::{reply, shown_at, variant};
use crate::model::{Access, EndpointModel, Resource, Restriction, Tool};

/// Up to here no name of a function is too long.
const ORDINARY_NAME_BYTES: usize = 64;

/// Names, path, arguments and roles.
pub(super) fn expand(model: &EndpointModel) -> TokenStream {
    let names = expand_name_checks(model);
    let paths = expand_path_checks(model);
    let bodies = expand_body_checks(model);
    let reads = expand_read_checks(model);
    let roles = expand_role_checks(model);
    quote!(#names #paths #bodies #reads #roles)
}

fn expand_name_checks(model: &EndpointModel) -> TokenStream {
    let id = model.name.unraw().to_string();
    // The name of a function is one of letters, digits and `_`; an ordinary one need not be asked about.
    let is_ordinary = id.is_ascii() && id.len() <= ORDINARY_NAME_BYTES;
    let operation_id = (!is_ordinary).then(|| {
        let name = LitStr::new(&id, model.name.span());
        quote_spanned!(shown_at(name.span())=> __portcullis::check_operation_id(#name);)
    });
    // An operation id is a tool name; only a name of the tool's own has to be asked about.
    let own_name = |tool: &&Tool| tool.name.value() != id;
    let tool = model.tool.iter().filter(own_name).map(|Tool { name, .. }| {
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
        __portcullis::check_path(__portcullis::Mount::#mount, #path, &[#((#texts, #taken)),*]);
    }
}

/// Every argument but the last leaves the request body alone.
fn expand_body_checks(model: &EndpointModel) -> TokenStream {
    let arguments = &model.arguments;
    let before_last = arguments.split_last().map_or(&[][..], |(_, others)| others);
    let checks = before_last.iter().map(|argument| {
        let text = written(argument);
        quote_spanned! {shown_at(argument.span())=>
            __portcullis::check_body_argument(
                #text,
                <#argument as __portcullis::Arg<__portcullis::State>>::READS_BODY,
            );
        }
    });
    quote!(#(#checks)*)
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
                &<#name as __portcullis::Endpoint<__portcullis::State>>::ENTRY.definition
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
        let access = &<#name as __portcullis::Endpoint<__portcullis::State>>::ENTRY.definition.access;
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
