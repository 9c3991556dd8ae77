//! The named schemas of the document: one content for each name, and no reference to nothing.

use std::collections::BTreeMap;

use serde_json::Value;
use utoipa::openapi::{RefOr, Schema};

use super::problems::problem_schemas;
use super::{Operation, SpecError};

/// Who brings the schemas that every document has, for error messages.
const FRAMEWORK: &str = "the problem schemas";

/// Collects the schemas of all operations.
///
/// # Errors
/// [`SpecError::SchemaCollision`]: a silent merge would describe one type by the shape of another.
pub(super) fn collect(
    operations: &[Operation<'_>],
) -> Result<BTreeMap<String, RefOr<Schema>>, SpecError> {
    check_within_operations(operations)?;
    let framework = problem_schemas();
    let mut owners = BTreeMap::new();
    let mut schemas = BTreeMap::new();
    let of_framework = framework
        .iter()
        .map(|(name, schema)| (FRAMEWORK, name, schema));
    let of_operations = operations.iter().flat_map(|operation| {
        let named = operation.op.schemas.iter();
        named.map(|(name, schema)| (operation.def.operation_id, name, schema))
    });
    for (owner, name, schema) in of_framework.chain(of_operations) {
        let known = schemas
            .entry(name.clone())
            .or_insert_with(|| schema.clone());
        let first = *owners.entry(name.clone()).or_insert(owner);
        if known != schema {
            return Err(SpecError::SchemaCollision {
                name: name.clone(),
                operation_ids: [first.to_owned(), owner.to_owned()],
            });
        }
    }
    Ok(schemas)
}

fn check_within_operations(operations: &[Operation<'_>]) -> Result<(), SpecError> {
    for Operation { def, op } in operations {
        if let Some(name) = op.contested_names.first() {
            return Err(SpecError::SchemaCollision {
                name: name.clone(),
                operation_ids: [def.operation_id; 2].map(str::to_owned),
            });
        }
    }
    Ok(())
}

/// Checks that every `$ref` finds what it names.
///
/// # Errors
/// [`SpecError::UnknownReference`]
pub(super) fn check_references(document: &Value) -> Result<(), SpecError> {
    let mut references = Vec::new();
    collect_references(document, &mut references);
    let dangling = references.into_iter().find(|reference| {
        let pointer = reference.strip_prefix('#');
        pointer.and_then(|it| document.pointer(it)).is_none()
    });
    match dangling {
        Some(reference) => Err(SpecError::UnknownReference {
            reference: reference.to_owned(),
        }),
        None => Ok(()),
    }
}

fn collect_references<'a>(value: &'a Value, references: &mut Vec<&'a str>) {
    match value {
        Value::Object(members) => {
            if let Some(Value::String(reference)) = members.get("$ref") {
                references.push(reference);
            }
            for member in members.values() {
                collect_references(member, references);
            }
        }
        Value::Array(items) => {
            for item in items {
                collect_references(item, references);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
