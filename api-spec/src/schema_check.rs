//! Checks a JSON value against a schema and names every fault, so that a client or a model can mend all of them.
//!
//! Used for a tool call's arguments, and for what a request's content has beside the first fault that its type met.
//! Covers what types can say in a document: `type`, `enum`, `const`, `required`, `properties`, `additionalProperties`,
//! `items`, lengths, bounds, `pattern`, some `format`s, `$ref` to `$defs`, `allOf`, `oneOf`, `anyOf`. Other keywords are
//! left to the handler's own types, which check every request again: a courtesy to clients, not the protection.

mod choice;
mod members;
mod text;

use std::cell::Cell;

use serde_json::{Map, Value};
use utoipa::ToSchema;

pub use members::MemberSchemas;
pub use text::parse_text;

use crate::tools::schema;
use crate::{Op, TypeSchema, pointer_to};

/// How many faults are reported at most.
const FAULTS_AT_MOST: usize = 32;
/// How deep schemas and values are followed.
const DEPTH: usize = 64;
/// How many steps one check may take: nested choices would otherwise multiply with the depth of a crafted value.
const STEPS: usize = 50_000;

/// One thing wrong with a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaFault {
    /// A JSON pointer (RFC 6901) into the value.
    pub pointer: String,
    /// What is wrong there and what would be right.
    pub detail: String,
}

/// Checks a value against what `T` says of itself to the document.
#[must_use]
pub fn check_against<T: ToSchema>(value: &Value) -> Vec<SchemaFault> {
    check_against_type(TypeSchema::of::<T>(), value)
}

/// [`check_against`] for a type that is forgotten.
#[must_use]
pub fn check_against_type(of_type: TypeSchema, value: &Value) -> Vec<SchemaFault> {
    match closed_schema(of_type) {
        Some(schema) => check_value(&schema, value),
        None => Vec::new(),
    }
}

/// What a type says of itself, as one schema with its own `$defs`. `None`: a reference to nothing, for which the document has
/// been refused.
fn closed_schema(of_type: TypeSchema) -> Option<Value> {
    let mut op = Op::default();
    let reference = op.add_type(of_type);
    let schema = schema::resolve(&op, &schema::to_json(&reference))?;
    schema::close_over("", &op, schema).ok()
}

/// Checks a value against a schema whose references lead to its own `$defs`.
#[must_use]
pub fn check_value(schema: &Value, value: &Value) -> Vec<SchemaFault> {
    Checker::of(schema).collect(|checker, faults| checker.check(schema, value, &At::root(), faults))
}

/// Checks the members of an object against the schema of the object.
pub(crate) fn check_members(schema: &Value, members: &Map<String, Value>) -> Vec<SchemaFault> {
    Checker::of(schema).collect(|checker, faults| {
        checker.check_object(schema, members, &At::root(), faults);
    })
}

/// A place in the value and how deep it lies. Its pointer is written once something is wrong there.
#[derive(Clone, Copy)]
struct At<'a> {
    /// What it lies in, and its name there; the whole value has neither.
    member: Option<(&'a At<'a>, &'a str)>,
    depth: usize,
}

impl<'a> At<'a> {
    fn root() -> Self {
        Self {
            member: None,
            depth: 0,
        }
    }

    fn below(&'a self, name: &'a str) -> Self {
        Self {
            member: Some((self, name)),
            depth: self.depth + 1,
        }
    }

    /// The same place, one schema further.
    fn deeper(self) -> Self {
        Self {
            depth: self.depth + 1,
            ..self
        }
    }

    fn pointer(&self) -> String {
        match self.member {
            Some((whole, name)) => pointer_to(&whole.pointer(), name),
            None => String::new(),
        }
    }

    fn fault(&self, detail: String) -> SchemaFault {
        SchemaFault {
            pointer: self.pointer(),
            detail,
        }
    }
}

struct Checker<'a> {
    root: &'a Value,
    steps_left: Cell<usize>,
}

impl<'a> Checker<'a> {
    fn of(root: &'a Value) -> Self {
        Self {
            root,
            steps_left: Cell::new(STEPS),
        }
    }

    fn collect(&self, check: impl FnOnce(&Self, &mut Vec<SchemaFault>)) -> Vec<SchemaFault> {
        let mut faults = Vec::new();
        check(self, &mut faults);
        faults.truncate(FAULTS_AT_MOST);
        faults
    }

    fn check(&self, schema: &Value, value: &Value, at: &At<'_>, faults: &mut Vec<SchemaFault>) {
        let steps_left = self.steps_left.get();
        if at.depth > DEPTH || steps_left == 0 || faults.len() >= FAULTS_AT_MOST {
            return;
        }
        self.steps_left.set(steps_left - 1);
        if let Some(target) = referred(self.root, schema) {
            self.check(target, value, &at.deeper(), faults);
        }
        if let Some(kind) = schema.get("type")
            && !is_of_type(kind, value)
        {
            let expected = match allowed_values(schema) {
                Some(allowed) => choice::render_values(allowed),
                None => render_type(kind),
            };
            faults.push(at.fault(format!("expected {expected}, found {}", type_of(value))));
            return;
        }
        check_allowed(schema, value, at, faults);
        self.check_branches(schema, value, at, faults);
        if let Some(text) = value.as_str() {
            check_range(
                schema,
                ["minLength", "maxLength"],
                text.chars().count() as f64,
                at,
                faults,
            );
            if let Some(detail) = text::fault(schema, text) {
                faults.push(at.fault(detail));
            }
        } else if let Some(number) = value.as_f64() {
            check_range(schema, ["minimum", "maximum"], number, at, faults);
            check_exclusive_range(schema, number, at, faults);
        } else if let Some(items) = value.as_array() {
            check_range(
                schema,
                ["minItems", "maxItems"],
                items.len() as f64,
                at,
                faults,
            );
            if let Some(item_schema) = schema.get("items") {
                for (index, item) in items.iter().enumerate() {
                    self.check(item_schema, item, &at.below(&index.to_string()), faults);
                }
            }
        } else if let Some(members) = value.as_object() {
            self.check_object(schema, members, at, faults);
        }
    }

