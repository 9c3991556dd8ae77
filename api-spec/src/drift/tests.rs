//! One row for each kind of difference, on documents that the generators of this crate have made.

mod access;
mod clients;
mod schemas;

use serde_json::{Value, json};

use super::*;
use crate::manifest::{self, Registration};
use crate::openapi::{self, sample};
use crate::{build_tools, matrix, pointer_to, render_tools};

/// One kind of difference: its name, how the later side comes about, and the lines that tell of it.
type Row = (&'static str, fn(&mut Value), &'static [&'static str]);

fn document() -> Value {
    let ops = sample::ops();
    let operations = sample::ENDPOINTS.iter().zip(&ops);
    let operations: Vec<_> = operations
        .map(|(def, op)| openapi::Operation { def, op })
        .collect();
    let document =
        openapi::build_document(&sample::settings(), &sample::VOCABULARY, &operations).unwrap();
    openapi::render_value(&document)
}

fn matrix() -> Value {
    let matrix = matrix::build_matrix(&sample::VOCABULARY, &sample::ENDPOINTS);
    serde_json::from_str(&matrix::render_json(&matrix)).unwrap()
}

fn manifest() -> Value {
    let registration = Registration::default();
    let manifest = manifest::build_manifest("Sample", &sample::VOCABULARY, registration);
    serde_json::from_str(&manifest::render_json(&manifest)).unwrap()
}

fn tools() -> Value {
    let ops = sample::ops();
    let tools = build_tools(sample::ENDPOINTS.iter().zip(&ops)).unwrap();
    serde_json::from_str(&render_tools(&tools)).unwrap()
}

fn lines(description: Description, before: &Value, after: &Value) -> Vec<String> {
    let differences = compare(description, before, after);
    differences.iter().map(ToString::to_string).collect()
}

/// Holds a table to what it says, and each row to both invariants.
fn check_table(description: Description, base: &Value, table: &[Row]) {
    for (name, edit, expected) in table {
        let mut after = base.clone();
        edit(&mut after);
        assert_ne!(*base, after, "{name} changes nothing");
        assert_eq!(lines(description, base, &after), *expected, "{name}");
        assert_eq!(compare(description, &after, &after), [], "{name}");
        let there = compare(description, base, &after);
        let back = compare(description, &after, base);
        let places = |list: &[Difference], effect| {
            let found = list.iter().filter(|it| it.effect == effect);
            let mut found: Vec<_> = found.map(|it| it.place.clone()).collect();
            found.sort();
            found
        };
        for (effect, opposite) in [
            (Effect::WidensAccess, Effect::NarrowsAccess),
            (Effect::NarrowsAccess, Effect::WidensAccess),
        ] {
            assert_eq!(
                places(&there, effect),
                places(&back, opposite),
                "{name}, swapped"
            );
        }
    }
}

#[test]
fn a_description_does_not_differ_from_itself() {
    for (description, value) in [
        (Description::Document, document()),
        (Description::Matrix, matrix()),
        (Description::Tools, tools()),
        (Description::Manifest, manifest()),
    ] {
        assert_eq!(compare(description, &value, &value), []);
    }
}

#[test]
fn every_value_of_a_description_that_changes_is_a_difference() {
    for (description, value) in [
        (Description::Document, document()),
        (Description::Matrix, matrix()),
        (Description::Tools, tools()),
        (Description::Manifest, manifest()),
    ] {
        let mut pointers = Vec::new();
        collect_pointers(&value, String::new(), &mut pointers);
        for pointer in pointers {
            let mut after = value.clone();
            let place = after.pointer_mut(&pointer).unwrap();
            *place = match place {
                Value::Bool(is_true) => Value::Bool(!*is_true),
                Value::String(text) => Value::String(format!("{text}x")),
                Value::Null | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
                    Value::from("changed")
                }
            };
            let found = compare(description, &value, &after);
            assert_ne!(found, [], "{description:?} {pointer}");
            let back = compare(description, &after, &value);
            let count =
                |list: &[Difference], effect| list.iter().filter(|it| it.effect == effect).count();
            assert_eq!(
                count(&found, Effect::WidensAccess),
                count(&back, Effect::NarrowsAccess),
                "{description:?} {pointer}: {found:#?} {back:#?}"
            );
        }
    }
}

/// What falls out of every comparison is told of the file as a whole, and nobody learns where it is. That is for what says
/// nothing: an empty list, `false`, the access of everybody, and an answer that the rest of its row says too.
#[test]
fn every_part_of_a_description_that_goes_is_named() {
    for (description, value) in [
        (Description::Document, document()),
        (Description::Matrix, matrix()),
        (Description::Tools, tools()),
        (Description::Manifest, manifest()),
    ] {
        let mut pointers = Vec::new();
        collect_members(&value, String::new(), &mut pointers);
        for (holder, name) in pointers {
            let mut after = value.clone();
            let members = after.pointer_mut(&holder).unwrap().as_object_mut();
            let gone = members.unwrap().shift_remove(&name).unwrap();
            let is_answer = description == Description::Matrix
                && [&*holder, &*name].iter().any(|it| it.ends_with("answers"));
            if is_answer
                || [
                    json!([]),
                    json!({}),
                    json!(false),
                    json!(null),
                    json!("public"),
                ]
                .contains(&gone)
            {
                continue;
            }
            for sides in [[&value, &after], [&after, &value]] {
                let found = compare(description, sides[0], sides[1]);
                let is_named = found
                    .iter()
                    .all(|difference| difference.place != "the file");
                assert!(
                    is_named && !found.is_empty(),
                    "{description:?} {holder} {name}: {found:#?}"
                );
            }
        }
    }
}

/// Every member of every object: where the object is, and the member's name.
fn collect_members(value: &Value, pointer: String, members: &mut Vec<(String, String)>) {
    match value {
        Value::Object(object) => {
            for (name, member) in object {
                members.push((pointer.clone(), name.clone()));
                collect_members(member, pointer_to(&pointer, name), members);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                collect_members(item, format!("{pointer}/{index}"), members);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn collect_pointers(value: &Value, pointer: String, pointers: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                collect_pointers(member, pointer_to(&pointer, name), pointers);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                collect_pointers(item, format!("{pointer}/{index}"), pointers);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            pointers.push(pointer);
        }
    }
}

#[test]
fn a_difference_is_one_line_and_the_summary_counts_the_gravest_first() {
    let difference = |effect, what: &str| Difference {
        effect,
        place: "GET /a".to_owned(),
        what: what.to_owned(),
    };
    let list = [
        difference(Effect::Harmless, "two\nlines"),
        difference(Effect::WidensAccess, "open"),
        difference(Effect::Harmless, "words"),
    ];
    assert_eq!(list[0].to_string(), "harmless: GET /a: two lines");
    assert_eq!(
        render_summary(&list),
        "3 differences: 1 widens access, 2 harmless"
    );
    assert_eq!(render_summary(&[]), "no difference");
}
