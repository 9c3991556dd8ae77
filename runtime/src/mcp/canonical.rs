//! The one spelling of a call's arguments, for comparing calls.

use serde_json::{Map, Value};

/// Writes arguments in one spelling: members sorted by name, no white space (as RFC 8785 does, but for the spelling of
/// numbers).
pub(super) fn spell(arguments: &Map<String, Value>) -> String {
    let mut text = String::new();
    write_object(arguments, &mut text);
    text
}

fn write_value(value: &Value, text: &mut String) {
    match value {
        Value::Object(members) => write_object(members, text),
        Value::Array(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                write_value(item, text);
            }
            text.push(']');
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            text.push_str(&value.to_string());
        }
    }
}

fn write_object(members: &Map<String, Value>, text: &mut String) {
    let mut sorted: Vec<_> = members.iter().collect();
    sorted.sort_by_key(|(name, _)| *name);
    text.push('{');
    for (index, (name, value)) in sorted.into_iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        text.push_str(&Value::from(name.as_str()).to_string());
        text.push(':');
        write_value(value, text);
    }
    text.push('}');
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn members_are_sorted_at_every_depth_and_texts_stay_apart() {
        let spelled = |value: Value| spell(value.as_object().unwrap());
        assert_eq!(
            spelled(json!({"b": [{"y": 1, "x": "\"}"}], "a": null})),
            r#"{"a":null,"b":[{"x":"\"}","y":1}]}"#
        );
        assert_eq!(spelled(json!({})), "{}");
        assert_ne!(spelled(json!({"a": "1"})), spelled(json!({"a": 1})));
    }
}
