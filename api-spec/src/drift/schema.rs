//! Two JSON Schemas, by the values they take: a request may come to take more, an answer to be more certain.
//!
//! `$ref`s are followed; a named schema is compared once for requests and once for answers, and its differences stand
//! under its own name, however many operations use it.

mod keywords;
mod union;

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::Effect;
use super::findings::{Findings, Names, elements, member, member_names, texts};
use crate::tools::schema::any_object;

/// Members that are words for people.
const WORDS: [&str; 6] = [
    "title",
    "description",
    "examples",
    "example",
    "deprecated",
    "$comment",
];

/// Which way the values go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Direction {
    /// Clients write them.
    Request,
    /// Clients read them.
    Response,
}

/// What happens to the set of values that a schema takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    /// Some are taken no longer.
    Shrinks,
    /// Some are taken that were not.
    Grows,
    /// Both, or nobody can tell.
    Turns,
}

impl Change {
    const fn effect(self, direction: Direction) -> Effect {
        match (self, direction) {
            (Change::Shrinks, Direction::Response) | (Change::Grows, Direction::Request) => {
                Effect::Harmless
            }
            (Change::Shrinks, Direction::Request)
            | (Change::Grows, Direction::Response)
            | (Change::Turns, Direction::Request | Direction::Response) => Effect::BreaksClients,
        }
    }
}

/// The schemas of two documents, and which named ones have been compared.
pub(super) struct Schemas<'a> {
    findings: &'a mut Findings,
    owner: String,
    roots: [&'a Value; 2],
    compared: BTreeSet<(String, String, Direction)>,
}

