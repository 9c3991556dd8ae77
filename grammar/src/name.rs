//! The grammar of operation ids, of names in tools, prompts and Entra, of media types, statuses and codes.
//!
//! Invariant: what is accepted can be carried by whoever reads it: generated clients, MCP clients, Entra and its tokens.

use crate::{Message, text};

const LONGEST_NAME_BYTES: usize = 128;
/// Entra's own bound for the `value` of app roles and scopes.
const LONGEST_VALUE_BYTES: usize = 120;
/// Longest code of a problem.
pub const LONGEST_CODE_BYTES: usize = 64;

/// What is wrong with an operation id: the function's name.
#[must_use]
pub const fn operation_id_fault(name: &str) -> Option<Message> {
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
#[must_use]
pub const fn tool_name_fault(name: &str) -> Option<Message> {
    call_name_fault("tool name ", name)
}

/// What is wrong with the name of an MCP prompt; they are named as tools are.
#[must_use]
pub const fn prompt_name_fault(name: &str) -> Option<Message> {
    call_name_fault("prompt name ", name)
}

/// What is wrong with a name that MCP clients call something by; `kind` begins the sentence.
const fn call_name_fault(kind: &str, name: &str) -> Option<Message> {
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
#[must_use]
pub const fn value_fault(kind: &str, name: &str) -> Option<Message> {
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
#[must_use]
pub const fn context_fault(name: &str) -> Option<Message> {
    match name.as_bytes() {
        [b'c', b'1'..=b'9'] | [b'c', b'1'..=b'9', b'0'..=b'9'] => None,
        _ => {
            let message = Message::new("authentication context ").code(name);
            Some(message.text(": Entra has `c1` to `c99`"))
        }
    }
}

/// What is wrong with a media type (RFC 6838 section 4.2), which must stand alone.
#[must_use]
pub const fn media_type_fault(name: &str) -> Option<Message> {
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

/// What is wrong with the name of a schema (OpenAPI 3.1, Components Object).
#[must_use]
pub const fn schema_name_fault(name: &str) -> Option<Message> {
    let mut rest = name.as_bytes();
    while let [
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'.' | b'_' | b'-',
        tail @ ..,
    ] = rest
    {
        rest = tail;
    }
    if !name.is_empty() && rest.is_empty() {
        return None;
    }
    let message = Message::new("schema name ").code(name);
    Some(message.text(
        ": a document can refer to `A-Z a-z 0-9 . _ -` only; say another one by `name = \"..\"`",
    ))
}

/// What is wrong with the name of a header that an argument reads (RFC 9110 section 5.1), as it is looked up: in lower case.
#[must_use]
pub const fn header_fault(name: &str) -> Option<Message> {
    let mut rest = name.as_bytes();
    while let [b'a'..=b'z' | b'0'..=b'9' | b'-', tail @ ..] = rest {
        rest = tail;
    }
    let fault = if name.is_empty() || !rest.is_empty() {
        "it is written in lower case letters, digits and `-`, such as `x-request-source`"
    } else if text::equal(name, "authorization") {
        "the guard alone reads the credential; take `Caller` to know who is calling"
    } else if text::equal(name, "accept") || text::equal(name, "content-type") {
        "OpenAPI passes over a parameter of this name (Parameter Object): the types of bodies and answers say it"
    } else {
        return None;
    };
    Some(Message::new("header ").code(name).text(": ").text(fault))
}

/// What is wrong with a success status.
#[must_use]
pub const fn status_fault(status: u16) -> Option<Message> {
    if status >= 200 && status <= 299 {
        return None;
    }
    let start = Message::new("status ").number(status as usize);
    Some(start.text(": it is the status of success, 200 to 299; problems come from the error type"))
}

/// What is wrong with the status of a problem.
#[must_use]
pub const fn problem_status_fault(status: u16) -> Option<Message> {
    let start = Message::new("status ").number(status as usize);
    if status == 401 {
        return Some(start.text(
            ": the guard gives it, with the challenge that belongs to it (RFC 9110, section 15.5.2); who comes to a handler is known: answer 403, or 404 as if there were nothing",
        ));
    }
    if status >= 400 && status <= 599 {
        return None;
    }
    Some(
        start.text(
            ": a problem has 400 to 499 when the client can mend it, 500 to 599 when it cannot",
        ),
    )
}

/// What is wrong with the code of a problem: the last part of a URI, and what clients branch on.
#[must_use]
pub const fn problem_code_fault(code: &str) -> Option<Message> {
    let fault = if code.is_empty() || code.len() > LONGEST_CODE_BYTES {
        "it must have 1 to 64 characters"
    } else if !is_snake_case(code) {
        "it is not snake_case (`a-z`, then `a-z 0-9 _`)"
    } else {
        return None;
    };
    Some(Message::new("code ").code(code).text(": ").text(fault))
}

/// Says whether a name is `a-z`, then `a-z 0-9 _`.
const fn is_snake_case(name: &str) -> bool {
    !name.is_empty() && skip_snake_case(name.as_bytes()).is_empty()
}

/// What stands behind a name in snake_case: `a-z`, then `a-z 0-9 _`. All of it when there is no such name.
pub(crate) const fn skip_snake_case(text: &[u8]) -> &[u8] {
    let [b'a'..=b'z', rest @ ..] = text else {
        return text;
    };
    let mut rest = rest;
    while let [b'a'..=b'z' | b'0'..=b'9' | b'_', tail @ ..] = rest {
        rest = tail;
    }
    rest
}

#[cfg(test)]
mod tests;
