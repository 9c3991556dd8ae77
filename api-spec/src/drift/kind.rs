//! Whether a JSON value is a description of one kind at all.
//!
//! Compared with a description of another kind, everything would look removed or granted.

use serde_json::Value;

use super::Description;

impl Description {
    /// Checks that a value may be a description of this kind, of whatever version.
    ///
    /// # Errors
    /// A sentence that says what was expected: `not an OpenAPI document, which is an object with "openapi" and "paths"`.
    pub fn check(self, value: &Value) -> Result<(), &'static str> {
        let (is_of_this_kind, expected) = match self {
            Description::Document => (
                has_all(value, &["openapi", "paths"]),
                "not an OpenAPI document, which is an object with \"openapi\" and \"paths\"",
            ),
            Description::Matrix => (
                has_all(value, &["callers", "operations"]),
                "not an access matrix, which is an object with \"callers\" and \"operations\"",
            ),
            Description::Tools => (
                is_list_of(value, &["name", "input_schema"]),
                "not a list of tools, each of which is an object with \"name\" and \"input_schema\"",
            ),
            Description::Resources => (
                is_list_of(value, &["uri", "media_type"]),
                "not a list of resources, each of which is an object with \"uri\" and \"media_type\"",
            ),
            Description::Prompts => (
                is_list_of(value, &["name", "arguments"]),
                "not a list of prompts, each of which is an object with \"name\" and \"arguments\"",
            ),
            Description::Manifest => (
                has_all(value, &["api", "appRoles"]),
                "not an app registration, which is an object with \"api\" and \"appRoles\"",
            ),
        };
        match is_of_this_kind {
            true => Ok(()),
            false => Err(expected),
        }
    }
}

fn has_all(value: &Value, members: &[&str]) -> bool {
    members.iter().all(|member| value.get(member).is_some())
}

fn is_list_of(value: &Value, members: &[&str]) -> bool {
    value
        .as_array()
        .is_some_and(|items| items.iter().all(|item| has_all(item, members)))
}
