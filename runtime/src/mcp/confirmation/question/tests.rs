//! What the question says, whatever the arguments are.

use super::*;
use crate::mcp::confirmation::tests::tool;
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::json;

const END: &str = "This is the tool delete_note, and what it does may not be undone.";

fn message(arguments: &Value) -> String {
    render_message(&tool(), arguments.as_object().unwrap())
}

/// A tool that takes these from its body beside the id of the path.
fn tool_with(required: &[&str], optional: &[&str]) -> ToolDef {
    let mut tool = tool();
    let mut schema = json!({"properties": {}, "required": []});
    // The parameters of a path stand last, so that the order is not by chance the right one.
    for name in optional.iter().chain(required).chain(&["id"]) {
        schema["properties"][*name] = json!({});
    }
    schema["required"] = json!([required, &["id"]].concat());
    tool.input_schema = schema;
    tool
}

#[test]
fn the_question_names_tool_and_arguments_what_the_path_says_first() {
    assert_eq!(
        message(&json!({"reason": "old", "id": "R-17"})),
        format!("Remove a note: id = \"R-17\", reason = \"old\". {END}")
    );
    assert_eq!(
        message(&json!({})),
        format!("Remove a note: no arguments. {END}")
    );
}

#[test]
fn the_order_is_the_one_of_the_tool_what_it_requires_first() {
    let tool = tool_with(&["force", "all"], &["note", "color"]);
    let arguments = json!({"color": 1, "note": 2, "all": 3, "force": 4, "id": 5});
    let text = render_message(&tool, arguments.as_object().unwrap());
    assert!(
        text.starts_with("Remove a note: id = 5, force = 4, all = 3, note = 2, color = 1. "),
        "{text}"
    );
}

#[test]
fn no_harmless_argument_takes_the_place_of_one_that_matters() {
    let names: Vec<String> = (0..20).map(|n| format!("a{n:02}")).collect();
    let harmless: Vec<&str> = names.iter().map(String::as_str).collect();
    let tool = tool_with(&["everything"], &harmless);
    let mut arguments: Map<String, Value> =
        names.iter().map(|name| (name.clone(), 0.into())).collect();
    arguments.insert("everything".to_owned(), true.into());
    arguments.insert("id".to_owned(), "R-17".into());
    let text = render_message(&tool, &arguments);
    assert!(
        text.starts_with("Remove a note: id = \"R-17\", everything = true, a00 = 0, "),
        "{text}"
    );
    assert!(
        text.contains("a05 = 0, and 14 more: a06, a07, a08, "),
        "{text}"
    );
    assert!(text.contains(", a18, a19. This is the tool"), "{text}");
}

#[test]
fn a_long_value_is_told_from_another_that_begins_and_ends_like_it() {
    let long = |middle: &str| format!("{}{middle}{}", "x".repeat(300), "y".repeat(300));
    for name in ["id", "reason"] {
        let text = |middle: &str| message(&json!({name: long(middle)}));
        assert_ne!(text("1"), text("2"), "{name}");
        assert_eq!(text("1"), text("1"), "{name}");
        assert!(text("1").contains("xxx ... yyy"), "{}", text("1"));
        assert!(text("1").contains("(shortened from 603 characters, fingerprint "));
    }
    let whole = "x".repeat(200);
    assert!(message(&json!({"id": whole})).contains(&format!("id = \"{whole}\".")));
}

/// Characters that fool a reader, between ones that do not.
fn character() -> impl Strategy<Value = char> {
    let tricks = "\"\\\n\r\t\u{0}\u{7f}\u{85}\u{a0}\u{ad}\u{301}\u{34f}\u{890}\u{8e2}\u{115f}\u{1160}\u{17b4}\u{180b}\
        \u{180f}\u{200b}\u{202e}\u{2028}\u{2066}\u{201d}\u{2800}\u{3164}\u{ffa0}\u{fe0f}\u{feff}\u{110bd}\u{13430}\
        \u{1bca0}\u{1d173}\u{e0041}\u{5d0}\u{627}<>&*_`[]~$,.=:{}() u36";
    let tricks: Vec<char> = tricks.chars().collect();
    prop_oneof![select(tricks), prop::char::range('a', 'f'), any::<char>()]
}

/// Most are short, some longer than what is shown of them.
fn text() -> impl Strategy<Value = String> {
    let short = vec(character(), 0..12);
    (short, prop_oneof![4 => Just(1_usize), 1 => 20..60_usize])
        .prop_map(|(characters, times)| String::from_iter(characters).repeat(times))
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        text().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        Just(Value::Null),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            btree_map(text(), inner, 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// The arguments of a call, without the one of the path.
fn arguments() -> impl Strategy<Value = Map<String, Value>> {
    btree_map(text(), value(), 0..12).prop_map(|members| members.into_iter().collect())
}

fn with_id(id: &str, mut arguments: Map<String, Value>) -> String {
    arguments.insert("id".to_owned(), id.into());
    render_message(&tool(), &arguments)
}

proptest! {
    #[test]
    fn whatever_the_arguments_the_question_is_one_plain_bounded_line(
        id in text(),
        arguments in arguments(),
    ) {
        let text = with_id(&id, arguments);
        let is_plain = |it: char| (' '..='~').contains(&it) || it.is_alphanumeric();
        prop_assert!(text.chars().all(is_plain), "{:?}", text);
        prop_assert!(!text.contains(['<', '>', '&', '`', '*', '[', ']', '~', '$']), "{}", text);
        prop_assert!(text.starts_with("Remove a note: id = \""), "{}", text);
        prop_assert!(text.ends_with(END), "{}", text);
        prop_assert_eq!(text.matches("This is the tool delete_note").count(), 1);
        prop_assert!(text.chars().count() <= 8500, "{}", text.len());
    }

    #[test]
    fn calls_about_different_things_are_asked_about_in_different_words(
        id in text(),
        at in any::<Index>(),
        more in character(),
        arguments in (arguments(), arguments()),
    ) {
        let mut other: Vec<char> = id.chars().collect();
        other.insert(at.index(other.len() + 1), more);
        let other = String::from_iter(other);
        prop_assert_ne!(with_id(&id, arguments.0.clone()), with_id(&other, arguments.0.clone()));
        prop_assert_ne!(with_id(&id, arguments.0), with_id(&other, arguments.1));
    }
}
