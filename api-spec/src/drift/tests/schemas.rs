//! Schemas: the same change does the opposite to who writes a value and to who reads it.

use serde_json::json;

use super::*;

/// A change, as JSON text of both sides, and what it does in a request and in an answer.
type SchemaRow = (&'static str, &'static str, &'static str, Effect, Effect);

const SAFE: Effect = Effect::Harmless;
const BREAKS: Effect = Effect::BreaksClients;

/// A list of one tool with a schema at one end: the shortest description that has both directions.
fn tool(schema: &str, end: &str) -> Value {
    let mut tool = json!({"name": "t", "input_schema": {}, "output_schema": {}});
    tool[end] = serde_json::from_str(schema).unwrap();
    json!([tool])
}

fn worst(before: &str, after: &str, end: &str) -> Option<Effect> {
    let differences = compare(Description::Tools, &tool(before, end), &tool(after, end));
    differences.iter().map(|it| it.effect).max()
}

#[test]
fn requests_may_take_more_and_answers_may_promise_more() {
    let table: [SchemaRow; 28] = [
        (
            "type gains null",
            r#"{"type":"string"}"#,
            r#"{"type":["string","null"]}"#,
            SAFE,
            BREAKS,
        ),
        (
            "type changes",
            r#"{"type":"string"}"#,
            r#"{"type":"integer"}"#,
            BREAKS,
            BREAKS,
        ),
        (
            "whole becomes number",
            r#"{"type":"integer"}"#,
            r#"{"type":"number"}"#,
            SAFE,
            BREAKS,
        ),
        (
            "type is no longer said",
            r#"{"type":"string"}"#,
            "{}",
            SAFE,
            BREAKS,
        ),
        (
            "choice added",
            r#"{"enum":["a"]}"#,
            r#"{"enum":["a","b"]}"#,
            SAFE,
            BREAKS,
        ),
        (
            "choices introduced",
            "{}",
            r#"{"enum":["a"]}"#,
            BREAKS,
            SAFE,
        ),
        (
            "minimum raised",
            r#"{"minimum":1}"#,
            r#"{"minimum":2}"#,
            BREAKS,
            SAFE,
        ),
        (
            "maximum raised",
            r#"{"maximum":1}"#,
            r#"{"maximum":2}"#,
            SAFE,
            BREAKS,
        ),
        (
            "maxLength introduced",
            "{}",
            r#"{"maxLength":9}"#,
            BREAKS,
            SAFE,
        ),
        (
            "minItems raised",
            r#"{"minItems":1}"#,
            r#"{"minItems":2}"#,
            BREAKS,
            SAFE,
        ),
        (
            "exclusiveMaximum raised",
            r#"{"exclusiveMaximum":1}"#,
            r#"{"exclusiveMaximum":2}"#,
            SAFE,
            BREAKS,
        ),
        (
            "pattern introduced",
            "{}",
            r#"{"pattern":"^a$"}"#,
            BREAKS,
            SAFE,
        ),
        (
            "pattern changed",
            r#"{"pattern":"^a$"}"#,
            r#"{"pattern":"^b$"}"#,
            BREAKS,
            BREAKS,
        ),
        (
            "format changed",
            r#"{"format":"uuid"}"#,
            r#"{"format":"date"}"#,
            BREAKS,
            BREAKS,
        ),
        (
            "default changed",
            r#"{"default":1}"#,
            r#"{"default":2}"#,
            BREAKS,
            SAFE,
        ),
        (
            "words changed",
            r#"{"description":"a"}"#,
            r#"{"description":"b"}"#,
            SAFE,
            SAFE,
        ),
        (
            "items take less",
            r#"{"items":{"maxLength":9}}"#,
            r#"{"items":{"maxLength":8}}"#,
            BREAKS,
            SAFE,
        ),
        (
            "items are bounded",
            r#"{"type":"array"}"#,
            r#"{"type":"array","items":{"type":"string"}}"#,
            BREAKS,
            SAFE,
        ),
        (
            "items are not wanted",
            r#"{"items":{"type":"string"}}"#,
            r#"{"items":false}"#,
            BREAKS,
            BREAKS,
        ),
        (
            "property becomes required",
            r#"{"properties":{"a":{}}}"#,
            r#"{"properties":{"a":{}},"required":["a"]}"#,
            BREAKS,
            SAFE,
        ),
        (
            "required property added",
            r#"{"properties":{}}"#,
            r#"{"properties":{"a":{}},"required":["a"]}"#,
            BREAKS,
            SAFE,
        ),
        (
            "property removed",
            r#"{"properties":{"a":{}}}"#,
            r#"{"properties":{}}"#,
            BREAKS,
            BREAKS,
        ),
        (
            "no other properties",
            "{}",
            r#"{"additionalProperties":false}"#,
            BREAKS,
            SAFE,
        ),
        (
            "becomes nullable by a choice",
            r#"{"type":"string"}"#,
            r#"{"oneOf":[{"type":"null"},{"type":"string"}]}"#,
            SAFE,
            BREAKS,
        ),
        (
            "alternative removed",
            r#"{"anyOf":[{"type":"null"},{"type":"string"}]}"#,
            r#"{"anyOf":[{"type":"string"}]}"#,
            BREAKS,
            SAFE,
        ),
        (
            "one more schema to meet",
            r#"{"allOf":[{"type":"object"}]}"#,
            r#"{"allOf":[{"type":"object"},{"required":["a"]}]}"#,
            BREAKS,
            SAFE,
        ),
        (
            "named schema takes less",
            r##"{"$ref":"#/$defs/A","$defs":{"A":{"maxLength":9}}}"##,
            r##"{"$ref":"#/$defs/A","$defs":{"A":{"maxLength":8}}}"##,
            BREAKS,
            SAFE,
        ),
        (
            "keyword that is not known",
            r#"{"not":{"type":"string"}}"#,
            r#"{"not":{"type":"integer"}}"#,
            BREAKS,
            BREAKS,
        ),
    ];
    for (name, before, after, in_request, in_response) in table {
        assert_eq!(
            worst(before, after, "input_schema"),
            Some(in_request),
            "{name}"
        );
        assert_eq!(
            worst(before, after, "output_schema"),
            Some(in_response),
            "{name}"
        );
        assert_eq!(worst(before, before, "input_schema"), None, "{name}");
    }
}

#[test]
fn a_pattern_that_changes_is_said_to_be_beyond_comparison() {
    let [before, after] =
        [r#"{"pattern":"^a$"}"#, r#"{"pattern":"^a+$"}"#].map(|it| tool(it, "input_schema"));
    assert_eq!(
        lines(Description::Tools, &before, &after),
        [
            r#"breaks clients: tool t: input: pattern "^a$" -> "^a+$" (may break clients: patterns cannot be compared)"#
        ]
    );
}

#[test]
fn a_list_of_anything_is_written_in_three_ways() {
    for before in [r#"{"items":{}}"#, r#"{"items":true}"#, "{}"] {
        for after in [r#"{"items":{}}"#, r#"{"items":true}"#, "{}"] {
            let effect = worst(before, after, "input_schema");
            assert!(
                effect.is_none_or(|effect| effect == SAFE),
                "{before} {after}"
            );
        }
    }
}

#[test]
fn a_schema_written_out_or_named_is_the_same_schema() {
    let named = r##"{"properties":{"a":{"$ref":"#/$defs/A"}},"$defs":{"A":{"type":"string"}}}"##;
    let written = r#"{"properties":{"a":{"type":"string"}}}"#;
    for (before, after) in [(named, written), (written, named)] {
        assert_eq!(worst(before, after, "input_schema"), Some(SAFE));
    }
}

#[test]
fn a_schema_that_contains_itself_is_compared_to_the_end() {
    let tree = |limit: u8| {
        let node =
            json!({"properties": {"next": {"$ref": "#/$defs/T"}, "a": {"maxLength": limit}}});
        json!({"$ref": "#/$defs/T", "$defs": {"T": node}}).to_string()
    };
    assert_eq!(worst(&tree(9), &tree(8), "input_schema"), Some(BREAKS));
    assert_eq!(worst(&tree(9), &tree(9), "input_schema"), None);
    let endless = r##"{"$ref":"#/$defs/T","$defs":{"T":{"$ref":"#/$defs/T"}}}"##;
    assert_eq!(worst(endless, endless, "input_schema"), None);
}

#[test]
fn a_named_schema_is_told_of_once_for_requests_and_once_for_answers() {
    let before = document();
    let mut after = before.clone();
    let title = &mut after["components"]["schemas"]["Report"]["properties"]["title"];
    title["maxLength"] = json!(9);
    assert_eq!(
        lines(Description::Document, &before, &after),
        [
            "breaks clients: schema Report in requests/title: maxLength any -> 9",
            "harmless: schema Report in answers/title: maxLength any -> 9",
        ]
    );
}
