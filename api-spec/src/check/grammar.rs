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
const OWN_API_PATHS: &[&str] = &["/mcp"];
const OWN_ROOT_PATHS: &[&str] = &[
    "/openapi.json",
    "/openapi.yaml",
    "/docs",
    "/.well-known/oauth-protected-resource",
];

/// Counts the parameters of a path template below `mount`, or says what is wrong with it.
#[expect(
    clippy::result_large_err,
    reason = "it runs while the application is compiled, where nothing can be boxed"
)]
pub(super) const fn count_parameters(mount: Mount, path: &str) -> Result<usize, Message> {
    let mut rest = match (path.as_bytes(), mount) {
        ([b'/'], Mount::Root) => return Ok(0),
        ([b'/'], Mount::Api) => {
            return Err(about(path).text(
                "`/` exists below `root` only; name what the endpoint serves, such as `/reports`",
            ));
        }
        ([b'/', .., b'/'], _) => {
            return Err(
                about(path).text("it must not end with `/`; clients ask for the path without it")
            );
        }
        ([b'/', rest @ ..], _) => rest,
        ([] | [_, ..], _) => return Err(about(path).text("it must start with `/`")),
    };
    if let Some(fault) = own_path_fault(mount, path) {
        return Err(fault);
    }
    let mut count = 0;
    loop {
        let from = path.len() - rest.len();
        let Some(after) = skip_segment(rest) else {
            return Err(segment_fault(path, from));
        };
        if let [b'{', ..] = rest {
            if count > 0
                && let Some(fault) = repetition_fault(path, from)
            {
                return Err(fault);
            }
            count += 1;
        }
        match after {
            [_, next @ ..] => rest = next,
            [] => return Ok(count),
        }
    }
}

/// How every sentence about a path begins.
const fn about(path: &str) -> Message {
    Message::new("path ").code(path).text(": ")
}

/// What stands behind the first segment of `path`: nothing, or a slash and more. `None` when the segment has a fault.
pub(super) const fn skip_segment(path: &[u8]) -> Option<&[u8]> {
    let rest = match path {
        [] | [b'/', ..] => return None,
        [b'.'] | [b'.', b'/', ..] | [b'.', b'.'] | [b'.', b'.', b'/', ..] => return None,
        [b'{', b'}', ..] => return None,
        [b'{', name @ ..] => match skip_name(name) {
            [b'}', rest @ ..] => rest,
            [] | [_, ..] => return None,
        },
        [_, ..] => skip_plain(path),
    };
    match rest {
        [] | [b'/', ..] => Some(rest),
        [_, ..] => None,
    }
}

/// What stands behind the bytes that a segment may have outside of braces.
const fn skip_plain(text: &[u8]) -> &[u8] {
    let mut rest = text;
    while let [
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~',
        tail @ ..,
    ] = rest
    {
        rest = tail;
    }
    rest
}

/// What stands behind a name in snake_case: `a-z`, then `a-z 0-9 _`. All of it when there is no such name.
const fn skip_name(text: &[u8]) -> &[u8] {
    let [b'a'..=b'z', rest @ ..] = text else {
        return text;
    };
    let mut rest = rest;
    while let [b'a'..=b'z' | b'0'..=b'9' | b'_', tail @ ..] = rest {
        rest = tail;
    }
    rest
}

/// Says whether a name is `a-z`, then `a-z 0-9 _`.
pub(super) const fn is_snake_case(name: &str) -> bool {
    !name.is_empty() && skip_name(name.as_bytes()).is_empty()
}

/// What is wrong with the segment that starts at `from`.
const fn segment_fault(path: &str, from: usize) -> Message {
    let segment = text::slice(path, from, text::find(path, from, b'/'));
    let fault = match segment.as_bytes() {
        [] => return about(path).text("it has an empty segment; write one `/` between segments"),
        [b'.'] | [b'.', b'.'] => " is resolved by clients before they ask; leave it out",
        [b'{', name @ .., b'}'] => return parameter_fault(path, segment, name),
        bytes => match skip_plain(bytes) {
            [b'{' | b'}', ..] => {
                let message = about(path);
                let message = message.text("a parameter takes a whole segment; write `/{name}/`");
                return message.text(" instead of ").code(segment);
            }
            [b':' | b'<' | b'*', ..] => {
                " has a character that is not allowed; a parameter is written `{name}`"
            }
            [] | [_, ..] => " may have `A-Z a-z 0-9 - _ . ~` only",
        },
    };
    about(path).text("segment ").code(segment).text(fault)
}

