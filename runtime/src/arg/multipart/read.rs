//! From the parts of a form to a `T`.

use serde::de::DeserializeOwned;
use utoipa::ToSchema;

use super::parts::{Part, Parts};
use crate::arg::blank::Blanks;
use crate::arg::field::{Field, FieldValue, Fields, FileFacts, FormError, NOT_UTF8};

/// What serde stopped at, and where.
pub(super) type Fault = serde_path_to_error::Error<FormError>;

/// Reads the parts.
pub(super) fn read<T: DeserializeOwned + ToSchema>(parts: &Parts) -> Result<T, Fault> {
    let blanks = Blanks::of::<T>();
    let fields = parts.fields();
    let fields = fields.map(|(name, parts)| (name, Field::new(parts, blanks.has(name, parts))));
    serde_path_to_error::deserialize(Fields(fields))
}

impl FieldValue for Part {
    fn text(&self) -> Result<&str, &'static str> {
        if self.is_file {
            return Err("expected text, found a file");
        }
        str::from_utf8(&self.bytes).map_err(|_| NOT_UTF8)
    }

    fn file(&self) -> Option<FileFacts<'_>> {
        Some(FileFacts {
            file_name: self.file_name.as_deref(),
            content_type: self.content_type.as_deref(),
            bytes: &self.bytes,
        })
    }
}
