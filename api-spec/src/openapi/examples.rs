//! The examples of the document's schemas: what a reader copies is taken where it stands.

use std::cell::OnceCell;
use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::SpecError;
use crate::check_value;
use crate::tools::schema;

/// Keywords whose value is a schema.
const SCHEMAS: [&str; 2] = ["items", "additionalProperties"];
/// Keywords whose members, or items, are schemas.
const LISTS: [&str; 5] = ["properties", "allOf", "oneOf", "anyOf", "prefixItems"];

/// Checks that every example keeps the schema that it stands in.
///
/// # Errors
/// [`SpecError::ExampleDoesNotFit`]: the first one that does not.
pub(super) fn check(document: &Value) -> Result<(), SpecError> {
    let examples = Examples {
        named: members(&document["components"]["schemas"]),
        definitions: OnceCell::new(),
    };
    for (name, named) in examples.named.into_iter().flatten() {
        examples.check_schema(named, &format!("schema {name}"))?;
    }
    for (path, item) in members(&document["paths"]).into_iter().flatten() {
        for (method, operation) in members(item).into_iter().flatten() {
            let place = format!("{} {path}", method.to_uppercase());
            examples.check_operation(operation, &place)?;
        }
    }
    Ok(())
}

struct Examples<'a> {
    named: Option<&'a Map<String, Value>>,
    /// The named schemas, as `$defs`; few examples stand in a schema that refers to one.
    definitions: OnceCell<Value>,
}

impl Examples<'_> {
    /// Looks for the schemas of parameters, bodies and answers.
    fn check_operation(&self, part: &Value, place: &str) -> Result<(), SpecError> {
        match part {
            Value::Object(parts) => {
                let name = parts.get("name").and_then(Value::as_str);
                let parameter = name.map(|name| format!("{place}, parameter {name}"));
                let place = parameter.as_deref().unwrap_or(place);
                for (name, part) in parts {
                    match name.as_str() {
                        "schema" => self.check_schema(part, place)?,
                        // Data, in which any name may stand.
                        "example" | "examples" => {}
                        _ => self.check_operation(part, place)?,
                    }
                }
                Ok(())
            }
            Value::Array(parts) => parts
                .iter()
                .try_for_each(|part| self.check_operation(part, place)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(()),
        }
    }

    fn check_schema(&self, schema: &Value, place: &str) -> Result<(), SpecError> {
        let list = schema.get("examples").and_then(Value::as_array);
        let examples = list.into_iter().flatten().chain(schema.get("example"));
        for example in examples {
            let Some(fault) = check_value(&self.close(schema), example).into_iter().next() else {
                continue;
            };
            return Err(SpecError::ExampleDoesNotFit {
                place: place.to_owned(),
                example: example.to_string(),
                fault: match fault.pointer.as_str() {
                    "" => fault.detail,
                    pointer => format!("{pointer}: {}", fault.detail),
                },
            });
        }
        for keyword in SCHEMAS {
            if let Some(schema) = schema.get(keyword) {
                self.check_schema(schema, place)?;
            }
        }
        for keyword in LISTS {
            match schema.get(keyword) {
                Some(Value::Object(properties)) => {
                    for (name, schema) in properties {
                        self.check_schema(schema, &format!("{place}/{name}"))?;
                    }
                }
                Some(Value::Array(parts)) => {
                    for part in parts {
                        self.check_schema(part, place)?;
                    }
                }
                Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) | None => {
                }
            }
        }
        Ok(())
    }

    /// A schema whose references lead to its own `$defs`.
    fn close(&self, written: &Value) -> Value {
        let mut closed = written.clone();
        let mut used = BTreeSet::new();
        schema::point_at_definitions(&mut closed, &mut used);
        if !used.is_empty() {
            let definitions = self.definitions.get_or_init(|| {
                let mut definitions = self.named.cloned().unwrap_or_default();
                for definition in definitions.values_mut() {
                    schema::point_at_definitions(definition, &mut BTreeSet::new());
                }
                Value::Object(definitions)
            });
            closed["$defs"] = definitions.clone();
        }
        closed
    }
}

fn members(value: &Value) -> Option<&Map<String, Value>> {
    value.as_object()
}
