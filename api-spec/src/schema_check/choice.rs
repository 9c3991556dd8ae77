//! Says what is wrong with a value that fits none of the choices of `oneOf` or `anyOf`, as enums are described.
//!
//! The faults of a choice are of use only when it is the one that was meant. The type of the value tells which one that
//! is, or a member that has other constants in each choice (a tag inside), or the name of the only member (a tag
//! outside). Where they tell none, everything that is allowed is listed.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::{
    At, Checker, DEPTH, SchemaFault, allowed_values, is_of_type, referred, type_of, types,
};

/// How many steps it counts for to say what was wrong: a crafted value that fails at each of many nested choices would cost as
/// many explanations.
const STEPS_TO_EXPLAIN: usize = 100;

/// A choice and what is wrong with the value by it.
struct Choice<'a> {
    /// The schema and all that it is put together from.
    parts: Vec<&'a Value>,
    faults: Vec<SchemaFault>,
}

impl Checker<'_> {
    /// Checks a value against choices, one of which is to hold.
    pub(super) fn check_choices(
        &self,
        choices: &[Value],
        value: &Value,
        at: &At<'_>,
        faults: &mut Vec<SchemaFault>,
    ) {
        let mut faults_of_each = Vec::new();
        for schema in choices {
            let mut faults = Vec::new();
            self.check(schema, value, &at.deeper(), &mut faults);
            if faults.is_empty() {
                return;
            }
            faults_of_each.push(faults);
        }
        let tried = choices.iter().zip(faults_of_each).map(|(schema, faults)| {
            let parts = self.parts_of(schema);
            Choice { parts, faults }
        });
        let steps_left = self.steps_left.get();
        self.steps_left
            .set(steps_left.saturating_sub(STEPS_TO_EXPLAIN));
        faults.extend(self.explain(tried.collect(), value, at));
    }

    fn explain(&self, mut tried: Vec<Choice>, value: &Value, at: &At<'_>) -> Vec<SchemaFault> {
        let is_tagged_outside = is_tagged_outside(&tried);
        let expected = self.render_expected(&tried, is_tagged_outside);
        tried.retain(|choice| choice.takes_type_of(value));
        if tried.is_empty() {
            let detail = format!("expected {expected}, found {}", type_of(value));
            return vec![at.fault(detail)];
        }
        if let Some(members) = value.as_object() {
            let candidates: Vec<&Choice> = tried.iter().collect();
            if let Some(tag) = self.find_tag(&candidates) {
                let allowed = render_values(self.tags_of_all(&candidates, tag));
                let Some(given) = members.get(tag) else {
                    let detail = format!("is required: {allowed}");
                    return vec![at.below(tag).fault(detail)];
                };
                tried.retain(|choice| self.tags(choice, tag).contains(&given));
                if tried.is_empty() {
                    return vec![at.below(tag).fault(format!("expected {allowed}"))];
                }
            } else if is_tagged_outside {
                tried.retain(|choice| choice.is_named_in(members));
            }
        } else if tried.iter().all(|choice| choice.values().is_some()) {
            tried.clear();
        }
        let nearest = tried.into_iter().min_by_key(|choice| choice.faults.len());
        nearest.map_or_else(
            || vec![at.fault(format!("expected {expected}"))],
            |choice| choice.faults,
        )
    }

    /// The member that tells the choices apart: each has it with constants that no other has. One choice needs none.
    fn find_tag<'a>(&'a self, tried: &[&Choice<'a>]) -> Option<&'a str> {
        let (first, others) = tried.split_first()?;
        let mut names = first.properties().flat_map(Map::keys);
        let is_tag = |name: &&String| {
            let all = self.tags_of_all(tried, name);
            let differing: BTreeSet<String> = all.iter().map(|tag| tag.to_string()).collect();
            let is_everywhere = tried.iter().all(|it| !self.tags(it, name).is_empty());
            is_everywhere && differing.len() == all.len()
        };
        match others.is_empty() {
            true => None,
            false => names.find(is_tag).map(String::as_str),
        }
    }

    fn tags_of_all<'a>(&'a self, tried: &[&Choice<'a>], name: &str) -> Vec<&'a Value> {
        let tags = tried.iter().map(|choice| self.tags(choice, name));
        tags.flatten().collect()
    }

    /// The constants that a choice has for a member.
    fn tags<'a>(&'a self, choice: &Choice<'a>, name: &str) -> Vec<&'a Value> {
        let members = choice.properties().filter_map(|members| members.get(name));
        let parts = members.flat_map(|member| self.parts_of(member));
        parts.filter_map(allowed_values).flatten().collect()
    }

    /// All that the choices allow, in words.
    fn render_expected(&self, tried: &[Choice], is_tagged_outside: bool) -> String {
        let mut values = Vec::new();
        let mut names = Vec::new();
        let mut types = BTreeSet::new();
        let (variants, others): (Vec<&Choice>, Vec<&Choice>) =
            tried.iter().partition(|choice| !choice.is_null());
        let tag = self.find_tag(&variants);
        for choice in variants.iter().chain(&others) {
            match (choice.values(), choice.only_member()) {
                (Some(allowed), _) => values.extend(allowed),
                (None, Some(name)) if is_tagged_outside => names.push(format!("{name:?}")),
                (None, _) if tag.is_some() && !choice.is_null() => {}
                (None, _) => self.add_types(choice, 0, &mut values, &mut types),
            }
        }
        let mut expected = Vec::new();
        if !values.is_empty() {
            expected.push(render_values(values));
        }
        match names.as_slice() {
            [] => {}
            [name] => expected.push(format!("an object with the member {name}")),
            names => expected.push(format!("an object with one member of {}", names.join(", "))),
        }
        if let Some(tag) = tag {
            let allowed = render_values(self.tags_of_all(&variants, tag));
            expected.push(format!("an object whose {tag:?} is {allowed}"));
        }
        expected.extend(types.into_iter().map(str::to_owned));
        match expected.is_empty() {
            true => "another form".to_owned(),
            false => expected.join(" or "),
        }
    }

    /// Adds the types of a choice and, where it is a choice itself, of those.
    fn add_types<'a>(
        &'a self,
        choice: &Choice<'a>,
        depth: usize,
        values: &mut Vec<&'a Value>,
        types: &mut BTreeSet<&'a str>,
    ) {
        if depth > DEPTH {
            return;
        }
        if let Some(allowed) = choice.values() {
            return values.extend(allowed);
        }
        for part in &choice.parts {
            types.extend(super::types(part).iter().filter_map(|kind| kind.as_str()));
            for keyword in ["oneOf", "anyOf"] {
                let nested = part.get(keyword).and_then(Value::as_array);
                for schema in nested.into_iter().flatten() {
                    let parts = self.parts_of(schema);
                    let faults = Vec::new();
                    self.add_types(&Choice { parts, faults }, depth + 1, values, types);
                }
            }
        }
    }

    fn parts_of<'a>(&'a self, schema: &'a Value) -> Vec<&'a Value> {
        let mut parts = vec![schema];
        let mut next = 0;
        // A bound, since references may lead in a circle.
        while let Some(part) = parts.get(next).copied().filter(|_| next < DEPTH) {
            parts.extend(referred(self.root, part));
            let all_of = part.get("allOf").and_then(Value::as_array);
            parts.extend(all_of.into_iter().flatten());
            next += 1;
        }
        parts
    }
}

