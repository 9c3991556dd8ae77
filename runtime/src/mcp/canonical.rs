//! The one spelling of a call's arguments, for comparing calls.

use serde::Serialize;
use serde_json::{Map, Value};

/// Writes arguments in one spelling: members sorted by name, no white space (as RFC 8785 does, but for the spelling of
/// numbers).
pub(super) fn spell(arguments: &Map<String, Value>) -> Vec<u8> {
    let mut text = Vec::new();
    write_object(arguments, &mut text);
    text
}

fn write_value(value: &Value, text: &mut Vec<u8>) {
    match value {
        Value::Object(members) => write_object(members, text),
        Value::Array(items) => {
            text.push(b'[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    text.push(b',');
                }
                write_value(item, text);
            }
            text.push(b']');
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            write_scalar(value, text);
        }
    }
}

fn write_object(members: &Map<String, Value>, text: &mut Vec<u8>) {
    let mut sorted: Vec<_> = members.iter().collect();
    sorted.sort_by_key(|(name, _)| *name);
    text.push(b'{');
    for (index, (name, value)) in sorted.into_iter().enumerate() {
        if index > 0 {
            text.push(b',');
        }
        write_scalar(name, text);
        text.push(b':');
        write_value(value, text);
    }
    text.push(b'}');
}

fn write_scalar(scalar: &(impl Serialize + ?Sized), text: &mut Vec<u8>) {
    serde_json::to_writer(text, scalar).expect("memory takes what is written, and text is JSON");
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn members_are_sorted_at_every_depth_and_texts_stay_apart() {
        let spelled = |value: Value| String::from_utf8(spell(value.as_object().unwrap())).unwrap();
        assert_eq!(
            spelled(json!({"b": [{"y": 1, "x": "\"}"}], "a": null})),
            r#"{"a":null,"b":[{"x":"\"}","y":1}]}"#
        );
        assert_eq!(spelled(json!({})), "{}");
        assert_ne!(spelled(json!({"a": "1"})), spelled(json!({"a": 1})));
    }
}
