//! What stands behind `mcp`: another name for the tool, and the inputs that it leaves out.

use proc_macro2::{Delimiter, Group, TokenStream};
use syn::ext::IdentExt;
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{LitStr, Token};

use super::values;
use super::words::Written;
use crate::errors::Errors;
use crate::input::{self, Value, Word};
use crate::model::Tool;
use crate::similar;

/// What can stand in the brackets of `mcp(..)`.
pub(crate) const OPTIONS: &[&str] = &["name", "hide"];

/// Reads `mcp`, `mcp(name = "..")`, `mcp(hide = ["..", ".."])`, or both.
pub(super) fn check(written: &Written, own_name: LitStr, errors: &mut Errors) -> Option<Tool> {
    let mut tool = Tool {
        name: own_name,
        hidden: Vec::new(),
    };
    let list = match &written.value {
        Value::Nothing => return Some(tool),
        Value::Assigned(value) => {
            errors.on(value, HOW);
            return None;
        }
        Value::List(list) if list.stream().is_empty() => {
            errors.on(list, HOW);
            return None;
        }
        Value::List(list) => list,
    };
    let mut seen = Vec::new();
    for word in input::read_words(list.stream(), errors) {
        let option = match word {
            Word::Named(name, value) => Written { name, value },
            Word::Text(text) => {
                errors.on(text, HOW);
                continue;
            }
        };
        let name = option.name.unraw().to_string();
        if seen.contains(&name) {
            let message = format!("`{name}` is written twice; leave one of them out");
            errors.on(&option.name, message);
            continue;
        }
        match name.as_str() {
            "name" => {
                if let Some(text) = values::assigned_text(&option, errors) {
                    tool.name = text;
                }
            }
            "hide" => tool.hidden = hidden(&option, errors),
            _ => {
                let suggestion = similar::suggestion(&name, OPTIONS);
                let message = format!("`mcp` has no option `{name}`{suggestion}");
                errors.on(&option.name, message);
            }
        }
        seen.push(name);
    }
    Some(tool)
}

const HOW: &str = "write `mcp`, or in brackets `name = \"..\"` for another tool name than the function's, \
    `hide = [\"..\"]` for inputs that the tool leaves out";

/// `hide = ["limit", "If-Match"]`
fn hidden(option: &Written, errors: &mut Errors) -> Vec<LitStr> {
    const HOW: &str =
        "`hide` needs the names of inputs, in quotes and brackets: `hide = [\"limit\"]`";
    let Value::Assigned(value) = &option.value else {
        errors.on(&option.name, HOW);
        return Vec::new();
    };
    let Some(names) = listed(value.clone()) else {
        errors.on(value, HOW);
        return Vec::new();
    };
    if names.is_empty() {
        errors.on(
            value,
            "this hides nothing; name an input, or leave `hide` out",
        );
    }
    let mut hidden: Vec<LitStr> = Vec::new();
    for name in names {
        match hidden.iter().any(|other| other.value() == name.value()) {
            true => errors.on(
                &name,
                format!("{:?} is hidden twice; leave one of them out", name.value()),
            ),
            false => hidden.push(name),
        }
    }
    hidden
}

/// The texts of a list of texts.
fn listed(value: TokenStream) -> Option<Vec<LitStr>> {
    let list = syn::parse2::<Group>(value).ok()?;
    if list.delimiter() != Delimiter::Bracket {
        return None;
    }
    let texts = Punctuated::<LitStr, Token![,]>::parse_terminated.parse2(list.stream());
    Some(texts.ok()?.into_iter().collect())
}
