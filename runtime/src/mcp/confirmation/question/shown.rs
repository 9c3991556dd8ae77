//! Text of a model, shown so that what is read is what is there.
//!
//! Shown as they are: printable ASCII, and letters and decimal digits that stand for themselves and run from left to
//! right. Everything else is written `\u{..}`, and so is the backslash, so that no text looks like the mark of another:
//!
//! - what is not seen, or joins or moves other text: controls, format characters (bidirectional ones, tags, joiners),
//!   separators, combining marks, variation selectors, fillers and blank letters, private and unassigned ones;
//! - symbols and punctuation beyond ASCII, among them quotation marks that imitate the closing quote;
//! - letters of scripts that run from right to left: they would reorder the text beside them (UAX #9);
//! - modifier letters, some of which look like quotes, and conjoining Hangul, which looks like the syllable it makes;
//! - what a client that renders Markdown or HTML would take as markup, and the second of two spaces, which HTML drops.
//!
//! Not covered: letters that look like others (Latin `a`, Cyrillic `а`, fullwidth `ａ`; UTS #39). Nothing is normalised,
//! so that what is shown is what the operation is given: two spellings of an accented letter look different here, but two
//! look-alikes do not. Nor does this keep a client from making a link of an address that stands there in full.

use std::fmt::Write;

use serde_json::Value;
use unicode_general_category::{GeneralCategory, get_general_category};

/// Markup of Markdown and HTML, and what quotes and marks are made with.
const MARKUP: &str = "\"\\`*~[]<>&$";

/// Letters (category Lo) that are blank or combine with the one before them, and scripts that run from right to left.
const LETTERS_NOT_SHOWN: [(char, char); 12] = [
    // Right to left (UAX #9, table 4, and the blocks that default to R and AL in DerivedBidiClass.txt).
    ('\u{590}', '\u{8ff}'),
    ('\u{fb1d}', '\u{fdff}'),
    ('\u{fe70}', '\u{feff}'),
    ('\u{10800}', '\u{10fff}'),
    ('\u{1e800}', '\u{1efff}'),
    // Conjoining Hangul, with the fillers among it.
    ('\u{1100}', '\u{11ff}'),
    ('\u{a960}', '\u{a97f}'),
    ('\u{d7b0}', '\u{d7ff}'),
    // Fillers and blanks.
    ('\u{3164}', '\u{3164}'),
    ('\u{ffa0}', '\u{ffa0}'),
    ('\u{13441}', '\u{13446}'),
    // Latin clicks, which look like an exclamation mark and bars.
    ('\u{1c0}', '\u{1c3}'),
];

/// The value as JSON writes it, but for what is not shown; no bare quote stands inside a text.
pub(super) fn render_value(value: &Value) -> String {
    let mut text = String::new();
    write_value(value, &mut text);
    text
}

/// A text without quotes around it.
pub(super) fn render_text(text: &str) -> String {
    let mut rendered = String::with_capacity(text.len());
    write_text(text, &mut rendered);
    rendered
}

fn write_value(value: &Value, rendered: &mut String) {
    match value {
        Value::String(text) => write_quoted(text, rendered),
        Value::Array(items) => {
            rendered.push('(');
            for (index, item) in items.iter().enumerate() {
                rendered.push_str(if index > 0 { ", " } else { "" });
                write_value(item, rendered);
            }
            rendered.push(')');
        }
        Value::Object(members) => {
            rendered.push('{');
            for (index, (name, member)) in members.iter().enumerate() {
                rendered.push_str(if index > 0 { ", " } else { "" });
                write_quoted(name, rendered);
                rendered.push_str(": ");
                write_value(member, rendered);
            }
            rendered.push('}');
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => rendered.push_str(&value.to_string()),
    }
}

fn write_quoted(text: &str, rendered: &mut String) {
    rendered.push('"');
    write_text(text, rendered);
    rendered.push('"');
}

fn write_text(text: &str, rendered: &mut String) {
    let mut before = None;
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let is_in_word =
            |beside: Option<char>| beside.is_some_and(|beside| beside.is_ascii_alphanumeric());
        let is_shown = match character {
            ' ' => before != Some(' '),
            // Inside a word it is no emphasis (CommonMark 0.31, 6.2).
            '_' => is_in_word(before) && is_in_word(characters.peek().copied()),
            _ => stands_for_itself(character),
        };
        if is_shown {
            rendered.push(character);
        } else {
            let _ = write!(rendered, "\\u{{{:x}}}", u32::from(character));
        }
        before = Some(character);
    }
}

