//! Names and values of a query or a form (`application/x-www-form-urlencoded`), read as one struct.
//!
//! A name that comes more than once is a list. Invariants: all faults are named at once, and however many there are, each
//! name is read once.

mod pairs;

use std::collections::BTreeSet;
use std::slice;

use portcullis_api_spec::{TypeSchema, pointer_to, query_fields};
use serde::de::DeserializeOwned;
use utoipa::ToSchema;

use super::blank::Blanks;
use super::field::{Field, Fields, FormError};
use crate::problem::FieldError;
use pairs::{Encoded, NamedValues, parse_pairs};

/// How many faults are reported at most.
const FAULTS_AT_MOST: usize = 32;

/// Reads `T`. `root` stands in front of each name in the pointers: `/query`, or nothing for a body.
///
/// # Errors
/// Every fault found, at least one.
pub(super) fn read<T>(text: &[u8], root: &'static str) -> Result<T, Vec<FieldError>>
where
    T: DeserializeOwned + ToSchema,
{
    let fields = parse_pairs(text).map_err(|detail| vec![fault(root.to_owned(), detail)])?;
    let mut reading = Reading {
        rest: fields.iter(),
        last: None,
        blanks: Blanks::of::<T>(),
    };
    let read = T::deserialize(Fields(&mut reading));
    read.map_err(|first| {
        let read_on = |reading: &mut Reading<'_>| T::deserialize(Fields(reading)).err();
        let missing = missing(TypeSchema::of::<T>(), &fields, root);
        all_faults(reading, first, missing, root, read_on)
    })
}

/// Hands the fields to serde, one after the other, and knows at which one serde stopped.
struct Reading<'a> {
    rest: slice::Iter<'a, NamedValues<'a>>,
    /// The one handed out last; `None` after the end.
    last: Option<&'a NamedValues<'a>>,
    blanks: Blanks,
}

impl<'a> Iterator for Reading<'a> {
    type Item = (&'a str, Field<'a, Encoded<'a>>);

    fn next(&mut self) -> Option<Self::Item> {
        self.last = self.rest.next();
        let NamedValues { name, values } = self.last?;
        let is_blank = self.blanks.has(name, values);
        Some((name, Field::new(values, is_blank)))
    }
}

/// Finds every fault: goes on behind each one, then asks which required names are missing.
///
/// What was read before a fault is not read again, so that a body full of faults costs no more than a good one. Without it
/// serde misses what it has read already; that is told by nothing but the description.
fn all_faults(
    mut reading: Reading<'_>,
    first: FormError,
    missing: Vec<FieldError>,
    root: &'static str,
    read_on: fn(&mut Reading<'_>) -> Option<FormError>,
) -> Vec<FieldError> {
    let mut faults = Vec::new();
    let mut next = Some(first);
    while let Some(error) = next.take() {
        let Some(field) = reading.last else {
            if faults.is_empty() && missing.is_empty() {
                faults.push(fault(root.to_owned(), &error.to_string()));
            }
            break;
        };
        faults.push(fault(pointer_to(root, &field.name), &error.to_string()));
        if faults.len() < FAULTS_AT_MOST && reading.rest.len() > 0 {
            next = read_on(&mut reading);
        }
    }
    faults.extend(missing);
    faults
}

/// The required names that were not given.
fn missing(of_type: TypeSchema, given: &[NamedValues<'_>], root: &str) -> Vec<FieldError> {
    let given: BTreeSet<&str> = given.iter().map(|field| &*field.name).collect();
    query_fields(of_type)
        .unwrap_or_default()
        .into_iter()
        .filter(|field| field.is_required && !given.contains(&*field.name))
        .map(|field| fault(pointer_to(root, &field.name), "is required"))
        .collect()
}

fn fault(pointer: String, detail: &str) -> FieldError {
    FieldError {
        pointer,
        detail: detail.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use serde::{Deserialize, Deserializer};

    use super::*;

    thread_local! {
        static READ: Cell<usize> = const { Cell::new(0) };
    }

    /// A number that counts how often one is read.
    struct Counted;

    impl<'de> Deserialize<'de> for Counted {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            READ.set(READ.get() + 1);
            u8::deserialize(deserializer).map(|_| Counted)
        }
    }

    #[derive(Deserialize, ToSchema)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only what is wrong with it matters here")]
    struct Search {
        text: String,
        #[schema(value_type = Vec<u8>)]
        first: Vec<Counted>,
        #[schema(value_type = Vec<u8>)]
        second: Vec<Counted>,
    }

    fn pointers(text: &str) -> Vec<String> {
        let faults = read::<Search>(text.as_bytes(), "").err().unwrap();
        faults.into_iter().map(|fault| fault.pointer).collect()
    }

    #[test]
    fn many_faults_are_found_without_reading_anything_twice() {
        let good = |name: &str| format!("{name}=1&").repeat(1000);
        let unknown: String = (0..10_000).map(|name| format!("x{name}&")).collect();
        READ.set(0);
        let found = pointers(&format!("{}{unknown}{}", good("first"), good("second")));
        assert_eq!(found[..2], ["/x0", "/x1"]);
        assert_eq!(found.len(), FAULTS_AT_MOST + 1, "and `text` is missing");
        assert_eq!(READ.get(), 1000, "once each, up to the last fault told");
        READ.set(0);
        let found = pointers(&format!("{}x=1&{}text&y=1", good("first"), good("second")));
        assert_eq!(found, ["/x", "/y"]);
        assert_eq!(READ.get(), 2000);
    }

    #[test]
    fn a_fault_in_a_list_does_not_hide_the_next_one() {
        assert_eq!(
            pointers("first=1&first=x&text=a&text=b&second=-1"),
            ["/first", "/text", "/second"]
        );
        assert_eq!(pointers("first=1&text=a"), ["/second"]);
        assert_eq!(pointers("%ff=1"), [""]);
    }
}