/// What is wrong with a segment between braces.
const fn parameter_fault(path: &str, segment: &str, name: &[u8]) -> Message {
    match name {
        [] => about(path).text("`{}` has no name; write `{id}`"),
        [b'*', ..] => about(path).text("`{*..}` takes any number of segments, which OpenAPI cannot describe; write one `{name}` for each"),
        [_, ..] => {
            let name = text::slice(segment, 1, segment.len() - 1);
            let message = about(path).text("parameter name ").code(name);
            message.text(" is not snake_case (`a-z`, then `a-z 0-9 _`)")
        }
    }
}

pub(super) const fn is_parameter(segment: &str) -> bool {
    matches!(segment.as_bytes(), [b'{', ..])
}

/// Says that the parameter which starts at `end` also stands in `path` before that.
const fn repetition_fault(path: &str, end: usize) -> Option<Message> {
    let parameter = text::slice(path, end, text::find(path, end, b'/'));
    let mut from = 1;
    while from < end {
        let to = text::find(path, from, b'/');
        if text::equal(text::slice(path, from, to), parameter) {
            let message = about(path).text("parameter ").code(parameter);
            return Some(message.text(" stands in it twice; give each its own name"));
        }
        from = to + 1;
    }
    None
}

const fn own_path_fault(mount: Mount, path: &str) -> Option<Message> {
    let own = match mount {
        Mount::Api => find_own(Mount::Api, path),
        Mount::Root => match text::strip_prefix(path, Mount::Api.prefix()) {
            Some(below_api) => find_own(Mount::Api, below_api),
            None => find_own(Mount::Root, path),
        },
    };
    let Some((own_mount, own)) = own else {
        return None;
    };
    let message = about(path).text("`").text(own_mount.prefix()).text(own);
    Some(message.text("` is served by Portcullis itself; choose another path"))
}

/// The path of our own below `mount` that `path` is, or lies below.
const fn find_own(mount: Mount, path: &str) -> Option<(Mount, &'static str)> {
    let mut rest = match mount {
        Mount::Api => OWN_API_PATHS,
        Mount::Root => OWN_ROOT_PATHS,
    };
    while let [own, tail @ ..] = rest {
        if text::is_at_or_below(path, own) {
            return Some((mount, own));
        }
        rest = tail;
    }
    None
}

/// What is wrong with an operation id: the function's name.
pub(super) const fn operation_id_fault(name: &str) -> Option<Message> {
    let mut rest = name.as_bytes();
    while let [b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'_', tail @ ..] = rest {
        rest = tail;
    }
    let fault = if name.is_empty() || name.len() > LONGEST_NAME_BYTES {
        "it must have 1 to 128 characters; rename the function"
    } else if !rest.is_empty() {
        "generated clients need `A-Z a-z 0-9 _`; rename the function"
    } else {
        return None;
    };
    let message = Message::new("operation id ").code(name);
    Some(message.text(": ").text(fault))
}

/// What is wrong with the name of an MCP tool (MCP 2025-11-25, "Tool Names").
pub(super) const fn tool_name_fault(name: &str) -> Option<Message> {
    call_name_fault("tool name ", name)
}

/// What is wrong with a name that MCP clients call something by; `kind` begins the sentence.
pub(super) const fn call_name_fault(kind: &str, name: &str) -> Option<Message> {
    let mut rest = name.as_bytes();
    while let [
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'_' | b'.' | b'-',
        tail @ ..,
    ] = rest
    {
        rest = tail;
    }
    let fault = if name.is_empty() || name.len() > LONGEST_NAME_BYTES {
        "it must have 1 to 128 characters"
    } else if !rest.is_empty() {
        "it may have `A-Z a-z 0-9 _ . -` only"
    } else {
        return None;
    };
    let message = Message::new(kind).code(name);
    Some(message.text(": ").text(fault))
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

/// What is wrong with the id of an authentication context.
pub(super) const fn context_fault(name: &str) -> Option<Message> {
    match name.as_bytes() {
        [b'c', b'1'..=b'9'] | [b'c', b'1'..=b'9', b'0'..=b'9'] => None,
        _ => {
            let message = Message::new("authentication context ").code(name);
            Some(message.text(": Entra has `c1` to `c99`"))
        }
    }
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
