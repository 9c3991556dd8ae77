//! What an HTML form sends for an input that nobody filled in: the empty text (HTML, "constructing the entry list").
//!
//! For a number or a boolean that is no value, so an optional one counts as absent. Text may be empty, and stays so.

use std::cell::LazyCell;

use portcullis_api_spec::{MemberSchemas, TypeSchema};
use utoipa::ToSchema;

use super::field::FieldValue;

/// Tells which fields of a type are blank. Its schema is asked only when something is empty.
pub(super) struct Blanks {
    members: LazyCell<MemberSchemas>,
}

impl Blanks {
    /// Asks `T`, when it has to.
    pub(super) fn of<T: ToSchema>() -> Self {
        Self {
            members: LazyCell::new(|| MemberSchemas::of(TypeSchema::of::<T>())),
        }
    }

    /// Whether nothing was filled in where a number or a boolean is asked for.
    pub(super) fn has<F: FieldValue>(&self, name: &str, values: &[F]) -> bool {
        matches!(values, [only] if only.text() == Ok("")) && self.members.is_number_or_boolean(name)
    }
}
