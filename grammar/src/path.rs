//! The grammar of path templates.
//!
//! Invariant: a template that is accepted is one that the router takes, and that OpenAPI can describe.

use crate::{Message, Mount, name, text};

/// Paths that Portcullis answers itself; the router would panic on a second handler.
const OWN_API_PATHS: &[&str] = &["/mcp"];
const OWN_ROOT_PATHS: &[&str] = &[
    "/openapi.json",
    "/openapi.yaml",
    "/docs",
    "/.well-known/oauth-protected-resource",
];

/// Counts the parameters of a path template below `mount`.
///
/// # Errors
/// What is wrong with it.
#[expect(clippy::result_large_err, reason = "a `const fn` boxes nothing")]
pub const fn count_parameters(mount: Mount, path: &str) -> Result<usize, Message> {
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
pub(crate) const fn skip_segment(path: &[u8]) -> Option<&[u8]> {
    let rest = match path {
        [] | [b'/', ..] => return None,
        [b'.'] | [b'.', b'/', ..] | [b'.', b'.'] | [b'.', b'.', b'/', ..] => return None,
        [b'{', b'}', ..] => return None,
        [b'{', name @ ..] => match name::skip_snake_case(name) {
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

/// Says whether a segment of a template is a parameter.
#[must_use]
pub const fn is_parameter(segment: &str) -> bool {
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

/// What is wrong with the name of an input that the tool of an endpoint leaves out.
#[must_use]
pub const fn hidden_argument_fault(path: &str, name: &str) -> Option<Message> {
    if name.is_empty() {
        let message = "this names no input; write its name in the request, such as `limit`";
        return Some(Message::new(message));
    }
    let mut from = 1;
    while from < path.len() {
        let to = text::find(path, from, b'/');
        let segment = text::slice(path, from, to);
        if is_parameter(segment)
            && segment.len() > 2
            && text::equal(text::slice(segment, 1, segment.len() - 1), name)
        {
            let message = Message::new("input ")
                .code(name)
                .text(" cannot be hidden: path ");
            return Some(
                message
                    .code(path)
                    .text(" needs it in every request; hide only what the operation does without"),
            );
        }
        from = to + 1;
    }
    None
}

#[cfg(test)]
mod tests;