impl<'a> Choice<'a> {
    fn takes_type_of(&self, value: &Value) -> bool {
        let mut kinds = self.parts.iter().filter_map(|part| part.get("type"));
        kinds.all(|kind| is_of_type(kind, value))
    }

    fn values(&self) -> Option<&'a [Value]> {
        self.parts.iter().find_map(|part| allowed_values(part))
    }

    fn properties(&self) -> impl Iterator<Item = &'a Map<String, Value>> {
        let properties = self.parts.iter().map(|part| part.get("properties"));
        properties.flatten().filter_map(Value::as_object)
    }

    /// The name of the member of an object that has one and needs it.
    fn only_member(&self) -> Option<&'a str> {
        let mut names = self.properties().flat_map(Map::keys);
        let name = names.next().filter(|_| names.next().is_none())?;
        let mut required = self.parts.iter().filter_map(|part| part.get("required"));
        let is_required = required.any(|list| {
            list.as_array()
                .is_some_and(|it| it.contains(&Value::from(name.as_str())))
        });
        is_required.then_some(name)
    }

    fn is_named_in(&self, members: &Map<String, Value>) -> bool {
        self.only_member()
            .is_some_and(|name| members.contains_key(name))
    }

    fn is_null(&self) -> bool {
        self.parts.iter().any(|part| types(part) == ["null"])
    }
}

/// Whether the choices are the variants of an enum whose tag stands around what they carry: names as texts, and objects of one
/// member.
fn is_tagged_outside(tried: &[Choice]) -> bool {
    let mut variants = tried.iter().filter(|choice| !choice.is_null());
    let is_variant = |choice: &Choice| choice.values().is_some() || choice.only_member().is_some();
    variants.clone().count() > 1
        && variants
            .clone()
            .any(|choice| choice.only_member().is_some())
        && variants.all(is_variant)
}

/// The values that are allowed, in words.
pub(super) fn render_values<'a>(values: impl IntoIterator<Item = &'a Value>) -> String {
    let rendered: Vec<String> = values.into_iter().map(Value::to_string).collect();
    match rendered.as_slice() {
        [value] => value.clone(),
        values => format!("one of {}", values.join(", ")),
    }
}

#[cfg(test)]
mod tests;