fn stands_for_itself(character: char) -> bool {
    if character.is_ascii() {
        return character.is_ascii_graphic() && !MARKUP.contains(character);
    }
    // Letters of Japanese that are in every second word.
    if matches!(character, '\u{3005}' | '\u{30fc}') {
        return true;
    }
    let is_not_shown = |(first, last): &(char, char)| (*first..=*last).contains(&character);
    let is_plain = matches!(
        get_general_category(character),
        GeneralCategory::UppercaseLetter
            | GeneralCategory::LowercaseLetter
            | GeneralCategory::TitlecaseLetter
            | GeneralCategory::OtherLetter
            | GeneralCategory::DecimalNumber
    );
    is_plain && !LETTERS_NOT_SHOWN.iter().any(is_not_shown)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_plain_is_shown_and_all_else_is_marked() {
        for shown in [
            "R-17",
            "a b",
            "user_1",
            "Zo\u{eb}",
            "\u{416}\u{443}\u{43a}",
            "\u{6771}\u{4eac}7",
            "\u{30ec}\u{30dd}\u{30fc}\u{30c8}",
            "\u{ac00}",
            "it's {1, 2}: #3/4?",
            "",
        ] {
            assert_eq!(render_text(shown), shown);
        }
        for (text, marked) in [
            ("\"", r"\u{22}"),
            (r"\u{3164}", r"\u{5c}u{3164}"),
            ("a  b", r"a \u{20}b"),
            ("__x__ _", r"\u{5f}\u{5f}x\u{5f}\u{5f} \u{5f}"),
            ("<b>&amp;", r"\u{3c}b\u{3e}\u{26}amp;"),
            ("[x](y)", r"\u{5b}x\u{5d}(y)"),
            ("e\u{301}", r"e\u{301}"),
            ("\u{1100}\u{1161}", r"\u{1100}\u{1161}"),
            ("\u{5d0}1", r"\u{5d0}1"),
            ("\u{1f600}", r"\u{1f600}"),
        ] {
            assert_eq!(render_text(text), marked);
        }
    }

    #[test]
    fn nothing_that_is_not_seen_or_looks_like_a_quote_is_shown() {
        let ranges = [
            // Controls and format characters, the ones of single scripts too.
            (0, 0x1f),
            (0x7f, 0xa0),
            (0xad, 0xad),
            (0x600, 0x605),
            (0x61c, 0x61c),
            (0x6dd, 0x6dd),
            (0x70f, 0x70f),
            (0x890, 0x891),
            (0x8e2, 0x8e2),
            (0x180b, 0x180f),
            (0x200b, 0x200f),
            (0x2028, 0x202f),
            (0x205f, 0x206f),
            (0xfeff, 0xfeff),
            (0xfff9, 0xfffb),
            (0x110bd, 0x110bd),
            (0x110cd, 0x110cd),
            (0x13430, 0x1343f),
            (0x1bca0, 0x1bca3),
            (0x1d173, 0x1d17a),
            (0xe0000, 0xe0fff),
            // Fillers, blanks and marks.
            (0x115f, 0x1160),
            (0x3164, 0x3164),
            (0xffa0, 0xffa0),
            (0x2800, 0x2800),
            (0x34f, 0x34f),
            (0x300, 0x36f),
            (0x17b4, 0x17b5),
            (0xfe00, 0xfe0f),
            (0x3000, 0x3000),
            (0x2000, 0x200a),
            (0x13441, 0x13442),
            (0x1680, 0x1680),
            // Quotes, and letters that look like them.
            (0x22, 0x22),
            (0xab, 0xab),
            (0xbb, 0xbb),
            (0x2ba, 0x2ba),
            (0x2ee, 0x2ee),
            (0x2018, 0x201f),
            (0x2032, 0x2037),
            (0x275b, 0x275e),
            (0x300c, 0x301f),
            (0xff02, 0xff02),
            (0x7f4, 0x7f5),
            (0x5f3, 0x5f4),
            (0x1c0, 0x1c3),
        ];
        for code in ranges.into_iter().flat_map(|(first, last)| first..=last) {
            let Some(character) = char::from_u32(code) else {
                continue;
            };
            assert_eq!(
                render_text(&character.to_string()),
                format!("\\u{{{code:x}}}")
            );
        }
    }

    #[test]
    fn a_value_is_written_with_its_kind() {
        let value = json!({"a": [1, "1", null, true, {"b\"": "\u{200b}"}], "c": 1.5});
        assert_eq!(
            render_value(&value),
            r#"{"a": (1, "1", null, true, {"b\u{22}": "\u{200b}"}), "c": 1.5}"#
        );
    }
}
