//! JSON Schema out of an OpenAPI document: `$ref`s to components become `$ref`s to `$defs`, and nothing is left outside.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};
use utoipa::openapi::{RefOr, Schema};

use super::ToolError;
use crate::Op;

const COMPONENTS: &str = "#/components/schemas/";
const DEFINITIONS: &str = "#/$defs/";
/// How many references in a row are followed; more is a circle.
const REFERENCE_DEPTH: usize = 32;

/// Turns a schema of the document into plain JSON, references untouched.
pub(crate) fn to_json(schema: &RefOr<Schema>) -> Value {
    serde_json::to_value(schema).expect("a schema is strings, numbers, lists and maps")
}

/// Follows `$ref`s to the schema that stands behind them. `None`: not registered, or a circle.
pub(crate) fn resolve(op: &Op, schema: &Value) -> Option<Value> {
    let mut schema = schema.clone();
    for _ in 0..REFERENCE_DEPTH {
        let Some(name) = component_name(&schema) else {
            return Some(schema);
        };
        schema = to_json(op.schemas.get(name)?);
    }
    None
}

/// Says whether some object in a schema, at any depth, is such a one.
pub(crate) fn any_object(schema: &Value, is_such: &impl Fn(&Map<String, Value>) -> bool) -> bool {
    match schema {
        Value::Object(members) => {
            is_such(members) || members.values().any(|it| any_object(it, is_such))
        }
        Value::Array(items) => items.iter().any(|it| any_object(it, is_such)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

/// Says whether every instance of a schema is a JSON object.
pub(super) fn is_object(op: &Op, schema: &Value, depth: usize) -> bool {
    if depth > REFERENCE_DEPTH {
        return false;
    }
    let Some(schema) = resolve(op, schema) else {
        return false;
    };
    let branches = |keyword: &str| schema.get(keyword).and_then(Value::as_array);
    let is_object = |branch: &Value| is_object(op, branch, depth + 1);
    if let Some(kind) = schema.get("type") {
        return kind == "object";
    }
    if let Some(parts) = branches("allOf") {
        return parts.iter().any(is_object);
    }
    let Some(choices) = branches("oneOf").or_else(|| branches("anyOf")) else {
        return schema.get("properties").is_some();
    };
    !choices.is_empty() && choices.iter().all(is_object)
}

/// Points every reference below `schema` at `$defs`, and adds the definitions that are used, sorted by name.
pub(crate) fn close_over(
    operation: &'static str,
    op: &Op,
    mut schema: Value,
) -> Result<Value, ToolError> {
    let mut pending = BTreeSet::new();
    point_at_definitions(&mut schema, &mut pending);
    let mut definitions = BTreeMap::new();
    while let Some(name) = pending.pop_first() {
        if definitions.contains_key(&name) {
            continue;
        }
        let Some(definition) = op.schemas.get(&name) else {
            return Err(ToolError::UnknownSchema {
                operation,
                schema: name,
            });
        };
        let mut definition = to_json(definition);
        point_at_definitions(&mut definition, &mut pending);
        definitions.insert(name, definition);
    }
    if let Value::Object(members) = &mut schema
        && !definitions.is_empty()
    {
        let definitions: Map<String, Value> = definitions.into_iter().collect();
        members.insert("$defs".to_owned(), Value::Object(definitions));
    }
    Ok(schema)
}

fn component_name(schema: &Value) -> Option<&str> {
    schema.get("$ref")?.as_str()?.strip_prefix(COMPONENTS)
}

/// Points every reference in a schema at `$defs`, and notes the names.
pub(crate) fn point_at_definitions(schema: &mut Value, used: &mut BTreeSet<String>) {
    if let Some(name) = component_name(schema).map(str::to_owned) {
        schema["$ref"] = Value::String(format!("{DEFINITIONS}{name}"));
        used.insert(name);
    }
    if let Value::Object(members) = schema {
        // OpenAPI's own keyword: its mapping names components, which do not exist in a tool's schema.
        let is_keyword = members
            .get("discriminator")
            .is_some_and(|value| value.get("propertyName").is_some_and(Value::is_string));
        if is_keyword {
            members.shift_remove("discriminator");
        }
        for member in members.values_mut() {
            point_at_definitions(member, used);
        }
    } else if let Value::Array(items) = schema {
        for item in items {
            point_at_definitions(item, used);
        }
    }
}
