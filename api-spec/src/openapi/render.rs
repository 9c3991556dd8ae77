//! The document as text. Use these, not utoipa's own: its `x-` members come out in another order in every process.

use serde_json::Value;
use utoipa::openapi::OpenApi;

/// Renders the document as a JSON value whose members always stand in the same order.
#[must_use]
pub fn render_value(document: &OpenApi) -> Value {
    let value = serde_json::to_value(document)
        .expect("a document has only text keys and finite numbers, so it always serialises");
    sort_extensions(value)
}

/// Renders the document as indented JSON with a final line feed.
#[must_use]
pub fn render_json(document: &OpenApi) -> String {
    format!("{:#}\n", render_value(document))
}

/// Renders the document as YAML.
#[must_use]
pub fn render_yaml(document: &OpenApi) -> String {
    yaml_serde::to_string(&render_value(document)).expect("every JSON value is a YAML value")
}

/// Moves `x-` members behind the others and sorts them; utoipa keeps them in a hash map.
fn sort_extensions(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(sort_extensions).collect(),
        Value::Object(members) => {
            let sorted = members
                .into_iter()
                .map(|(name, member)| (name, sort_extensions(member)));
            let (mut extensions, mut standard): (Vec<_>, Vec<_>) =
                sorted.partition(|(name, _)| name.starts_with("x-"));
            extensions.sort_by(|(left, _), (right, _)| left.cmp(right));
            standard.append(&mut extensions);
            standard.into_iter().collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value,
    }
}
