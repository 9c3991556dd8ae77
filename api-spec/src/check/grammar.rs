//! The grammar of path templates, operation ids, tool names, role names, scope names and media types.
//!
//! Each function returns what is wrong with its input, naming it and saying how to mend it, or `None`.
//!
//! Invariant: everything here is `const`, so that a wrong name stops `cargo check`, not a deployment.

use super::message::Message;
use super::text;
use crate::Mount;

const LONGEST_NAME_BYTES: usize = 128;
/// Entra's own bound for the `value` of app roles and scopes.
const LONGEST_VALUE_BYTES: usize = 120;

/// Paths that Portcullis answers itself; the router would panic on a second handler.
const OWN_PATHS: &[&str] = &[
    "/openapi.json",
    "/openapi.yaml",
    "/docs",
    "/api/v1/mcp",
    "/.well-known/oauth-protected-resource",
];

/// What is wrong with a path template below `mount`.
pub(super) const fn path_fault(mount: Mount, path: &str) -> Option<Message> {
    let bytes = path.as_bytes();
    let start = Message::new("path ").code(path).text(": ");
    if bytes.is_empty() || bytes[0] != b'/' {
        return Some(start.text("it must start with `/`"));
    }
    if bytes.len() == 1 {
        return match mount {
            Mount::Root => None,
            Mount::Api => Some(start.text(
                "`/` exists below `root` only; name what the endpoint serves, such as `/reports`",
            )),
        };
    }
    if bytes[bytes.len() - 1] == b'/' {
        return Some(start.text("it must not end with `/`; clients ask for the path without it"));
    }
    let mut from = 1;
    while from <= bytes.len() {
        let to = text::find(path, from, b'/');
        let segment = text::slice(path, from, to);
        if let Some(fault) = segment_fault(start, segment) {
            return Some(fault);
        }
        if is_parameter(segment) && is_earlier_segment(path, from, segment) {
            return Some(
                start
                    .text("parameter ")
                    .code(segment)
                    .text(" stands in it twice; give each its own name"),
            );
        }
        from = to + 1;
    }
    own_path_fault(start, mount, path)
}

const fn segment_fault(start: Message, segment: &str) -> Option<Message> {
    let bytes = segment.as_bytes();
    if bytes.is_empty() {
        return Some(start.text("it has an empty segment; write one `/` between segments"));
    }
    if text::equal(segment, ".") || text::equal(segment, "..") {
        return Some(
            start
                .text("segment ")
                .code(segment)
                .text(" is resolved by clients before they ask; leave it out"),
        );
    }
    if bytes[0] == b'{' && bytes[bytes.len() - 1] == b'}' && bytes.len() > 1 {
        return parameter_fault(start, text::slice(segment, 1, bytes.len() - 1));
    }
    let mut index = 0;
    while index < bytes.len() {
        match bytes[index] {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {}
            b'{' | b'}' => {
                return Some(
                    start
                        .text("a parameter takes a whole segment; write `/{name}/` instead of ")
                        .code(segment),
                );
            }
            b':' | b'<' | b'*' => {
                return Some(start.text("segment ").code(segment).text(
                    " has a character that is not allowed; a parameter is written `{name}`",
                ));
            }
            _ => {
                return Some(
                    start
                        .text("segment ")
                        .code(segment)
                        .text(" may have `A-Z a-z 0-9 - _ . ~` only"),
                );
            }
        }
        index += 1;
    }
    None
}

const fn parameter_fault(start: Message, name: &str) -> Option<Message> {
    let bytes = name.as_bytes();
    if bytes.is_empty() {
        return Some(start.text("`{}` has no name; write `{id}`"));
    }
    if bytes[0] == b'*' {
        return Some(start.text("`{*..}` takes any number of segments, which OpenAPI cannot describe; write one `{name}` for each"));
    }
    let mut index = 0;
    while index < bytes.len() {
        match bytes[index] {
            b'a'..=b'z' => {}
            b'0'..=b'9' | b'_' if index > 0 => {}
            _ => {
                return Some(
                    start
                        .text("parameter name ")
                        .code(name)
                        .text(" is not snake_case (`a-z`, then `a-z 0-9 _`)"),
                );
            }
        }
        index += 1;
    }
    None
}

pub(super) const fn is_parameter(segment: &str) -> bool {
    !segment.is_empty() && segment.as_bytes()[0] == b'{'
}

