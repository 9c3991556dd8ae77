//! What a schema says about text: its pattern and its format; and text that stands for another type.

use serde_json::{Number, Value};

use crate::{compile_pattern, spelling};

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

/// The types that a schema allows; none when it does not say.
pub(super) fn types(schema: &Value) -> &[Value] {
    match schema.get("type") {
        Some(Value::Array(kinds)) => kinds,
        Some(kind) => std::slice::from_ref(kind),
        None => &[],
    }
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
        "date" if !is_date(text) => Some("expected a date such as 2026-01-31".to_owned()),
        "uuid" if !is_uuid(text) => {
            Some("expected a UUID such as 0b9f3e52-7c1d-4a68-9e0f-5d2a8c7b6e41".to_owned())
        }
        _ => None,
    }
}

/// RFC 3339 section 5.6, `full-date`, with the days that each month has.
fn is_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    let is_dashed = bytes.len() == 10 && bytes[4] == b'-' && bytes[7] == b'-';
    if !is_dashed || !text.is_ascii() {
        return false;
    }
    let part = |range: std::ops::Range<usize>| {
        let digits = &text[range];
        let all_digits = digits.bytes().all(|byte| byte.is_ascii_digit());
        digits.parse::<u32>().ok().filter(|_| all_digits)
    };
    let (Some(year), Some(month), Some(day)) = (part(0..4), part(5..7), part(8..10)) else {
        return false;
    };
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if is_leap => 29,
        2 => 28,
        _ => 0,
    };
    (1..=days).contains(&day)
}

/// RFC 9562 section 4: five groups of hexadecimal digits.
fn is_uuid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    let lengths = groups.iter().map(|group| group.len());
    let is_hex = |group: &&str| group.bytes().all(|byte| byte.is_ascii_hexdigit());
    lengths.eq([8, 4, 4, 4, 12]) && groups.iter().all(is_hex)
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
            ("date", "2026-02-29", false),
            ("date", "2026-13-01", false),
            ("date", "2026-1-1", false),
            ("date", "+026-01-01", false),
            ("uuid", "0b9f3e52-7c1d-4a68-9e0f-5d2a8c7b6e41", true),
            ("uuid", "0b9f3e527c1d4a689e0f5d2a8c7b6e41", false),
            ("uuid", "seven", false),
            ("mystery", "anything", true),
        ] {
            let found = fault(&json!({ "format": format }), text);
            assert_eq!(found.is_none(), is_good, "{format} {text}");
        }
    }
}
