//! What a schema says about text: its pattern and its format; and text that stands for another type.

use jiff::civil::Date;
use serde_json::{Number, Value};
use uuid::Uuid;

use super::types;
use crate::{Primitive, compile_pattern, spelling};

/// Reads text of a path or a query as the type that a schema asks for; text that is none stays text.
#[must_use]
pub fn parse_text(schema: &Value, text: &str) -> Value {
    let parsed = types(schema).iter().find_map(|kind| match kind.as_str()? {
        "integer" => {
            let unsigned = spelling::parse_integer::<u64>(text).map(Number::from);
            let number =
                unsigned.or_else(|| spelling::parse_integer::<i64>(text).map(Number::from));
            number.map(Value::Number)
        }
        "number" => spelling::parse_decimal(text)
            .and_then(Number::from_f64)
            .map(Value::Number),
        "boolean" => text.parse().ok().map(Value::Bool),
        _ => None,
    });
    parsed.unwrap_or_else(|| Value::String(text.to_owned()))
}

/// What is wrong with text, beside its length.
pub(super) fn fault(schema: &Value, text: &str) -> Option<String> {
    let word = |keyword: &str| schema.get(keyword).and_then(Value::as_str);
    if let Some(pattern) = word("pattern")
        // ECMA-262 has patterns that this engine does not know; they are left to the handler's own types.
        && let Ok(known) = compile_pattern(pattern)
        && !known.is_match(text)
    {
        return Some(format!("does not match {pattern}"));
    }
    match word("format")? {
        "date" if Date::read(text).is_none() => {
            Some("expected a date such as 2026-01-31".to_owned())
        }
        "uuid" if Uuid::read(text).is_none() => {
            Some("expected a UUID such as 0b9f3e52-7c1d-4a68-9e0f-5d2a8c7b6e41".to_owned())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn text_becomes_what_the_schema_asks_for() {
        for (kind, text, value) in [
            (json!("integer"), "7", json!(7)),
            (json!("integer"), "-7", json!(-7)),
            (json!(["integer", "null"]), "7", json!(7)),
            (json!("integer"), "many", json!("many")),
            (json!("integer"), "+7", json!("+7")),
            (json!("integer"), "007", json!("007")),
            (json!("number"), "1.5", json!(1.5)),
            (json!("number"), "NaN", json!("NaN")),
            (json!("number"), "+1.5", json!("+1.5")),
            (json!("boolean"), "true", json!(true)),
            (json!("string"), "7", json!("7")),
        ] {
            assert_eq!(parse_text(&json!({ "type": kind }), text), value);
        }
        assert_eq!(parse_text(&json!({}), "7"), json!("7"));
    }

    #[test]
    fn patterns_and_formats_are_checked() {
        let symbol = json!({ "pattern": "^[A-Z]{1,4}$" });
        assert_eq!(fault(&symbol, "ALPN"), None);
        assert!(fault(&symbol, "alpn").is_some());
        let beyond = json!({ "pattern": "(?<!a)b" });
        assert_eq!(fault(&beyond, "ab"), None, "left to the handler's types");
        for (format, text, is_good) in [
            ("date", "2024-02-29", true),
            ("date", "0000-02-29", true),
            ("date", "2026-02-29", false),
            ("date", "2100-02-29", false),
            ("date", "2026-13-01", false),
            ("date", "2026-1-1", false),
            ("date", "+026-01-01", false),
            ("uuid", "0b9f3e52-7c1d-4a68-9e0f-5d2a8c7b6e41", true),
            ("uuid", "0B9F3E52-7C1D-4A68-9E0F-5D2A8C7B6E41", true),
            ("uuid", "0b9f3e527c1d4a689e0f5d2a8c7b6e41", false),
            ("uuid", "0b9f3e5-27c1d-4a68-9e0f-5d2a8c7b6e41", false),
            ("uuid", "seven", false),
            ("mystery", "anything", true),
        ] {
            let found = fault(&json!({ "format": format }), text);
            assert_eq!(found.is_none(), is_good, "{format} {text}");
        }
    }
}
