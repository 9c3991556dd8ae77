//! Schemas that are a choice of schemas. One that is not counts as a choice of one, so that `T` becoming
//! "nothing or `T`" is seen as what it is.

use serde_json::Value;

use super::{Change, Direction, Schemas, WORDS, without};

/// Says whether either side is a choice.
pub(super) fn is_union(sides: [&Value; 2]) -> bool {
    sides.iter().any(|side| choice_word(side).is_some())
}

pub(super) fn compare(
    schemas: &mut Schemas<'_>,
    direction: Direction,
    place: &str,
    sides: [&Value; 2],
) {
    let [mut old, mut new] = sides.map(alternatives);
    // Equal alternatives may still refer to names whose meaning changed.
    old.retain(|alternative| {
        let wordless = without_words(alternative);
        let Some(position) = new.iter().position(|it| without_words(it) == wordless) else {
            return true;
        };
        let same = new.remove(position);
        schemas.compare(direction, place, [alternative, &same]);
        false
    });
    if let ([old], [new]) = (&old[..], &new[..]) {
        schemas.compare(direction, place, [old, new]);
    } else {
        for gone in &old {
            let what = format!("no longer one of the alternatives: {}", show(gone));
            schemas.add(Change::Shrinks, direction, place, what);
        }
        for added in &new {
            let what = format!("a new alternative: {}", show(added));
            schemas.add(Change::Grows, direction, place, what);
        }
    }
    if sides.iter().all(|side| choice_word(side).is_some()) {
        let [old, new] = sides.map(without_choice);
        schemas.compare_keywords(direction, place, [&old, &new]);
    }
}

impl Schemas<'_> {
    fn add(&mut self, change: Change, direction: Direction, place: &str, what: String) {
        self.findings.add(change.effect(direction), place, what);
    }
}

fn choice_word(schema: &Value) -> Option<&'static str> {
    ["oneOf", "anyOf"]
        .into_iter()
        .find(|word| schema.get(word).is_some())
}

fn alternatives(schema: &Value) -> Vec<Value> {
    let list = choice_word(schema).and_then(|word| schema.get(word)?.as_array());
    list.cloned().unwrap_or_else(|| vec![schema.clone()])
}

fn without_choice(schema: &Value) -> Value {
    without(schema, |name| name == "oneOf" || name == "anyOf")
}

/// A schema without its own words, which say nothing about its values.
fn without_words(schema: &Value) -> Value {
    without(schema, |name| WORDS.contains(&name))
}

fn show(schema: &Value) -> String {
    let reference = schema.get("$ref").and_then(Value::as_str);
    let name = reference.and_then(|path| path.rsplit('/').next());
    name.map_or_else(|| without_words(schema).to_string(), str::to_owned)
}
