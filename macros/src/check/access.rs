//! Who may call: exactly one of `public`, `signed_in`, or any of `roles`, `scopes`, `applications`.

use std::collections::BTreeSet;

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::Ident;
use syn::ext::IdentExt;

use super::values;
use super::words::{Slots, Written};
use crate::errors::Errors;
use crate::input::{self, Value};
use crate::model::{Access, Restriction};

/// Reads the access words; `None` when there is none, or a mistake in one.
pub(super) fn check(slots: &Slots, errors: &mut Errors, readable: bool) -> Option<Access> {
    let lists = [&slots.roles, &slots.scopes, &slots.applications];
    let restricted = lists.iter().any(|list| list.is_some());
    check_alone(slots, errors);
    let restriction = Restriction {
        roles: variants(slots.roles.as_ref(), "Analyst", errors),
        scopes: variants(slots.scopes.as_ref(), "UserImpersonation", errors),
        applications: variants(slots.applications.as_ref(), "Ingest", errors),
        context: slots.context.as_ref().and_then(|context| {
            values::sentence(
                context,
                "the id of an authentication context, such as `c1`",
                errors,
            )
        }),
    };
    check_context(slots, errors);
    if let Some(signed_in) = &slots.signed_in {
        values::flag(signed_in, errors);
    }
    let reason = slots
        .public
        .as_ref()
        .and_then(|public| reason(public, errors));
    if slots.public.is_some() {
        return reason.map(Access::Public);
    }
    if slots.signed_in.is_some() {
        return Some(Access::SignedIn);
    }
    if restricted {
        return Some(Access::Restricted(restriction));
    }
    if readable && !slots.is_empty() && !slots.has_unknown_word {
        errors.at(
            Span::call_site(),
            "say who may call it: `roles(..)`, `scopes(..)`, `applications(..)`, `signed_in`, or `public(\"reason\")`",
        );
    }
    None
}

/// `public` and `signed_in` leave nothing for the others to say.
fn check_alone(slots: &Slots, errors: &mut Errors) {
    let widest = match (&slots.public, &slots.signed_in) {
        (Some(_), _) => "public",
        (None, Some(_)) => "signed_in",
        (None, None) => return,
    };
    let why = match widest {
        "public" => "`public` admits anyone",
        _ => "`signed_in` admits every verified caller",
    };
    let signed_in = slots.signed_in.as_ref().filter(|_| widest == "public");
    let others = [
        signed_in,
        slots.roles.as_ref(),
        slots.scopes.as_ref(),
        slots.applications.as_ref(),
        slots.context.as_ref(),
    ];
    for other in others.into_iter().flatten() {
        let name = &other.name;
        errors.on(
            name,
            format!("{why}, so `{name}` cannot stand beside it; leave one of them out"),
        );
    }
}

/// `context` is about the sign-in of users whom another word admits.
fn check_context(slots: &Slots, errors: &mut Errors) {
    let is_alone = slots.public.is_some() || slots.signed_in.is_some();
    let admits_users = slots.roles.is_some() || slots.scopes.is_some();
    if let Some(Written { name, .. }) = &slots.context
        && !is_alone
        && !admits_users
    {
        errors.on(
            name,
            "`context` is about how users sign in, and no word here admits users; add `roles(..)` or `scopes(..)`",
        );
    }
}

/// The reason of `public("reason")`.
fn reason(public: &Written, errors: &mut Errors) -> Option<syn::LitStr> {
    values::sentence(
        public,
        "why no credential is asked for; it stands in the access matrix",
        errors,
    )
}

/// The variants in `roles(A, B)`, each once.
fn variants(written: Option<&Written>, example: &str, errors: &mut Errors) -> Vec<Ident> {
    let Some(Written { name, value }) = written else {
        return Vec::new();
    };
    let Value::List(list) = value else {
        errors.on(
            name,
            format!("`{name}` needs a list, such as `{name}({example})`"),
        );
        return Vec::new();
    };
    if list.stream().is_empty() {
        errors.on(list, format!("`{name}()` is empty, which would admit nobody; name at least one, such as `{name}({example})`"));
        return Vec::new();
    }
    let mut variants: Vec<Ident> = Vec::new();
    let mut seen = BTreeSet::new();
    for entry in input::split_at_commas(list.stream()) {
        let Ok(variant) = syn::parse2::<Ident>(entry.clone()) else {
            errors.push(not_a_variant(name, &entry));
            continue;
        };
        if !seen.insert(variant.unraw().to_string()) {
            errors.on(
                &variant,
                format!("`{variant}` is in `{name}` twice; leave one of them out"),
            );
            continue;
        }
        variants.push(variant);
    }
    variants
}

fn not_a_variant(list: &Ident, entry: &TokenStream) -> syn::Error {
    let tokens: Vec<TokenTree> = entry.clone().into_iter().collect();
    let Some(last) = tokens.last() else {
        return syn::Error::new(list.span(), format!("`{list}` has two commas in a row"));
    };
    let is_colon = |token: &TokenTree| matches!(token, TokenTree::Punct(it) if it.as_char() == ':');
    // `api::Role::Admin`; anything else has something between the variants that is no comma.
    let mut words = tokens.split(is_colon).filter(|part| !part.is_empty());
    if let TokenTree::Ident(variant) = last
        && words.all(|part| matches!(part, [TokenTree::Ident(_)]))
    {
        return syn::Error::new_spanned(
            entry,
            format!("`{list}` names variants of the enum in `portcullis::api!`; write `{variant}`"),
        );
    }
    let is_other = |token: &&TokenTree| !is_colon(token) && !matches!(token, TokenTree::Ident(_));
    let what = match tokens.iter().find(is_other) {
        Some(other) => format!("separated by commas, not `{}`", other.to_token_stream()),
        None => "separated by commas".to_owned(),
    };
    let message = format!("`{list}` names variants of the enum in `portcullis::api!`, {what}");
    syn::Error::new_spanned(entry, message)
}
