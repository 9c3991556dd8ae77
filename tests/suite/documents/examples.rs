//! An example that a reader copies is one that the service would send or take.

use serde_json::Value;

use crate::harness::{document, schema_faults};

#[test]
fn every_example_and_every_default_keeps_its_schema() {
    let mut seen = 0;
    let mut faults = Vec::new();
    visit(document(), "#", &mut |place, schema, example| {
        seen += 1;
        faults.extend(schema_faults(schema, example, place));
    });
    assert!(seen > 20, "only {seen} examples were found");
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

/// Finds every example with the schema it stands for: in a schema itself, or beside one in a parameter, a header or a
/// media type.
fn visit(value: &Value, place: &str, found: &mut impl FnMut(&str, &Value, &Value)) {
    match value {
        Value::Object(members) => {
            let schema = members.get("schema").unwrap_or(value);
            for name in ["example", "default"] {
                if let Some(example) = members.get(name).filter(|_| !is_map_of_names(place)) {
                    found(&format!("{place}/{name}"), schema, example);
                }
            }
            let examples = members.get("examples").filter(|_| !is_map_of_names(place));
            let list = examples.and_then(Value::as_array).into_iter().flatten();
            let named = examples.and_then(Value::as_object).into_iter().flatten();
            let named = named.map(|(_, example)| &example["value"]);
            for example in list.chain(named) {
                found(&format!("{place}/examples"), schema, example);
            }
            for (name, member) in members {
                // What stands in an example is data.
                if !matches!(&**name, "example" | "examples" | "default") || is_map_of_names(place)
                {
                    visit(member, &format!("{place}/{name}"), found);
                }
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                visit(item, &format!("{place}/{index}"), found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Whether the members here are names of the application's choice, not words of OpenAPI.
fn is_map_of_names(place: &str) -> bool {
    [
        "/properties",
        "/schemas",
        "/headers",
        "/responses",
        "/paths",
    ]
    .iter()
    .any(|end| place.ends_with(end))
}
