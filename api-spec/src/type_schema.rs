//! What a type says of itself to the document, without the type.
//!
//! Whatever is done with it is then generated once, with this crate, and not again for each type of an application.

use std::borrow::Cow;

use utoipa::ToSchema;
use utoipa::openapi::{RefOr, Schema};

/// Where the schema of one type comes from.
#[derive(Debug, Clone, Copy)]
pub struct TypeSchema {
    /// What the schema is called.
    pub(crate) name: fn() -> Cow<'static, str>,
    /// The schema itself.
    pub(crate) schema: fn() -> RefOr<Schema>,
    /// Adds the named schemas that it refers to.
    pub(crate) referred: fn(&mut Vec<(String, RefOr<Schema>)>),
}

impl TypeSchema {
    /// Forgets the type.
    #[must_use]
    pub const fn of<T: ToSchema>() -> Self {
        Self {
            name: T::name,
            schema: T::schema,
            referred: T::schemas,
        }
    }

    /// The named schemas that it refers to.
    pub(crate) fn referred(self) -> Vec<(String, RefOr<Schema>)> {
        let mut schemas = Vec::new();
        (self.referred)(&mut schemas);
        schemas
    }
}
