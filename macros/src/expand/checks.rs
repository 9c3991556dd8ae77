//! The rules of an annotation that only rustc can judge, asked of the vocabulary crate while the application is compiled.
//!
//! Each call stands at the position of the word or type that it is about, so that rustc points there. What they take, they
//! take by value: of whatever a constant borrows, rustc asks of each field in it whether something in it can change.

use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use super::shown_at;
use crate::model::{Access, EndpointModel, Restriction};

/// Arguments, what lists a resource, and roles of the endpoint that `entry` names.
pub(super) fn expand(model: &EndpointModel, entry: &Ident) -> TokenStream {
    let paths = expand_path_checks(model, entry);
    let bodies = expand_body_checks(model, entry);
    let reads = expand_read_checks(model, entry);
    let callers = expand_caller_checks(model, entry);
    let roles = expand_role_checks(model, entry);
    quote!(#paths #bodies #callers #reads #roles)
}

fn expand_path_checks(model: &EndpointModel, entry: &Ident) -> TokenStream {
    let EndpointModel {
        path,
        parameter_count,
        ..
    } = model;
    quote_spanned! {shown_at(path.span())=>
        __portcullis::check_path_arguments(#path, #parameter_count, #entry.arguments);
    }
}

/// Every argument but the last leaves the request body alone.
fn expand_body_checks(model: &EndpointModel, entry: &Ident) -> TokenStream {
    let arguments = &model.arguments;
    let before_last = arguments.split_last().map_or(&[][..], |(_, others)| others);
    let checks = before_last.iter().enumerate().map(|(index, argument)| {
        quote_spanned! {shown_at(argument.span())=>
            __portcullis::check_body_argument(#entry.arguments, #index);
        }
    });
    quote!(#(#checks)*)
}

/// No argument of a public endpoint asks who is calling.
fn expand_caller_checks(model: &EndpointModel, entry: &Ident) -> TokenStream {
    let Access::Public(_) = &model.access else {
        return TokenStream::new();
    };
    let arguments = model.arguments.iter().enumerate();
    let checks = arguments.map(|(index, argument)| {
        quote_spanned! {shown_at(argument.span())=>
            __portcullis::check_public_argument(#entry.arguments, #index);
        }
    });
    quote!(#(#checks)*)
}

/// What a resource and a prompt must be.
fn expand_read_checks(model: &EndpointModel, entry: &Ident) -> TokenStream {
    let listers = model.resource.iter().flat_map(|it| &it.listed_by);
    let lister = listers.map(|lister| {
        quote_spanned! {shown_at(lister.span())=>
            __portcullis::check_lister(#entry.definition);
        }
    });
    let prompt = model.prompt.iter().map(|_| {
        let reply = &model.reply;
        quote_spanned! {shown_at(reply.span())=>
            let _ = <#reply as __portcullis::PromptReply>::IS_PROMPT;
        }
    });
    quote!(#(#lister)* #(#prompt)*)
}

fn expand_role_checks(model: &EndpointModel, entry: &Ident) -> TokenStream {
    let Access::Restricted(restriction) = &model.access else {
        return TokenStream::new();
    };
    let Restriction {
        roles,
        scopes: _,
        applications,
        context: _,
    } = restriction;
    let users = roles.iter().enumerate().map(|(index, role)| {
        quote_spanned! {shown_at(role.span())=>
            __portcullis::check_role_for_users(#entry.definition.access, #index);
        }
    });
    let services = applications.iter().enumerate().map(|(index, role)| {
        quote_spanned! {shown_at(role.span())=>
            __portcullis::check_role_for_applications(#entry.definition.access, #index);
        }
    });
    quote! {
        #(#users)*
        #(#services)*
    }
}