impl<'a> Schemas<'a> {
    /// `roots` are where `$ref`s start; `owner` stands before the names of schemas that only it has, or is empty.
    pub(super) fn new(findings: &'a mut Findings, owner: &str, roots: [&'a Value; 2]) -> Self {
        Self {
            findings,
            owner: match owner {
                "" => String::new(),
                owner => format!("{owner}: "),
            },
            roots,
            compared: BTreeSet::new(),
        }
    }

    pub(super) fn findings(&mut self) -> &mut Findings {
        self.findings
    }

    /// Compares the schemas that stand in one place.
    pub(super) fn compare(&mut self, direction: Direction, place: &str, sides: [&Value; 2]) {
        if let [Some(old), Some(new)] = sides.map(reference) {
            let beside = sides.map(without_reference);
            self.compare_members(direction, place, [&beside[0], &beside[1]]);
            self.compare_named(direction, place, [old, new]);
            return;
        }
        let [old, new] = [0, 1].map(|side| self.resolve(side, sides[side]));
        self.compare_members(direction, place, [&old, &new]);
    }

    fn compare_named(&mut self, direction: Direction, place: &str, [old, new]: [&str; 2]) {
        let key = (old.to_owned(), new.to_owned(), direction);
        if !self.compared.insert(key) {
            return;
        }
        let name = new.rsplit('/').next().unwrap_or(new);
        let way = match direction {
            Direction::Request => "requests",
            Direction::Response => "answers",
        };
        let place = match old == new {
            true => format!("{}schema {name} in {way}", self.owner),
            false => place.to_owned(),
        };
        let [old, new] = [(0, old), (1, new)].map(|(side, path)| self.look_up(side, path));
        self.compare(direction, &place, [old, new]);
    }

    fn compare_members(&mut self, direction: Direction, place: &str, sides: [&Value; 2]) {
        if sides[0] == sides[1] && !contains_reference(sides[0]) {
            return;
        }
        if union::is_union(sides) {
            union::compare(self, direction, place, sides);
        } else {
            self.compare_keywords(direction, place, sides);
        }
    }

    fn compare_keywords(&mut self, direction: Direction, place: &str, sides: [&Value; 2]) {
        for (change, what) in keywords::compare(sides) {
            self.findings.add(change.effect(direction), place, what);
        }
        let [old, new] = sides.map(|side| member(side, "default"));
        if old != new {
            let effect = match direction {
                Direction::Request => Effect::BreaksClients,
                Direction::Response => Effect::Harmless,
            };
            let what = format!("the default is {new} instead of {old}");
            self.findings.add(effect, place, what);
        }
        for word in WORDS {
            if sides[0].get(word) != sides[1].get(word) {
                self.findings.harmless(place, format!("`{word}` changed"));
            }
        }
        self.compare_properties(direction, place, sides);
        let [old, new] = sides.map(|side| member(side, "additionalProperties"));
        if old.is_object() && new.is_object() {
            self.compare(
                direction,
                &format!("{place}/additionalProperties"),
                [old, new],
            );
        }
        self.compare_items(direction, place, sides);
        self.compare_all_of(direction, place, sides);
    }

    fn compare_properties(&mut self, direction: Direction, place: &str, sides: [&Value; 2]) {
        let [old, new] = sides.map(|side| member(side, "properties"));
        let [was_required, is_required] = sides.map(|side| texts(side, "required"));
        for name in member_names([old, new]) {
            let place = format!("{place}/{name}");
            match (old.get(name), new.get(name)) {
                (Some(old), Some(new)) => {
                    self.compare(direction, &place, [old, new]);
                    self.compare_required(
                        direction,
                        &place,
                        [was_required.contains(&name), is_required.contains(&name)],
                    );
                }
                (None, _) if direction == Direction::Request && is_required.contains(&name) => {
                    self.findings.breaks(&place, "new required property");
                }
                (None, _) => self.findings.harmless(&place, "new property"),
                (Some(_), None) => self.findings.breaks(&place, "removed property"),
            }
        }
        // A name may be required without being described.
        let undescribed = Names::compare(was_required, is_required);
        let is_described = |name: &str| old.get(name).is_some() || new.get(name).is_some();
        for (names, pair) in [
            (undescribed.gone, [true, false]),
            (undescribed.new, [false, true]),
        ] {
            for name in names.into_iter().filter(|name| !is_described(name)) {
                self.compare_required(direction, &format!("{place}/{name}"), pair);
            }
        }
    }

    fn compare_items(&mut self, direction: Direction, place: &str, sides: [&Value; 2]) {
        let [old, new] = sides.map(|side| member(side, "items"));
        if old.is_object() && new.is_object() {
            self.compare(direction, &format!("{place}/items"), [old, new]);
            return;
        }
        // A list that does not say what its items are takes any.
        let says_nothing = |items: &Value| items.is_null() || *items == true || *items == json!({});
        let change = match [old, new].map(says_nothing) {
            [true, true] => return,
            [true, false] => Change::Shrinks,
            [false, true] => Change::Grows,
            [false, false] if old == new => return,
            [false, false] => Change::Turns,
        };
        let [old, new] = [old, new].map(keywords::show);
        let what = format!("items {old} -> {new}");
        self.findings.add(change.effect(direction), place, what);
    }

    fn compare_required(&mut self, direction: Direction, place: &str, pair: [bool; 2]) {
        let (change, what) = match pair {
            [false, true] => (Change::Shrinks, "required now"),
            [true, false] => (Change::Grows, "no longer required"),
            [true, true] | [false, false] => return,
        };
        self.findings.add(change.effect(direction), place, what);
    }

    fn compare_all_of(&mut self, direction: Direction, place: &str, sides: [&Value; 2]) {
        let [old, new] = sides.map(|side| elements(side, "allOf"));
        for (old, new) in old.iter().zip(new) {
            self.compare(direction, place, [old, new]);
        }
        let (change, what) = match old.len().cmp(&new.len()) {
            std::cmp::Ordering::Equal => return,
            std::cmp::Ordering::Less => (Change::Shrinks, "must meet one more schema"),
            std::cmp::Ordering::Greater => (Change::Grows, "must meet one schema less"),
        };
        self.findings.add(change.effect(direction), place, what);
    }

    /// What a schema says, with what it refers to in place of the reference.
    fn resolve(&self, side: usize, schema: &Value) -> Value {
        let mut resolved = schema.clone();
        // A chain of references that ends in itself describes nothing.
        for _ in 0..REFERENCE_LIMIT {
            let Some(path) = reference(&resolved).map(str::to_owned) else {
                break;
            };
            let mut target = self.look_up(side, &path).clone();
            let beside = without_reference(&resolved);
            if let (Some(target), Value::Object(beside)) = (target.as_object_mut(), beside) {
                target.extend(beside);
            }
            resolved = target;
        }
        resolved
    }

    fn look_up(&self, side: usize, path: &str) -> &'a Value {
        let root = self.roots[side];
        let found = path.strip_prefix('#').and_then(|path| root.pointer(path));
        found.unwrap_or(&Value::Null)
    }
}

/// Longest chain of references that is followed.
const REFERENCE_LIMIT: usize = 16;

fn reference(schema: &Value) -> Option<&str> {
    schema.get("$ref")?.as_str()
}

fn without_reference(schema: &Value) -> Value {
    without(schema, |name| name == "$ref")
}

/// A schema without some of its members.
fn without(schema: &Value, is_out: impl Fn(&str) -> bool) -> Value {
    let mut rest = schema.clone();
    if let Some(members) = rest.as_object_mut() {
        members.retain(|name, _| !is_out(name));
    }
    rest
}

/// Equal schemas can still refer to names that mean something else on the other side.
fn contains_reference(schema: &Value) -> bool {
    any_object(schema, &|members| members.contains_key("$ref"))
}
