//! What can be configured, from the registry alone: a JSON Schema, an example of variables, a page for operators.
//!
//! `docs/generated/` keeps what these render for the reference application; a suite compares.

mod dotenv;
mod page;
mod schema;

pub(crate) use dotenv::render_dotenv;
pub(crate) use page::render_page;
pub(crate) use schema::render_schema;

/// The first part of a dotted name.
fn section(name: &str) -> &str {
    name.split('.').next().unwrap_or(name)
}