    fn check_object(
        &self,
        schema: &Value,
        members: &Map<String, Value>,
        at: &At<'_>,
        faults: &mut Vec<SchemaFault>,
    ) {
        let no_properties = Map::new();
        let properties = schema
            .get("properties")
            .and_then(Value::as_object)
            .unwrap_or(&no_properties);
        let required = schema.get("required").and_then(Value::as_array);
        for name in required.into_iter().flatten().filter_map(Value::as_str) {
            if !members.contains_key(name) {
                faults.push(at.below(name).fault("is required".to_owned()));
            }
        }
        let additional = schema.get("additionalProperties");
        for (name, member) in members {
            let at = at.below(name);
            if let Some(schema) = properties.get(name) {
                self.check(schema, member, &at, faults);
            } else if additional == Some(&Value::Bool(false)) {
                faults.push(at.fault(unknown_name(properties)));
            } else if let Some(schema) = additional {
                self.check(schema, member, &at, faults);
            }
        }
    }

    fn check_branches(
        &self,
        schema: &Value,
        value: &Value,
        at: &At<'_>,
        faults: &mut Vec<SchemaFault>,
    ) {
        let branches = |keyword: &str| schema.get(keyword).and_then(Value::as_array);
        for part in branches("allOf").into_iter().flatten() {
            self.check(part, value, &at.deeper(), faults);
        }
        for choices in ["oneOf", "anyOf"].into_iter().filter_map(branches) {
            self.check_choices(choices, value, at, faults);
        }
    }
}

/// What a schema refers to, among the definitions of the whole.
fn referred<'a>(root: &'a Value, schema: &Value) -> Option<&'a Value> {
    let name = schema.get("$ref")?.as_str()?.strip_prefix("#/$defs/")?;
    root.get("$defs")?.get(name)
}

/// The types that a schema allows; none when it does not say.
fn types(schema: &Value) -> &[Value] {
    match schema.get("type") {
        Some(Value::Array(kinds)) => kinds,
        Some(kind) => std::slice::from_ref(kind),
        None => &[],
    }
}

fn check_allowed(schema: &Value, value: &Value, at: &At<'_>, faults: &mut Vec<SchemaFault>) {
    if let Some(allowed) = allowed_values(schema)
        && !allowed.contains(value)
    {
        let allowed = choice::render_values(allowed);
        faults.push(at.fault(format!("expected {allowed}")));
    }
}

/// The values that a schema lists, by `const` or `enum`; `None` where it lists none.
fn allowed_values(schema: &Value) -> Option<&[Value]> {
    let one = schema.get("const").map(std::slice::from_ref);
    let many = schema.get("enum").and_then(Value::as_array);
    one.or(many.map(Vec::as_slice))
}

fn check_range(
    schema: &Value,
    [least, most]: [&str; 2],
    measure: f64,
    at: &At<'_>,
    faults: &mut Vec<SchemaFault>,
) {
    let bound = |keyword: &str| schema.get(keyword).and_then(Value::as_f64);
    if let Some(least_value) = bound(least).filter(|bound| measure < *bound) {
        faults.push(at.fault(format!("{least} is {least_value}")));
    }
    if let Some(most_value) = bound(most).filter(|bound| measure > *bound) {
        faults.push(at.fault(format!("{most} is {most_value}")));
    }
}

fn check_exclusive_range(schema: &Value, number: f64, at: &At<'_>, faults: &mut Vec<SchemaFault>) {
    let bound = |keyword: &str| schema.get(keyword).and_then(Value::as_f64);
    if let Some(bound) = bound("exclusiveMinimum").filter(|bound| number <= *bound) {
        faults.push(at.fault(format!("must be above {bound}")));
    }
    if let Some(bound) = bound("exclusiveMaximum").filter(|bound| number >= *bound) {
        faults.push(at.fault(format!("must be below {bound}")));
    }
}

fn unknown_name(properties: &Map<String, Value>) -> String {
    if properties.is_empty() {
        return "is not known here; nothing is expected".to_owned();
    }
    let known: Vec<&str> = properties.keys().map(String::as_str).collect();
    format!("is not known here; known are {}", known.join(", "))
}

fn is_of_type(kind: &Value, value: &Value) -> bool {
    if let Some(kinds) = kind.as_array() {
        return kinds.iter().any(|kind| is_of_type(kind, value));
    }
    match kind.as_str() {
        Some("object") => value.is_object(),
        Some("array") => value.is_array(),
        Some("string") => value.is_string(),
        Some("boolean") => value.is_boolean(),
        Some("null") => value.is_null(),
        Some("number") => value.is_number(),
        // `7.0` is one (JSON Schema 2020-12, core, section 4.2.3).
        Some("integer") => value.as_f64().is_some_and(|number| number.fract() == 0.0),
        Some(_) | None => true,
    }
}

fn render_type(kind: &Value) -> String {
    match kind.as_array() {
        Some(kinds) => {
            let kinds: Vec<&str> = kinds.iter().filter_map(Value::as_str).collect();
            kinds.join(" or ")
        }
        None => kind.as_str().unwrap_or("another type").to_owned(),
    }
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
