//! Second step: every rule that needs no compiler, one small function each, all mistakes collected.
//!
//! What a path or a tool name may look like is asked of the grammar; which types can be arguments is for traits to say. Here
//! stand the rules about words and signatures.
//!
//! Invariant: a model comes out only when no mistake was found.

mod access;
mod grammar;
mod read;
mod signature;
mod tool;
mod values;
mod words;

#[cfg(test)]
pub(crate) use tool::OPTIONS as TOOL_OPTIONS;
#[cfg(test)]
pub(crate) use words::WORDS;

use portcullis_grammar::Mount;
use proc_macro2::TokenStream;
use syn::ext::IdentExt;
use syn::{Attribute, LitStr};

use crate::doc;
use crate::errors::Errors;
use crate::input::{self, FunctionInput, Word};
use crate::model::EndpointModel;

/// Turns what was written into a model, or into all mistakes in it.
pub(crate) fn check(
    attribute: TokenStream,
    function: &FunctionInput,
) -> syn::Result<EndpointModel> {
    let mut errors = Errors::default();
    let words = input::read_words(attribute, &mut errors);
    let model = check_words(words, function, &mut errors);
    errors.finish()?;
    model.ok_or_else(|| {
        syn::Error::new(
            proc_macro2::Span::call_site(),
            "the annotation could not be read",
        )
    })
}

fn check_words(
    words: Vec<Word>,
    function: &FunctionInput,
    errors: &mut Errors,
) -> Option<EndpointModel> {
    let readable = errors.is_empty();
    let signature = &function.signature;
    let slots = words::sort(words, errors);
    // A word that could not be read may have been the missing one: then nothing is reported as missing.
    if readable {
        words::check_order(&slots, errors);
    }
    let access = access::check(&slots, errors, readable);
    let tool = slots.mcp.and_then(|mcp| {
        let own_name = LitStr::new(&signature.ident.unraw().to_string(), signature.ident.span());
        tool::check(&mcp, own_name, errors)
    });
    let method = slots.method.map(|(_, method)| method);
    let resource = slots
        .resource
        .and_then(|word| read::resource(&word, method, errors));
    let prompt = slots.prompt.and_then(|word| {
        let own_name = LitStr::new(&signature.ident.unraw().to_string(), signature.ident.span());
        read::prompt_name(&word, own_name, method, errors)
    });
    let (arguments, reply) = signature::check(signature, errors);
    if let Some(attribute) = doc::unreadable(&function.attributes) {
        errors.on(attribute, "this description would be lost: what a macro makes is not there yet when the annotation is read; write it as a comment");
    }
    let also = slots.also.and_then(|word| {
        values::sentence(&word, "what the handler checks beyond the rule", errors)
    });
    let status = slots.status.and_then(|word| values::number(&word, errors));
    let tag = slots
        .tag
        .and_then(|word| values::assigned_text(&word, errors));
    let root = slots.root.is_some_and(|word| values::flag(&word, errors));
    let deprecated = slots
        .deprecated
        .is_some_and(|word| values::flag(&word, errors));
    let mount = if root { Mount::Root } else { Mount::Api };
    let words = grammar::Words {
        name: &signature.ident,
        mount,
        path: slots.path.as_ref(),
        tool: tool.as_ref(),
        resource: resource.as_ref(),
        prompt: prompt.as_ref(),
        status: status.as_ref(),
        access: access.as_ref(),
    };
    let parameter_count = grammar::check(&words, errors);
    Some(EndpointModel {
        fingerprints: grammar::fingerprints(&words),
        parameter_count,
        name: signature.ident.clone(),
        visibility: function.visibility.clone(),
        conditions: conditions(&function.attributes),
        doc: doc::text(&function.attributes),
        method: method?,
        path: slots.path?,
        mount,
        access: access?,
        also,
        tool,
        resource,
        prompt,
        status,
        tag,
        deprecated,
        arguments,
        reply,
    })
}

/// The `#[cfg(..)]` attributes of an item.
pub(crate) fn conditions(attributes: &[Attribute]) -> Vec<Attribute> {
    let conditions = attributes.iter().filter(|it| it.path().is_ident("cfg"));
    conditions.cloned().collect()
}

#[cfg(test)]
mod tests;
