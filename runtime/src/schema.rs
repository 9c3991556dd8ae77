//! What a body, a query or an answer must have so that the document and the tools can describe it.

use utoipa::ToSchema;

/// A type whose values a JSON schema describes: every [`utoipa::ToSchema`] is one.
///
/// Stands in the bounds of arguments and replies in place of `ToSchema`, so that rustc names the missing derive and not the
/// traits behind it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no JSON schema",
    label = "cannot be described to its callers",
    note = "put `#[derive(utoipa::ToSchema)]` on the type, and `utoipa = \"6\"` into `Cargo.toml`; a list or an option of it then has a schema, too",
    note = "what is received also needs `serde::Deserialize`, and what is sent `serde::Serialize`"
)]
pub trait HasSchema: ToSchema {}

#[diagnostic::do_not_recommend]
impl<T: ToSchema> HasSchema for T {}
