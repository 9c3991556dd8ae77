//! Everything that is wrong with a form, not only what was met first.

use portcullis_api_spec::{MemberSchemas, TypeSchema, check_against, parse_text, pointer_to};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::UPLOAD_TOO_LARGE;
use super::parts::{Part, Parts};
use super::read::Fault;
use crate::arg::blank::Blanks;
use crate::arg::field::{FieldValue, FormError, too_large};
use crate::arg::form::INVALID_FORM;
use crate::arg::json::pointer_of;
use crate::problem::{FieldError, Problem};

/// 413 when nothing is wrong but the size of files, else 422.
pub(super) fn explain<T: ToSchema>(parts: &Parts, first: Fault) -> Problem {
    let mut examined = Examined::of::<T>();
    let form = examined.examine(parts);
    let by_schema = check_against::<T>(&form).into_iter();
    let by_schema: Vec<_> = by_schema
        .map(FieldError::from)
        .filter(|fault| !examined.has_settled(&fault.pointer))
        .collect();
    examined.faults.extend(by_schema);
    examined.add_first(first);
    let Examined {
        mut faults, sizes, ..
    } = examined;
    if faults.is_empty() {
        return Problem::new(UPLOAD_TOO_LARGE).with_errors(sizes);
    }
    faults.extend(sizes);
    Problem::new(INVALID_FORM).with_errors(faults)
}

/// What was found wrong with the parts, before the form as a whole is held against its schema.
struct Examined {
    members: MemberSchemas,
    blanks: Blanks,
    faults: Vec<FieldError>,
    /// Files that are too large.
    sizes: Vec<FieldError>,
    /// Where the schema of the whole has nothing to add: files, and what could not be read.
    settled: Vec<String>,
}

impl Examined {
    fn of<T: ToSchema>() -> Self {
        Self {
            members: MemberSchemas::of(TypeSchema::of::<T>()),
            blanks: Blanks::of::<T>(),
            faults: Vec::new(),
            sizes: Vec::new(),
            settled: Vec::new(),
        }
    }

    /// Reads each part by its schema, and gives the form as JSON.
    fn examine(&mut self, parts: &Parts) -> Value {
        let mut form = Map::new();
        for (name, given) in parts.fields() {
            let pointer = pointer_to("", name);
            let schema = self.members.get(name).cloned();
            let item = schema.as_ref().and_then(|it| self.members.items_of(it));
            let value = match (item.cloned(), given) {
                (Some(item), _) => {
                    let items = given
                        .iter()
                        .enumerate()
                        .map(|(index, part)| self.value(&item, part, format!("{pointer}/{index}")));
                    Value::Array(items.collect())
                }
                (None, given) => match (&schema, given) {
                    // Nobody asked for it, whatever it holds and however often.
                    (None, _) => Value::Null,
                    // Left blank, which is fine where it may be absent.
                    (Some(_), _)
                        if self.blanks.has(name, given) && self.members.may_be_null(name) =>
                    {
                        Value::Null
                    }
                    (Some(schema), [part]) => self.value(schema, part, pointer),
                    (Some(_), _) => self.note(pointer, "was sent more than once"),
                },
            };
            form.insert(name.to_owned(), value);
        }
        Value::Object(form)
    }

    fn value(&mut self, schema: &Value, part: &Part, pointer: String) -> Value {
        if schema["format"] == "binary" {
            let max_bytes = schema["maxLength"].as_u64();
            let max_bytes = max_bytes.and_then(|it| usize::try_from(it).ok());
            if let Some(max_bytes) = max_bytes.filter(|it| part.bytes.len() > *it) {
                self.sizes.push(FieldError {
                    pointer: pointer.clone(),
                    detail: too_large(max_bytes),
                });
            }
            self.settled.push(pointer);
            return Value::Null;
        }
        match part.text() {
            Ok(text) => parse_text(schema, text),
            Err(detail) => self.note(pointer, detail),
        }
    }

    fn note(&mut self, pointer: String, detail: &str) -> Value {
        self.settled.push(pointer.clone());
        self.faults.push(FieldError {
            pointer,
            detail: detail.to_owned(),
        });
        Value::Null
    }

    fn has_settled(&self, pointer: &str) -> bool {
        self.settled.iter().any(|settled| settled == pointer)
    }

    /// Keeps what serde stopped at, unless the schema says more exactly what is wrong there or below.
    fn add_first(&mut self, first: Fault) {
        let error = FieldError {
            pointer: pointer_of(first.path()),
            detail: first.inner().to_string(),
        };
        let mut found = self.faults.iter().chain(&self.sizes);
        if found.any(|fault| fault.is_at_or_below(&error.pointer)) {
            return;
        }
        match first.into_inner() {
            FormError::Invalid(_) => self.faults.push(error),
            FormError::TooLarge { .. } => self.sizes.push(error),
        }
    }
}
