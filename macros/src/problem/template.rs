//! The public sentence of a variant: a format string over its fields.

use proc_macro2::Ident;
use syn::ext::IdentExt;
use syn::{LitStr, Member};

use super::model::Field;
use crate::errors::Errors;
use crate::similar;

/// A sentence whose placeholders name fields that are there.
pub(super) struct Template {
    /// The format string; `{id}` has become `{field_id}`, the name that the field is bound to.
    pub(super) text: LitStr,
    /// The fields it names, each once.
    pub(super) fields: Vec<Field>,
}

impl Template {
    /// Finds the fields that a sentence names; every placeholder that names none is a mistake.
    pub(super) fn read(text: &LitStr, fields: &[Field], errors: &mut Errors) -> Self {
        let written = text.value();
        let mut rendered = String::new();
        let mut named: Vec<Field> = Vec::new();
        let mut rest = written.as_str();
        while let Some(start) = rest.find(['{', '}']) {
            rendered.push_str(&rest[..start]);
            let brace = &rest[start..start + 1];
            rest = &rest[start + 1..];
            if let Some(after) = rest.strip_prefix(brace) {
                rendered.push_str(brace);
                rendered.push_str(brace);
                rest = after;
                continue;
            }
            let Some(end) = rest.find('}').filter(|_| brace == "{") else {
                errors.on(
                    text,
                    format!("a lone `{brace}`; write `{brace}{brace}` for the character itself"),
                );
                break;
            };
            let (placeholder, after) = (&rest[..end], &rest[end + 1..]);
            rest = after;
            let (name, format) =
                placeholder.split_at(placeholder.find(':').unwrap_or(placeholder.len()));
            match fields.iter().find(|field| is_named(field, name)) {
                Some(field) => {
                    rendered.push_str(&format!("{{{}{format}}}", field.binding));
                    if !named.iter().any(|known| known.member == field.member) {
                        named.push(field.clone());
                    }
                }
                None => errors.on(text, unknown(name, fields)),
            }
        }
        rendered.push_str(rest);
        Self {
            text: LitStr::new(&rendered, text.span()),
            fields: named,
        }
    }
}

/// The name that a field is bound to: one that no position and no raw identifier trips over.
pub(super) fn binding(member: &Member) -> Ident {
    match member {
        Member::Named(name) => Ident::new(&format!("field_{}", name.unraw()), name.span()),
        Member::Unnamed(index) => Ident::new(&format!("field_{}", index.index), index.span),
    }
}

fn is_named(field: &Field, name: &str) -> bool {
    match &field.member {
        Member::Named(member) => member.unraw() == name,
        Member::Unnamed(index) => index.index.to_string() == name,
    }
}

fn unknown(name: &str, fields: &[Field]) -> String {
    if fields.is_empty() {
        return format!("`{{{name}}}` names a field, and this variant has none");
    }
    let names = fields.iter().map(|field| match &field.member {
        Member::Named(name) => name.unraw().to_string(),
        Member::Unnamed(index) => index.index.to_string(),
    });
    let names: Vec<String> = names.collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let suggestion = similar::suggestion(name, &names);
    match name {
        "" => format!("`{{}}` names no field{suggestion}"),
        _ => format!("`{{{name}}}` names no field of this variant{suggestion}"),
    }
}
