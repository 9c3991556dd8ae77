//! The JSON Schema (draft 2020-12) of a layer file, for editors and for `check-jsonschema`.
//!
//! It accepts what the file layer accepts, but for a few spellings that only a machine would write; what it refuses,
//! the loader refuses too. Rules between keys are the guardrails' business.

use serde_json::{Value as Json, json};

use crate::config::key::{DefaultValue, Kind};
use crate::config::parse;
use crate::config::registry::{RegisteredKey, Registry};
use crate::config::sections::Environment;

const GUID: &str = "^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$";
const URL: &str = r"^[Hh][Tt][Tt][Pp][Ss]?://\S+$";
const URI: &str = r"^[A-Za-z][A-Za-z0-9+.-]*:\S+$";
const ADDRESS: &str = r"^([0-9]{1,3}(\.[0-9]{1,3}){3}|\[[0-9A-Fa-f:.]+\]):[0-9]{1,5}$";
const BOOLEAN: &str = "^([Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee]|[Yy][Ee][Ss]|[Nn][Oo]|1|0)$";
const DURATION: &str = r"^\s*([0-9]+\s*[A-Za-zµ]+\s*)+$";
const SIZE: &str = r"^\s*[0-9]+(\.[0-9]+)?\s*([KkMmGgTt]([Ii]?[Bb])?|[Bb])?\s*$";
const DIGITS: &str = "^[0-9]+$";

/// Renders the schema. `title` names the application.
pub(crate) fn render_schema(registry: &Registry, title: &str) -> String {
    let mut schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": format!("{title}: a layer of its configuration"),
        "description": "default.toml or <environment>.toml. Written by `config schema`.",
        "type": "object",
        "additionalProperties": false,
        "properties": {},
    });
    for key in registry.keys() {
        let path: Vec<&str> = key.name.split('.').collect();
        insert(&mut schema, &path, describe_key(key));
    }
    format!("{schema:#}\n")
}

/// An object that names all its properties: a misspelt key is an error here as it is at start (PC10).
fn object() -> Json {
    json!({"type": "object", "additionalProperties": false, "properties": {}})
}

fn insert(parent: &mut Json, path: &[&str], schema: Json) {
    match path {
        [] => {}
        [field] => parent["properties"][*field] = schema,
        [section, rest @ ..] => {
            let inner = &mut parent["properties"][*section];
            if inner.is_null() {
                *inner = object();
            }
            insert(inner, rest, schema);
        }
    }
}

fn describe_key(key: &RegisteredKey) -> Json {
    let mut schema = describe_kind(key.kind);
    let mut description = key.doc.to_owned();
    if let Some(range) = parse::describe_range(key.kind) {
        description.push_str(&format!(" Range: {range}."));
    }
    description.push_str(&format!(" Default: {}.", key.describe_default()));
    description.push_str(&format!(" Variable: {}.", key.variable));
    schema["description"] = json!(description);
    if let Some(default) = default(key) {
        schema["default"] = default;
    }
    if key.secret {
        // Editors do not show such values; PC08 refuses them in files.
        schema["writeOnly"] = json!(true);
    }
    schema
}

/// The default where it is the same everywhere.
fn default(key: &RegisteredKey) -> Option<Json> {
    let DefaultValue::Text(text) = key.default else {
        return None;
    };
    let is_shown_as_such = matches!(
        key.kind,
        Kind::Boolean | Kind::Count { .. } | Kind::TextList | Kind::UriList | Kind::GuidList
    );
    if !is_shown_as_such {
        return Some(json!(text));
    }
    let value = parse::parse_text(key.kind, text, Environment::Prod).ok()?;
    Some(value.to_json())
}

fn describe_kind(kind: Kind) -> Json {
    match kind {
        Kind::Boolean => any_of(json!({"type": "boolean"}), BOOLEAN),
        Kind::Text | Kind::LogFilter | Kind::Key256 => json!({"type": "string"}),
        Kind::Guid => pattern(GUID),
        Kind::Uri => pattern(URI),
        Kind::Url | Kind::BaseUrl => pattern(URL),
        Kind::Address => pattern(ADDRESS),
        Kind::Choice(choices) => json!({"enum": choices}),
        Kind::Duration(_) => pattern(DURATION),
        Kind::Size { min, max } => any_of(integer(min, max), SIZE),
        Kind::Count { min, max } => any_of(integer(min, max), DIGITS),
        Kind::TextList => list(json!({"type": "string"})),
        Kind::UriList => list(pattern(URI)),
        Kind::GuidList => list(pattern(GUID)),
        Kind::Table => {
            let table = json!({
                "type": "object",
                "additionalProperties": {"type": "string"},
                "maxProperties": parse::MAX_ITEMS,
            });
            any_of(table, "^\\s*\\{")
        }
    }
}

fn pattern(pattern: &str) -> Json {
    json!({"type": "string", "pattern": pattern})
}

fn integer(min: u64, max: u64) -> Json {
    json!({"type": "integer", "minimum": min, "maximum": max})
}

/// Its own TOML type, or the text that a variable would hold.
fn any_of(typed: Json, text: &str) -> Json {
    json!({"anyOf": [typed, pattern(text)]})
}

fn list(item: Json) -> Json {
    let list = json!({"type": "array", "items": item, "maxItems": parse::MAX_ITEMS});
    json!({"anyOf": [list, {"type": "string"}]})
}

#[cfg(test)]
mod tests;
