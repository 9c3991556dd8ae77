//! Patterns, compiled to mean what ECMA-262 says they mean: that is how JSON Schema and so the document's readers take them.
//!
//! `regex-lite` is near enough but for two things: its `\s` is ASCII only, and its `.` leaves out one line terminator of four.

use regex_lite::{Error, Regex};

/// ECMA-262 section 22.2.2.9, WhiteSpace and LineTerminator: `\s`, inside of a class.
const BLANK: &str =
    r"\x09-\x0D\x20\x{A0}\x{1680}\x{2000}-\x{200A}\x{2028}\x{2029}\x{202F}\x{205F}\x{3000}\x{FEFF}";

/// Everything else: `\S`, inside of a class.
const NOT_BLANK: &str = r"\x00-\x08\x0E-\x1F\x21-\x{9F}\x{A1}-\x{167F}\x{1681}-\x{1FFF}\x{200B}-\x{2027}\x{202A}-\x{202E}\x{2030}-\x{205E}\x{2060}-\x{2FFF}\x{3001}-\x{FEFE}\x{FF00}-\x{10FFFF}";

/// What `.` leaves out, inside of a class.
const LINE_END: &str = r"\x0A\x0D\x{2028}\x{2029}";

/// Compiles a pattern of the document.
///
/// # Errors
/// It is not a regular expression, or one that is beyond `regex-lite`.
pub fn compile_pattern(pattern: &str) -> Result<Regex, Error> {
    // A class that ECMA-262 does not know, such as `[[:alpha:]]`, is taken as it is written.
    Regex::new(&translate(pattern)).or_else(|_| Regex::new(pattern))
}

/// Writes out what the two dialects understand differently.
fn translate(pattern: &str) -> String {
    let mut written = String::with_capacity(pattern.len());
    let mut is_in_class = false;
    let mut characters = pattern.chars();
    while let Some(character) = characters.next() {
        match (character, is_in_class) {
            ('\\', _) => match (characters.next(), is_in_class) {
                (Some('s'), true) => written.push_str(BLANK),
                (Some('s'), false) => written.push_str(&format!("[{BLANK}]")),
                (Some('S'), true) => written.push_str(NOT_BLANK),
                (Some('S'), false) => written.push_str(&format!("[^{BLANK}]")),
                (escaped, _) => {
                    written.push('\\');
                    written.extend(escaped);
                }
            },
            ('.', false) => written.push_str(&format!("[^{LINE_END}]")),
            ('[', false) | (']', true) => {
                is_in_class = !is_in_class;
                written.push(character);
            }
            (other, _) => written.push(other),
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blank_is_what_ecma_script_calls_blank() {
        // What `/\s/` matches in a browser.
        let blanks = "\t\n\u{b}\u{c}\r \u{a0}\u{1680}\u{2000}\u{200a}\u{2028}\u{2029}\u{202f}\u{205f}\u{3000}\u{feff}";
        let others = "a\u{0}\u{8}\u{e}\u{85}\u{180e}\u{200b}\u{2060}\u{10ffff}";
        let every = blanks.chars().map(|it| (it, true));
        let every: Vec<(char, bool)> = every.chain(others.chars().map(|it| (it, false))).collect();
        for (pattern, when_blank) in [
            (r"^\s$", true),
            (r"^[\s]$", true),
            (r"^[^\S]$", true),
            (r"^\S$", false),
            (r"^[\S]$", false),
            (r"^[^\s]$", false),
        ] {
            let regex = compile_pattern(pattern).unwrap();
            for (character, is_blank) in &every {
                let is_match = regex.is_match(&character.to_string());
                assert_eq!(is_match, *is_blank == when_blank, "{pattern} {character:?}");
            }
        }
    }

    #[test]
    fn a_dot_is_anything_in_one_line() {
        let any = compile_pattern("^.$").unwrap();
        for (text, expected) in [
            ("a", true),
            (".", true),
            ("\n", false),
            ("\r", false),
            ("\u{2028}", false),
        ] {
            assert_eq!(any.is_match(text), expected, "{text:?}");
        }
    }

    #[test]
    fn the_rest_stays_as_it_is_written() {
        for (pattern, good, bad) in [
            (r"^[A-Z]{1,4}$", "ALPN", "alpn"),
            (r"^a\.b$", "a.b", "axb"),
            (r"^[.]$", ".", "a"),
            (r"^\\s$", r"\s", r"\ "),
            (r"^[\]\s]$", "]", "a"),
            (r"^[^\x00]*$", "a", "\0"),
            (r"^[[:alpha:]\s]$", "a", "1"),
            (r"^\d\w$", "1a", "٣a"),
        ] {
            let regex = compile_pattern(pattern).unwrap();
            assert!(regex.is_match(good), "{pattern}");
            assert!(!regex.is_match(bad), "{pattern}");
        }
        assert!(compile_pattern("(?<!a)b").is_err());
        assert!(compile_pattern("a\\").is_err());
    }
}
