//! What `str` cannot do in a `const fn` yet: compare, search, cut.
//!
//! rustc interprets this code for every endpoint of an application, a few microseconds a step. Hence slice patterns
//! instead of indices: no bounds to check and no call in the loop, a third of the steps.
//!
//! Invariant: positions come from ASCII separators, so that a cut never falls inside a character.

/// Says whether both are the same.
#[must_use]
pub const fn equal(one: &str, other: &str) -> bool {
    one.len() == other.len() && starts_with(one, other)
}

/// Says whether `text` begins with `prefix`.
#[must_use]
pub const fn starts_with(text: &str, prefix: &str) -> bool {
    let (mut text, mut prefix) = (text.as_bytes(), prefix.as_bytes());
    while let [wanted, wanted_tail @ ..] = prefix {
        let [found, found_tail @ ..] = text else {
            return false;
        };
        if *found != *wanted {
            return false;
        }
        (text, prefix) = (found_tail, wanted_tail);
    }
    true
}

/// `text` without `prefix`, if it begins with it.
#[must_use]
pub const fn strip_prefix<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    if starts_with(text, prefix) {
        Some(text.split_at(prefix.len()).1)
    } else {
        None
    }
}

/// Says whether `path` is `parent`, or a path below it.
#[must_use]
pub const fn is_at_or_below(path: &str, parent: &str) -> bool {
    match strip_prefix(path, parent) {
        Some(rest) => rest.is_empty() || rest.as_bytes()[0] == b'/',
        None => false,
    }
}

/// Where `byte` stands in `text` at or after `from`; the end of `text` if it does not.
#[must_use]
pub const fn find(text: &str, from: usize, byte: u8) -> usize {
    let (_, mut rest) = text.as_bytes().split_at(from);
    while let [found, tail @ ..] = rest {
        if *found == byte {
            break;
        }
        rest = tail;
    }
    text.len() - rest.len()
}

/// The part of `text` from `from` up to `to`.
#[must_use]
pub const fn slice(text: &str, from: usize, to: usize) -> &str {
    text.split_at(to).0.split_at(from).1
}

/// Says whether `name` is in `names`.
#[must_use]
pub const fn contains(names: &[&str], name: &str) -> bool {
    let mut index = 0;
    while index < names.len() {
        if equal(names[index], name) {
            return true;
        }
        index += 1;
    }
    false
}