/// Says whether `segment`, which starts at `end`, also stands in `path` before that.
const fn is_earlier_segment(path: &str, end: usize, segment: &str) -> bool {
    let mut from = 1;
    while from < end {
        let to = text::find(path, from, b'/');
        if text::equal(text::slice(path, from, to), segment) {
            return true;
        }
        from = to + 1;
    }
    false
}

const fn own_path_fault(start: Message, mount: Mount, path: &str) -> Option<Message> {
    let mut index = 0;
    while index < OWN_PATHS.len() {
        let own = OWN_PATHS[index];
        if let Some(rest) = text::strip_prefix(own, mount.prefix())
            && text::is_at_or_below(path, rest)
        {
            return Some(
                start
                    .code(own)
                    .text(" is served by Portcullis itself; choose another path"),
            );
        }
        index += 1;
    }
    None
}

/// What is wrong with an operation id: the function's name.
pub(super) const fn operation_id_fault(name: &str) -> Option<Message> {
    let start = Message::new("operation id ").code(name).text(": ");
    if name.is_empty() || name.len() > LONGEST_NAME_BYTES {
        return Some(start.text("it must have 1 to 128 characters; rename the function"));
    }
    let bytes = name.as_bytes();
    let mut index = 0;
    while index < bytes.len() {
        if !(bytes[index].is_ascii_alphanumeric() || bytes[index] == b'_') {
            return Some(start.text("generated clients need `A-Z a-z 0-9 _`; rename the function"));
        }
        index += 1;
    }
    None
}

/// What is wrong with the name of an MCP tool (MCP 2025-11-25, "Tool Names").
pub(super) const fn tool_name_fault(name: &str) -> Option<Message> {
    let start = Message::new("tool name ").code(name).text(": ");
    if name.is_empty() || name.len() > LONGEST_NAME_BYTES {
        return Some(start.text("it must have 1 to 128 characters"));
    }
    let bytes = name.as_bytes();
    let mut index = 0;
    while index < bytes.len() {
        match bytes[index] {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'_' | b'.' | b'-' => {}
            _ => return Some(start.text("it may have `A-Z a-z 0-9 _ . -` only")),
        }
        index += 1;
    }
    None
}

/// What is wrong with the name of a role or scope: the `value` in Entra's app registration.
///
/// `kind` is `role` or `scope`.
pub(super) const fn value_fault(kind: &str, name: &str) -> Option<Message> {
    let start = Message::new(kind).text(" name ").code(name).text(": ");
    if name.is_empty() || name.len() > LONGEST_VALUE_BYTES {
        return Some(start.text("it must have 1 to 120 characters, as Entra asks"));
    }
    let bytes = name.as_bytes();
    if bytes[0] == b'.' {
        return Some(start.text("it must not start with `.`, as Entra asks"));
    }
    let mut index = 0;
    while index < bytes.len() {
        match bytes[index] {
            b'"' | b'\\' => return Some(start.text("quotes and backslashes cannot stand in a challenge (RFC 6749, section 3.3)")),
            b'!'..=b'~' => {}
            _ => return Some(start.text("it may have visible ASCII characters only; a space would split it in a token's claim")),
        }
        index += 1;
    }
    None
}

/// What is wrong with a media type (RFC 6838 section 4.2), which must stand alone.
pub(super) const fn media_type_fault(name: &str) -> Option<Message> {
    let start = Message::new("media type ").code(name).text(": ");
    let bytes = name.as_bytes();
    let slash = text::find(name, 0, b'/');
    if slash == 0 || slash + 1 >= bytes.len() || bytes.len() > LONGEST_NAME_BYTES {
        return Some(start.text("write `type/subtype`, such as `text/csv`"));
    }
    let mut index = 0;
    while index < bytes.len() {
        match bytes[index] {
            b'a'..=b'z' | b'0'..=b'9' | b'.' | b'+' | b'-' | b'_' => {}
            b'/' if index == slash => {}
            b';' | b' ' => {
                return Some(start.text("leave parameters out; `text/..` is sent as UTF-8"));
            }
            _ => return Some(start.text("it may have `a-z 0-9 . + - _` and one `/` only")),
        }
        index += 1;
    }
    None
}

/// What is wrong with a success status.
pub(super) const fn status_fault(status: u16) -> Option<Message> {
    if status >= 200 && status <= 299 {
        return None;
    }
    let start = Message::new("status ").number(status as usize);
    Some(start.text(": it is the status of success, 200 to 299; problems come from the error type"))
}

#[cfg(test)]
mod tests;
