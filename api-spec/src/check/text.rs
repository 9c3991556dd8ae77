//! What `str` cannot do in a `const fn` yet: compare, search, cut.
//!
//! Invariant: positions come from ASCII separators, so that a cut never falls inside a character.

/// Says whether both are the same.
pub(super) const fn equal(one: &str, other: &str) -> bool {
    one.len() == other.len() && starts_with(one, other)
}

/// Says whether `text` begins with `prefix`.
pub(super) const fn starts_with(text: &str, prefix: &str) -> bool {
    let (text, prefix) = (text.as_bytes(), prefix.as_bytes());
    if prefix.len() > text.len() {
        return false;
    }
    let mut index = 0;
    while index < prefix.len() {
        if text[index] != prefix[index] {
            return false;
        }
        index += 1;
    }
    true
}

/// `text` without `prefix`, if it begins with it.
pub(super) const fn strip_prefix<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    if starts_with(text, prefix) {
        Some(text.split_at(prefix.len()).1)
    } else {
        None
    }
}

/// Says whether `path` is `parent`, or a path below it.
pub(super) const fn is_at_or_below(path: &str, parent: &str) -> bool {
    match strip_prefix(path, parent) {
        Some(rest) => rest.is_empty() || rest.as_bytes()[0] == b'/',
        None => false,
    }
}

/// Where `byte` stands in `text` at or after `from`; the end of `text` if it does not.
pub(super) const fn find(text: &str, from: usize, byte: u8) -> usize {
    let bytes = text.as_bytes();
    let mut index = from;
    while index < bytes.len() && bytes[index] != byte {
        index += 1;
    }
    index
}

/// The part of `text` from `from` up to `to`.
pub(super) const fn slice(text: &str, from: usize, to: usize) -> &str {
    text.split_at(to).0.split_at(from).1
}

/// Says whether `name` is in `names`.
pub(super) const fn contains(names: &[&str], name: &str) -> bool {
    let mut index = 0;
    while index < names.len() {
        if equal(names[index], name) {
            return true;
        }
        index += 1;
    }
    false
}
