//! Lists and tables: `a,b`, `["a","b"]`, `{"Desk.Admin"="Admin"}`.

use std::collections::BTreeMap;

use figment::value::Value as Raw;
use serde::Deserialize;

use super::{ParseError, scalar};
use crate::config::key::Kind;
use crate::config::value::Value;

/// Most items of one list or table.
pub(crate) const MAX_ITEMS: usize = 1024;

/// Splits a list as a variable writes it. Nothing at all is the empty list.
pub(super) fn split_list(text: &str) -> Result<Vec<String>, ParseError> {
    let trimmed = text.trim();
    if trimmed.starts_with('[') {
        return parse_inline::<Vec<String>>(trimmed)
            .ok_or_else(|| "not a list; write a,b or [\"a\", \"b\"]".to_owned());
    }
    if trimmed.is_empty() {
        return Ok(Vec::new());
    }
    let items: Vec<String> = trimmed
        .split(',')
        .map(|item| item.trim().to_owned())
        .collect();
    if items.iter().any(String::is_empty) {
        return Err("the list has an empty item; a comma stands at its end or twice".to_owned());
    }
    Ok(items)
}

/// Takes the texts out of a TOML array.
pub(super) fn text_items(items: &[Raw]) -> Result<Vec<String>, ParseError> {
    items
        .iter()
        .map(|item| {
            item.as_str()
                .map(str::to_owned)
                .ok_or_else(|| "every item of the list must be text in quotation marks".to_owned())
        })
        .collect()
}

pub(super) fn parse_list(kind: Kind, items: Vec<String>) -> Result<Value, ParseError> {
    if items.len() > MAX_ITEMS {
        return Err(format!("more than {MAX_ITEMS} items"));
    }
    let parse_item = |(index, item): (usize, String)| {
        let parsed = if kind == Kind::GuidList {
            scalar::parse_guid(&item).map(|guid| guid.to_string())
        } else if kind == Kind::UriList {
            scalar::parse_uri(&item)
        } else {
            Ok(item)
        };
        parsed.map_err(|reason| format!("item {}: {reason}", index + 1))
    };
    let items: Result<Vec<String>, ParseError> =
        items.into_iter().enumerate().map(parse_item).collect();
    items.map(Value::List)
}

/// Reads a table as a variable writes it, in TOML's inline form or as JSON.
pub(super) fn parse_table(text: &str) -> Result<Value, ParseError> {
    let trimmed = text.trim();
    let table = serde_json::from_str::<BTreeMap<String, String>>(trimmed)
        .ok()
        .or_else(|| parse_inline::<BTreeMap<String, String>>(trimmed));
    match table {
        Some(table) if table.len() > MAX_ITEMS => Err(format!("more than {MAX_ITEMS} entries")),
        Some(table) => Ok(Value::Table(table)),
        None => Err("not a table of texts; write {\"Desk.Admin\" = \"Admin\"}".to_owned()),
    }
}

/// Puts together the pairs that a layer made of a TOML table (see `layer::replaceable`).
pub(super) fn parse_pairs(pairs: &[Raw]) -> Result<Value, ParseError> {
    if pairs.len() > MAX_ITEMS {
        return Err(format!("more than {MAX_ITEMS} entries"));
    }
    let mut table = BTreeMap::new();
    for pair in pairs {
        let (key, value) = match pair.as_array() {
            Some([key, value]) => (key.as_str(), value.as_str()),
            Some(_) | None => (None, None),
        };
        let (Some(key), Some(value)) = (key, value) else {
            return Err(
                "every entry of the table must be a text, \"Desk.Admin\" = \"Admin\"".to_owned(),
            );
        };
        table.insert(key.to_owned(), value.to_owned());
    }
    Ok(Value::Table(table))
}

/// Reads one TOML value on its own.
fn parse_inline<T: for<'de> Deserialize<'de>>(text: &str) -> Option<T> {
    #[derive(Deserialize)]
    struct Document<T> {
        value: T,
    }
    let text = format!("value = {text}");
    toml::from_str::<Document<T>>(&text)
        .ok()
        .map(|document| document.value)
}
