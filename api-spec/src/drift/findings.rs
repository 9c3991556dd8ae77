//! Where the comparisons put what they find, and how they look into documents that may not have the expected form.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::{Difference, Effect};

/// The differences found so far.
#[derive(Default)]
pub(super) struct Findings {
    list: Vec<Difference>,
}

impl Findings {
    pub(super) fn add(&mut self, effect: Effect, place: &str, what: impl Into<String>) {
        self.list.push(Difference {
            effect,
            place: place.to_owned(),
            what: what.into(),
        });
    }

    pub(super) fn widens(&mut self, place: &str, what: impl Into<String>) {
        self.add(Effect::WidensAccess, place, what);
    }

    pub(super) fn narrows(&mut self, place: &str, what: impl Into<String>) {
        self.add(Effect::NarrowsAccess, place, what);
    }

    pub(super) fn breaks(&mut self, place: &str, what: impl Into<String>) {
        self.add(Effect::BreaksClients, place, what);
    }

    pub(super) fn harmless(&mut self, place: &str, what: impl Into<String>) {
        self.add(Effect::Harmless, place, what);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    /// Compares what both lists offer under one name, a text member; what only one of them has is new, or removed.
    pub(super) fn offered(
        &mut self,
        kind: &str,
        name: &str,
        sides: [&Value; 2],
        compare: impl Fn(&mut Self, &str, [&Value; 2]),
    ) {
        let [before, after] = sides.map(items);
        for (name, old, new) in pair_by(before, after, |it| text(it, name).to_owned()) {
            let place = format!("{kind} {name}");
            match (old, new) {
                (None, Some(_)) => self.harmless(&place, format!("new {kind}")),
                (Some(_), None) => self.breaks(&place, format!("removed {kind}")),
                (Some(old), Some(new)) => compare(self, &place, [old, new]),
                (None, None) => {}
            }
        }
    }

    /// Notes members that differ and that no comparison has looked at: they are words for people.
    pub(super) fn rest(&mut self, place: &str, [before, after]: [&Value; 2], compared: &[&str]) {
        for name in member_names([before, after]) {
            if !compared.contains(&name) && before.get(name) != after.get(name) {
                self.harmless(place, format!("`{name}` changed"));
            }
        }
    }

    /// The gravest first, each once; equal ones stay in the order of the document.
    pub(super) fn into_sorted(mut self) -> Vec<Difference> {
        let mut seen = BTreeSet::new();
        self.list.retain(|it| seen.insert(it.clone()));
        self.list.sort_by_key(|it| std::cmp::Reverse(it.effect));
        self.list
    }
}

/// What two lists of names have and have not in common.
pub(super) struct Names<'a> {
    pub(super) gone: Vec<&'a str>,
    pub(super) new: Vec<&'a str>,
}

impl<'a> Names<'a> {
    pub(super) fn compare(
        before: impl IntoIterator<Item = &'a str>,
        after: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let before: BTreeSet<_> = before.into_iter().collect();
        let after: BTreeSet<_> = after.into_iter().collect();
        Self {
            gone: before.difference(&after).copied().collect(),
            new: after.difference(&before).copied().collect(),
        }
    }
}

/// Every member name of both sides, once.
pub(super) fn member_names(sides: [&Value; 2]) -> BTreeSet<&str> {
    let objects = sides.into_iter().filter_map(Value::as_object);
    objects.flat_map(Map::keys).map(String::as_str).collect()
}

/// The items of a list; none of anything else.
pub(super) fn items(list: &Value) -> &[Value] {
    list.as_array().map_or(&[], Vec::as_slice)
}

/// The elements of a list member; none when it is missing.
pub(super) fn elements<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    items(member(value, name))
}

/// The texts of a list member.
pub(super) fn texts<'a>(value: &'a Value, name: &str) -> Vec<&'a str> {
    elements(value, name)
        .iter()
        .filter_map(Value::as_str)
        .collect()
}

/// A text member; empty when it is missing.
pub(super) fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// A member that may be missing.
pub(super) fn member<'a>(value: &'a Value, name: &str) -> &'a Value {
    value.get(name).unwrap_or(&Value::Null)
}

/// The elements of a list that a text member of theirs names, as pairs of both sides.
pub(super) fn pair_by<'a>(
    before: &'a [Value],
    after: &'a [Value],
    key: impl Fn(&Value) -> String,
) -> Vec<(String, Option<&'a Value>, Option<&'a Value>)> {
    let mut pairs: Vec<_> = before
        .iter()
        .map(|element| (key(element), Some(element), None))
        .collect();
    for element in after {
        let name = key(element);
        match pairs.iter_mut().find(|(other, ..)| *other == name) {
            Some((.., second)) => *second = Some(element),
            None => pairs.push((name, None, Some(element))),
        }
    }
    pairs
}
