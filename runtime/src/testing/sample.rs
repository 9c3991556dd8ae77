//! A request that gets past the parsing where it can: parameters filled in from what their schemas say.

use std::collections::BTreeMap;

use serde_json::Value;
use url::Url;

use crate::server::Described;

/// Stands where a schema says nothing that helps.
const TEXT: &str = "sample";
/// Schemas within schemas that are followed.
const DEPTH_LIMIT: usize = 8;

/// The path of an operation with every path parameter and every required query parameter filled in.
pub(super) fn path(described: &Described, samples: &BTreeMap<String, String>) -> String {
    let mut url = Url::parse("http://kit/").expect("this is a URL");
    let parameters: Vec<Value> = described
        .op
        .parameters
        .iter()
        .filter_map(|parameter| serde_json::to_value(parameter).ok())
        .collect();
    let find = |name: &str, place: &str| {
        let mut found = parameters.iter();
        found.find(|parameter| parameter["name"] == name && parameter["in"] == place)
    };
    let schemas = serde_json::to_value(&described.op.schemas).unwrap_or_default();
    let value_of = |name: &str, place: &str| match samples.get(name) {
        Some(sample) => sample.clone(),
        None => find(name, place).map_or(TEXT.to_owned(), |parameter| {
            let own = parameter.get("example").map(text_of);
            own.unwrap_or_else(|| value(&parameter["schema"], &schemas, DEPTH_LIMIT))
        }),
    };
    let template = described.endpoint.full_path();
    let segments = template.split('/').filter(|segment| !segment.is_empty());
    let filled = segments.map(|segment| {
        let name = segment
            .strip_prefix('{')
            .and_then(|rest| rest.strip_suffix('}'));
        match name {
            Some(name) => value_of(name, "path"),
            None => segment.to_owned(),
        }
    });
    if let Ok(mut path) = url.path_segments_mut() {
        path.clear().extend(filled);
    }
    for parameter in &parameters {
        let name = parameter["name"].as_str().unwrap_or_default();
        if parameter["in"] == "query" && parameter["required"] == true {
            let value = value_of(name, "query");
            url.query_pairs_mut().append_pair(name, &value);
        }
    }
    match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    }
}

/// A value that the schema admits, as text, as far as that can be told without solving patterns.
fn value(schema: &Value, schemas: &Value, depth: usize) -> String {
    if depth == 0 {
        return TEXT.to_owned();
    }
    if let Some(name) = schema["$ref"].as_str().and_then(|it| it.rsplit('/').next()) {
        return value(&schemas[name], schemas, depth - 1);
    }
    let said = [
        &schema["example"],
        &schema["examples"][0],
        &schema["const"],
        &schema["enum"][0],
        &schema["default"],
    ];
    if let Some(said) = said.into_iter().find(|value| !value.is_null()) {
        return text_of(said);
    }
    for choice in ["oneOf", "anyOf", "allOf"] {
        let members = schema[choice].as_array().into_iter().flatten();
        let mut members = members.filter(|member| member["type"] != "null");
        if let Some(member) = members.next() {
            return value(member, schemas, depth - 1);
        }
    }
    let kinds = match schema["type"].as_array() {
        Some(kinds) => kinds.as_slice(),
        None => std::slice::from_ref(&schema["type"]),
    };
    let kind = kinds.iter().find(|kind| **kind != "null");
    match kind.and_then(Value::as_str).unwrap_or_default() {
        "integer" | "number" => ["minimum", "exclusiveMinimum", "maximum"]
            .into_iter()
            .find_map(|bound| schema[bound].as_f64().map(|number| (bound, number)))
            .map_or("1".to_owned(), |(bound, number)| match bound {
                "exclusiveMinimum" => (number + 1.0).to_string(),
                _ => number.to_string(),
            }),
        "boolean" => "true".to_owned(),
        "array" => value(&schema["items"], schemas, depth - 1),
        _ => text(schema),
    }
}

fn text(schema: &Value) -> String {
    match schema["format"].as_str().unwrap_or_default() {
        // Of no version that anybody makes: a handler that looks it up finds nothing.
        "uuid" => "0b9f3e52-7c1d-0a68-9e0f-5d2a8c7b6e41".to_owned(),
        "date" => "2026-01-30".to_owned(),
        "date-time" => "2026-01-30T12:00:00Z".to_owned(),
        "uri" => "https://example.com/".to_owned(),
        "email" => "sample@example.com".to_owned(),
        _ => {
            let length = |bound: &str| {
                let bound = schema[bound].as_u64();
                bound.and_then(|bound| usize::try_from(bound).ok())
            };
            let shortest = length("minLength").unwrap_or(0).min(1024);
            let longest = length("maxLength").unwrap_or(usize::MAX);
            let repeated = TEXT.chars().cycle();
            repeated
                .take(shortest.max(TEXT.len()).min(longest))
                .collect()
        }
    }
}

fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            value.to_string()
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_value_follows_what_the_schema_says() {
        let schemas = json!({ "Symbol": { "type": "string", "examples": ["ALPN"] } });
        let table = [
            (json!({ "$ref": "#/components/schemas/Symbol" }), "ALPN"),
            (
                json!({ "type": "string", "enum": ["draft", "done"] }),
                "draft",
            ),
            (json!({ "type": ["integer", "null"], "minimum": 3 }), "3"),
            (json!({ "type": "integer", "exclusiveMinimum": 3 }), "4"),
            (json!({ "type": "integer" }), "1"),
            (
                json!({ "oneOf": [{ "type": "null" }, { "type": "boolean" }] }),
                "true",
            ),
            (json!({ "type": "string", "format": "date" }), "2026-01-30"),
            (json!({ "type": "string", "maxLength": 3 }), "sam"),
            (json!({ "type": "string", "minLength": 8 }), "samplesa"),
            (json!({}), "sample"),
        ];
        for (schema, expected) in table {
            assert_eq!(value(&schema, &schemas, DEPTH_LIMIT), expected, "{schema}");
        }
    }

    #[test]
    fn a_schema_that_refers_to_itself_ends() {
        let schemas = json!({ "Loop": { "$ref": "#/components/schemas/Loop" } });
        assert_eq!(value(&schemas["Loop"], &schemas, DEPTH_LIMIT), TEXT);
    }
}
