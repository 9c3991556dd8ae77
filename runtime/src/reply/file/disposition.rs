//! `Content-Disposition` (RFC 6266): a file name that no name can break out of.

use std::fmt::Write as _;

use crate::file_name::{self, MAX_NAME};

/// Longest header that [`attachment`] makes: each character of the name once plainly and as 12 characters encoded.
pub(super) const MAX_LENGTH: usize = 64 + 13 * MAX_NAME;

/// Renders `attachment`, with the name where there is one.
pub(super) fn attachment(name: Option<&str>) -> String {
    let mut disposition = "attachment".to_owned();
    let Some(name) = name.and_then(file_name::base_name) else {
        return disposition;
    };
    let fallback: String = name.chars().map(plain).collect();
    // Writing to a String cannot fail.
    let _ = write!(disposition, "; filename=\"{fallback}\"");
    if fallback != name {
        let _ = write!(disposition, "; filename*=UTF-8''{}", encode(&name));
    }
    disposition
}

/// What may stand in a quoted string for every reader. Some decode `%`, and some do not know `\"`.
fn plain(character: char) -> char {
    match character {
        '"' | '\\' | '%' => '_',
        ' '..='~' => character,
        _ => '_',
    }
}

/// `ext-value` without its charset (RFC 8187 section 3.2.1).
fn encode(name: &str) -> String {
    let mut encoded = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_name_stands_between_quotes() {
        assert_eq!(attachment(None), "attachment");
        assert_eq!(
            attachment(Some("prices of May.csv")),
            "attachment; filename=\"prices of May.csv\""
        );
    }

    #[test]
    fn any_other_name_is_encoded_beside_a_fallback() {
        assert_eq!(
            attachment(Some("Größe 100%.csv")),
            "attachment; filename=\"Gr__e 100_.csv\"; filename*=UTF-8''Gr%C3%B6%C3%9Fe%20100%25.csv"
        );
    }

    #[test]
    fn a_name_cannot_break_out() {
        for (name, expected) in [
            ("a\"; filename=\"b.exe", "a_; filename=_b.exe"),
            ("a\r\nSet-Cookie: x=1", "aSet-Cookie: x=1"),
            ("\u{202e}gpj.exe", "gpj.exe"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Windows\\x.dll", "x.dll"),
        ] {
            let disposition = attachment(Some(name));
            let quoted = format!("attachment; filename=\"{expected}\"");
            assert!(disposition.starts_with(&quoted), "{name:?}: {disposition}");
            let is_plain = disposition
                .bytes()
                .all(|byte| (b' '..=b'~').contains(&byte));
            assert!(is_plain, "{disposition}");
        }
    }

    #[test]
    fn a_name_that_names_nothing_is_left_out() {
        for name in ["", "..", ".", " ", "a/", "\0\r\n"] {
            assert_eq!(attachment(Some(name)), "attachment", "{name:?}");
        }
    }

    #[test]
    fn the_length_has_a_bound() {
        let longest = attachment(Some(&"\u{1f980}".repeat(1000)));
        assert!(longest.len() <= MAX_LENGTH, "{}", longest.len());
        assert!(longest.ends_with("%F0%9F%A6%80"), "whole characters");
    }
}
