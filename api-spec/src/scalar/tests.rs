use serde_json::json;

use super::*;
use crate::compile_pattern;

const ANY: ScalarDef = ScalarDef::UNBOUNDED;

fn is_good<P: Primitive + Serialize>(def: ScalarDef, value: P) -> bool {
    let pattern = def.pattern.map(|pattern| compile_pattern(pattern).unwrap());
    let schema = serde_json::to_value(def.schema::<P>()).unwrap();
    let by_schema = check_value(&schema, &serde_json::to_value(&value).unwrap()).is_empty();
    let by_def = def.check(&value, pattern.as_ref()).is_ok();
    assert_eq!(
        by_schema, by_def,
        "the schema says what is checked: {schema} {value}"
    );
    by_def
}

#[test]
fn text_is_bounded_by_characters_and_pattern() {
    let def = ScalarDef {
        min_length: Some(1),
        max_length: Some(3),
        pattern: Some("^[a-zä]*$"),
        ..ANY
    };
    for (text, expected) in [
        ("", false),
        ("a", true),
        ("äää", true),
        ("abcd", false),
        ("A", false),
    ] {
        assert_eq!(is_good(def, text.to_owned()), expected, "{text}");
    }
    let fault = def.check(&"ABCD".to_owned(), Some(&Regex::new("^[a-zä]*$").unwrap()));
    let detail = fault.unwrap_err().to_string();
    assert_eq!(detail, "maxLength is 3; does not match ^[a-zä]*$");
}

#[test]
fn a_blank_in_a_pattern_is_what_the_reader_of_the_document_takes_it_for() {
    let def = ScalarDef {
        pattern: Some(r"\S"),
        ..ANY
    };
    for (text, expected) in [
        ("a", true),
        (" ", false),
        ("\u{feff}", false),
        ("\u{a0}", false),
    ] {
        assert_eq!(is_good(def, text.to_owned()), expected, "{text:?}");
    }
}

#[test]
fn numbers_are_bounded_to_the_last_one() {
    let def = ScalarDef {
        minimum: Some(Bound::Integer(1)),
        maximum: Some(Bound::Integer(i64::MAX as i128 - 1)),
        ..ANY
    };
    for (number, expected) in [(0, false), (1, true), (i64::MAX - 1, true)] {
        assert_eq!(is_good(def, number), expected, "{number}");
    }
    assert!(
        def.check(&i64::MAX, None).is_err(),
        "no rounding to 64-bit floats"
    );
    let open = ScalarDef {
        exclusive_minimum: Some(Bound::Integer(0)),
        exclusive_maximum: Some(Bound::Decimal(0.5)),
        ..ANY
    };
    for (number, expected) in [(0.0, false), (0.25, true), (0.5, false)] {
        assert_eq!(is_good(open, number), expected, "{number}");
    }
    for number in [f64::NAN, f64::INFINITY] {
        assert!(open.check(&number, None).is_err(), "{number}");
        assert!(ANY.check(&number, None).is_err(), "{number}");
    }
}

#[test]
fn a_number_is_spelled_as_json_writes_it() {
    assert_eq!(u32::read("7"), Some(7));
    assert_eq!(i64::read("-7"), Some(-7));
    for text in ["+7", "007", "-0", "7.0"] {
        assert_eq!(i64::read(text), None, "{text}");
    }
    assert_eq!(f64::read("-0.5"), Some(-0.5));
    for text in ["NaN", "inf", "1e999", "+1", ".5"] {
        assert_eq!(f64::read(text), None, "{text}");
    }
}

#[test]
fn a_fixed_value_has_one_spelling() {
    use jiff::Timestamp;
    use jiff::civil::Date;
    use uuid::Uuid;

    assert!(Uuid::read("0b9f3e52-7c1d-4a68-9e0f-5d2a8c7b6e41").is_some());
    for text in [
        "0b9f3e527c1d4a689e0f5d2a8c7b6e41",
        "{0b9f3e52-7c1d-4a68-9e0f-5d2a8c7b6e41}",
        "urn:uuid:0b9f3e52-7c1d-4a68-9e0f-5d2a8c7b6e41",
        "",
    ] {
        assert!(Uuid::read(text).is_none(), "{text}");
    }
    assert!(Date::read("2024-02-29").is_some());
    for text in [
        "20260131",
        "2026-02-30",
        "2026-W05-6",
        "20260131T0",
        "2026-01-3Z",
        "٢٠26-1-1",
    ] {
        assert!(Date::read(text).is_none(), "{text}");
    }
    for text in ["2026-01-31T23:59:59Z", "2026-01-31T23:59:59.123456+01:00"] {
        assert!(Timestamp::read(text).is_some(), "{text}");
    }
    for text in [
        "2026-01-31T23Z",
        "2026-01-31 23:59:59Z",
        "2026-01-31T23:59:59",
        "2026-01-31T23:59:59.Z",
        "2026-01-31T23:59:5912Z",
        "2026-01-31T23:59:59Z[Europe/Berlin]",
        "2026-01-31t23:59:59z",
    ] {
        assert!(Timestamp::read(text).is_none(), "{text}");
    }
}

#[test]
fn the_schema_has_the_range_of_the_type_where_nothing_narrower_is_said() {
    let schema = serde_json::to_value(ANY.schema::<u8>()).unwrap();
    let expected = json!({ "type": "integer", "format": "int32", "minimum": 0, "maximum": 255 });
    assert_eq!(schema, expected);
    let def = ScalarDef {
        exclusive_minimum: Some(Bound::Integer(0)),
        example: Some("7"),
        description: "How many.",
        ..ANY
    };
    let schema = serde_json::to_value(def.schema::<u8>()).unwrap();
    let expected = json!({
        "type": "integer", "format": "int32", "description": "How many.",
        "exclusiveMinimum": 0, "maximum": 255, "examples": [7],
    });
    assert_eq!(schema, expected);
}
