//! The keywords of one schema that stand for themselves: types, choices, bounds, forms.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use serde_json::Value;

use super::{Change, WORDS};
use crate::drift::findings::{member, member_names};

/// Keywords that other comparisons read.
const STRUCTURE: [&str; 11] = [
    "properties",
    "required",
    "items",
    "additionalProperties",
    "allOf",
    "oneOf",
    "anyOf",
    "default",
    "$ref",
    "$defs",
    "$schema",
];

const LOWER_BOUNDS: [&str; 5] = [
    "minimum",
    "exclusiveMinimum",
    "minLength",
    "minItems",
    "minProperties",
];

const UPPER_BOUNDS: [&str; 5] = [
    "maximum",
    "exclusiveMaximum",
    "maxLength",
    "maxItems",
    "maxProperties",
];

/// Lists what changed, keyword by keyword.
pub(super) fn compare(sides: [&Value; 2]) -> Vec<(Change, String)> {
    let mut changes = Vec::new();
    for name in member_names(sides) {
        if WORDS.contains(&name) || STRUCTURE.contains(&name) || name.starts_with("x-") {
            continue;
        }
        let [old, new] = sides.map(|side| member(side, name));
        if old == new {
            continue;
        }
        match name {
            "type" => compare_types(&mut changes, [old, new]),
            "enum" => compare_choices(&mut changes, [old, new]),
            name => {
                let change = change_of(name, [old, new]);
                let mut what = format!("{name} {} -> {}", show(old), show(new));
                if name == "pattern" && change == Change::Turns {
                    what.push_str(" (may break clients: patterns cannot be compared)");
                }
                changes.push((change, what));
            }
        }
    }
    compare_additional(
        &mut changes,
        sides.map(|side| member(side, "additionalProperties")),
    );
    changes
}

/// A keyword only ever takes values away, so that a new one shrinks the set and a removed one lets it grow.
fn change_of(name: &str, [old, new]: [&Value; 2]) -> Change {
    match (old.is_null(), new.is_null()) {
        (true, _) => return Change::Shrinks,
        (_, true) => return Change::Grows,
        (false, false) => {}
    }
    let order = match (old.as_f64(), new.as_f64()) {
        (Some(old), Some(new)) => old.partial_cmp(&new),
        (None, _) | (_, None) => None,
    };
    let is_lower = LOWER_BOUNDS.contains(&name);
    let is_upper = UPPER_BOUNDS.contains(&name);
    match order {
        Some(Ordering::Less) if is_lower => Change::Shrinks,
        Some(Ordering::Greater) if is_lower => Change::Grows,
        Some(Ordering::Less) if is_upper => Change::Grows,
        Some(Ordering::Greater) if is_upper => Change::Shrinks,
        Some(Ordering::Less | Ordering::Equal | Ordering::Greater) | None => Change::Turns,
    }
}

fn compare_types(changes: &mut Vec<(Change, String)>, [old, new]: [&Value; 2]) {
    let what = format!("type {} -> {}", show(old), show(new));
    let change = match (type_names(old), type_names(new)) {
        (None, _) => Change::Shrinks,
        (_, None) => Change::Grows,
        (Some(old), Some(new)) => match (old.is_subset(&new), new.is_subset(&old)) {
            (true, true) => return,
            (true, false) => Change::Grows,
            (false, true) => Change::Shrinks,
            (false, false) => Change::Turns,
        },
    };
    changes.push((change, what));
}

/// The types by name, where a number may be whole; `None` when any is taken.
fn type_names(value: &Value) -> Option<BTreeSet<&str>> {
    let mut names: BTreeSet<_> = match value {
        Value::String(name) => BTreeSet::from([name.as_str()]),
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => return None,
    };
    if names.contains("number") {
        names.insert("integer");
    }
    Some(names)
}

fn compare_choices(changes: &mut Vec<(Change, String)>, [old, new]: [&Value; 2]) {
    let (Some(before), Some(after)) = (old.as_array(), new.as_array()) else {
        let change = change_of("enum", [old, new]);
        changes.push((change, format!("enum {} -> {}", show(old), show(new))));
        return;
    };
    for choice in before.iter().filter(|choice| !after.contains(choice)) {
        changes.push((Change::Shrinks, format!("{choice} is no longer a choice")));
    }
    for choice in after.iter().filter(|choice| !before.contains(choice)) {
        changes.push((Change::Grows, format!("{choice} is a new choice")));
    }
}

/// Whether properties that are not described may stand beside the others; by default they may.
fn compare_additional(changes: &mut Vec<(Change, String)>, [old, new]: [&Value; 2]) {
    let width = |value: &Value| match value {
        Value::Bool(false) => 0,
        Value::Object(members) if !members.is_empty() => 1,
        Value::Object(_)
        | Value::Null
        | Value::Bool(true)
        | Value::Number(_)
        | Value::String(_)
        | Value::Array(_) => 2,
    };
    let change = match width(old).cmp(&width(new)) {
        Ordering::Equal => return,
        Ordering::Less => Change::Grows,
        Ordering::Greater => Change::Shrinks,
    };
    let what = match change {
        Change::Grows => "takes more properties than are described",
        Change::Shrinks | Change::Turns => "takes fewer properties than before",
    };
    changes.push((change, what.to_owned()));
}

/// A value of a keyword; a keyword that is not there lets any value through.
pub(super) fn show(value: &Value) -> String {
    if value.is_null() {
        return "any".to_owned();
    }
    value.to_string()
}
