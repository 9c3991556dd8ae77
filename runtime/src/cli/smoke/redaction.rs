//! What may be written: one line, no token, no control characters.
//!
//! A server under test says what it likes, also what it was sent. Nothing of an answer is written but a few short values,
//! and each of them, and every message of `az`, goes through here. The attack it stops: a token in the log of a build.

use std::sync::LazyLock;

use regex_lite::Regex;

/// Longest text in a row; what a server says beyond it helps nobody.
const TEXT_LIMIT_CHARACTERS: usize = 600;

/// Shortest part of a token that is taken out wherever it stands. A shorter one says nothing, and may be a word.
const PART_LIMIT_BYTES: usize = 8;

const CONCEALED: &str = "<token>";

/// Anything that begins as a JSON object in base64url does: header and claims of every token, whole or cut off.
static TOKEN_LIKE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"eyJ[A-Za-z0-9_-]{5,}(\.[A-Za-z0-9_-]*)*").expect("a constant that a test uses")
});

/// Takes tokens and control characters out of text.
#[derive(Default)]
pub(super) struct Redactor {
    parts: Vec<String>,
}

impl Redactor {
    /// Adds a token to what is taken out: whole, and each of its parts.
    pub(super) fn conceal(&mut self, token: &str) {
        let parts = std::iter::once(token).chain(token.split('.'));
        let parts = parts.filter(|part| part.len() >= PART_LIMIT_BYTES);
        self.parts.extend(parts.map(str::to_owned));
    }

    /// The text as it may be written, on one line.
    pub(super) fn clean(&self, text: &str) -> String {
        let mut clean = text.to_owned();
        for part in &self.parts {
            clean = clean.replace(part, CONCEALED);
        }
        let clean = TOKEN_LIKE.replace_all(&clean, CONCEALED);
        let clean = clean.replace("<token>.<token>", CONCEALED);
        let mut line: String = clean
            .chars()
            .map(
                |character| match character.is_control() || is_invisible(character) {
                    true => ' ',
                    false => character,
                },
            )
            .take(TEXT_LIMIT_CHARACTERS + 1)
            .collect();
        if line.chars().count() > TEXT_LIMIT_CHARACTERS {
            line.pop();
            line.push_str(" ..");
        }
        line
    }
}

/// Characters that turn or hide the text around them on a terminal.
fn is_invisible(character: char) -> bool {
    matches!(character, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "eyJhbGciOiJSUzI1NiJ9.eyJyb2xlcyI6WyJBZG1pbiJdfQ.c2lnbmF0dXJlLW9mLXRoaXM";

    #[test]
    fn no_part_of_a_token_is_written() {
        let mut redactor = Redactor::default();
        redactor.conceal(TOKEN);
        let (head, signature) = TOKEN.rsplit_once('.').unwrap();
        for text in [
            format!("got {TOKEN} here"),
            format!("got {head} here"),
            format!("got {signature} here"),
            format!("got {} here", &TOKEN[..18]),
        ] {
            let clean = redactor.clean(&text);
            assert_eq!(clean, "got <token> here");
        }
        // Another token than ours is none of anybody's business either.
        let clean = Redactor::default().clean(&format!("got {TOKEN}"));
        assert_eq!(clean, "got <token>");
    }

    #[test]
    fn an_answer_cannot_write_on_the_terminal() {
        let clean = Redactor::default().clean("a\u{1b}[2Jb\r\nc\u{202e}d");
        assert_eq!(clean, "a [2Jb  c d");
        let long = "x".repeat(TEXT_LIMIT_CHARACTERS * 2);
        assert!(Redactor::default().clean(&long).chars().count() <= TEXT_LIMIT_CHARACTERS + 3);
    }
}
