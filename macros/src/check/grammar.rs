//! What the grammar says about each word in quotes, and about the name of the function.

use portcullis_grammar::{Fingerprints, Message, Mount, Named, name, path, resource};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::{Ident, LitInt, LitStr};

use crate::errors::Errors;
use crate::model::{Access, Resource, Tool};

/// What the grammar knows something about, as far as it could be read.
pub(super) struct Words<'a> {
    pub(super) name: &'a Ident,
    pub(super) mount: Mount,
    pub(super) path: Option<&'a LitStr>,
    pub(super) tool: Option<&'a Tool>,
    pub(super) resource: Option<&'a Resource>,
    pub(super) prompt: Option<&'a LitStr>,
    pub(super) status: Option<&'a LitInt>,
    pub(super) access: Option<&'a Access>,
}

/// Checks each word, and returns how many parameters the path has.
pub(super) fn check(words: &Words<'_>, errors: &mut Errors) -> usize {
    let id = words.name.unraw().to_string();
    note(words.name, name::operation_id_fault(&id), errors);
    if let Some(tool) = words.tool {
        // An operation id is a tool name, and what is wrong with it has been said.
        if tool.name.value() != id {
            note(
                &tool.name,
                name::tool_name_fault(&tool.name.value()),
                errors,
            );
        }
    }
    if let Some(prompt) = words.prompt
        && prompt.value() != id
    {
        note(prompt, name::prompt_name_fault(&prompt.value()), errors);
    }
    if let Some(status) = words.status
        && let Ok(number) = status.base10_parse()
    {
        note(status, name::status_fault(number), errors);
    }
    if let Some(Access::Restricted(restriction)) = words.access
        && let Some(context) = &restriction.context
    {
        note(context, name::context_fault(&context.value()), errors);
    }
    words.path.map_or(0, |path| check_path(path, words, errors))
}

/// The path, and what is held against it.
fn check_path(written: &LitStr, words: &Words<'_>, errors: &mut Errors) -> usize {
    let path = written.value();
    let count = match path::count_parameters(words.mount, &path) {
        Ok(count) => count,
        Err(fault) => {
            note(written, Some(fault), errors);
            return 0;
        }
    };
    for hidden in words.tool.iter().flat_map(|tool| &tool.hidden) {
        let fault = path::hidden_argument_fault(&path, &hidden.value());
        note(hidden, fault, errors);
    }
    if let Some(Resource { uri, .. }) = words.resource {
        note(uri, resource::resource_fault(&uri.value(), &path), errors);
    }
    count
}

fn note(word: &impl ToTokens, fault: Option<Message>, errors: &mut Errors) {
    if let Some(fault) = fault {
        errors.on(word, fault.as_str());
    }
}

/// What finds the endpoints that this one cannot stand beside.
pub(super) fn fingerprints(words: &Words<'_>) -> Fingerprints {
    let value = |text: &LitStr| text.value();
    let path = words.path.map(value).unwrap_or_default();
    let tool = words.tool.map(|tool| tool.name.value());
    let prompt = words.prompt.map(value);
    let resource = words.resource.map(|resource| resource.uri.value());
    Fingerprints::of(&Named {
        mount: words.mount,
        path: &path,
        operation_id: &words.name.unraw().to_string(),
        tool: tool.as_deref(),
        prompt: prompt.as_deref(),
        resource: resource.as_deref(),
    })
}
