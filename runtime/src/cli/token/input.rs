//! What was pasted: a token with what often stands around it, an error of Entra, or neither.

use std::io::{self, IsTerminal, Read};

/// Most that is read. A token is at most 16 KiB, an error text far shorter.
const INPUT_LIMIT_BYTES: u64 = 256 * 1024;

/// What stands on standard input.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::cli) enum Pasted<'a> {
    Nothing,
    /// Something that has the form of a token, from afar.
    Token(&'a str),
    /// The codes of Entra that stand in a text, each once, in order: digits only.
    EntraErrors(Vec<&'a str>),
    /// Something else.
    Unknown,
}

/// Reads standard input.
///
/// # Errors
/// That it cannot be read.
pub(in crate::cli) fn read() -> io::Result<String> {
    let stdin = io::stdin();
    if stdin.is_terminal() {
        eprint("paste the token, then press Enter and Ctrl-D\n");
    }
    let mut bytes = Vec::new();
    stdin
        .lock()
        .take(INPUT_LIMIT_BYTES)
        .read_to_end(&mut bytes)?;
    // Bytes that are not UTF-8 make no token; what becomes of them does not matter.
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Tells what was pasted: white space, quotes, `Authorization:` and `Bearer` around a token are taken off, and so is the rest of
/// what `az` (without `--query`) or a token endpoint answered.
pub(in crate::cli) fn recognise(text: &str) -> Pasted<'_> {
    let bare = find_member(text).unwrap_or_else(|| strip(text));
    if bare.is_empty() {
        return Pasted::Nothing;
    }
    // Every token of this kind has a full stop and no white space; so do host names, but nobody pastes those.
    let is_token = bare.contains('.') && !bare.contains(char::is_whitespace);
    if is_token && find_codes(bare).is_empty() {
        return Pasted::Token(bare);
    }
    match find_codes(text) {
        codes if codes.is_empty() => Pasted::Unknown,
        codes => Pasted::EntraErrors(codes),
    }
}

/// The token in the JSON of an answer. It has no character that JSON escapes.
fn find_member(text: &str) -> Option<&str> {
    let object = text
        .trim_start_matches('\u{feff}')
        .trim_start()
        .strip_prefix('{')?;
    ["\"accessToken\"", "\"access_token\""]
        .iter()
        .find_map(|name| {
            let (_, rest) = object.split_once(name)?;
            let value = rest.trim_start().strip_prefix(':')?.trim_start();
            let (token, _) = value.strip_prefix('"')?.split_once('"')?;
            Some(token)
        })
}

fn strip(text: &str) -> &str {
    let is_around = |character: char| {
        character.is_whitespace()
            || matches!(
                character,
                '"' | '\'' | '`' | ',' | ';' | '\u{feff}' | '\u{200b}'
            )
    };
    let mut bare = text.trim_matches(is_around);
    for prefix in ["authorization:", "bearer"] {
        let rest = bare
            .get(..prefix.len())
            .filter(|start| start.eq_ignore_ascii_case(prefix))
            .map(|_| &bare[prefix.len()..]);
        // `Bearer` is a word of its own, or a token that begins so would lose its head.
        if let Some(rest) = rest
            && (rest.is_empty() || prefix.ends_with(':') || rest.starts_with(is_around))
        {
            bare = rest.trim_matches(is_around);
        }
    }
    bare
}

/// The codes of Entra in a text, each once, in order: digits only.
pub(in crate::cli) fn find_codes(text: &str) -> Vec<&str> {
    let mut codes = Vec::new();
    for (at, mark) in text.match_indices("AADSTS") {
        let rest = &text[at + mark.len()..];
        let length = rest.bytes().take_while(u8::is_ascii_digit).count();
        let code = &rest[..length];
        if (4..=8).contains(&length) && !codes.contains(&code) {
            codes.push(code);
        }
    }
    codes
}

fn eprint(text: &str) {
    use std::io::Write as _;
    // Nobody reads it: then nobody needs it.
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_found_in_what_people_paste_around_it() {
        let table = [
            ("alone", "aa.bb.cc"),
            ("line end", "aa.bb.cc\r\n"),
            ("with its scheme", "Bearer aa.bb.cc"),
            ("with its header", "Authorization: bearer aa.bb.cc"),
            ("quoted", "\"aa.bb.cc\"\n"),
            ("from JSON", "  \"aa.bb.cc\",\n"),
            ("scheme in quotes", "'Bearer aa.bb.cc'"),
            (
                "what az answers",
                "{\n  \"accessToken\": \"aa.bb.cc\",\n  \"tokenType\": \"Bearer\"\n}\n",
            ),
            (
                "what a token endpoint answers",
                r#"{"token_type":"Bearer","scope":"a.b","access_token":"aa.bb.cc","id_token":"dd.ee.ff"}"#,
            ),
        ];
        for (name, text) in table {
            assert_eq!(recognise(text), Pasted::Token("aa.bb.cc"), "{name}");
        }
        assert_eq!(recognise("Bearerx.bb.cc"), Pasted::Token("Bearerx.bb.cc"));
    }

    #[test]
    fn what_is_no_token_is_told_apart() {
        let error = r#"{"error":"invalid_grant","error_description":"AADSTS65001: The user .. AADSTS65001, AADSTS500011"}"#;
        let table = [
            ("nothing", " \n", Pasted::Nothing),
            ("scheme only", "Bearer", Pasted::Nothing),
            ("words", "not a token.", Pasted::Unknown),
            ("no full stop", "abcdef", Pasted::Unknown),
            (
                "JSON without one",
                r#"{"accessToken": ""}"#,
                Pasted::Nothing,
            ),
            ("two tokens", "aa.bb.cc dd.ee.ff", Pasted::Unknown),
            ("a mark without a code", "see AADSTS.", Pasted::Unknown),
            (
                "an error",
                error,
                Pasted::EntraErrors(vec!["65001", "500011"]),
            ),
            (
                "a code alone",
                "AADSTS9010010",
                Pasted::EntraErrors(vec!["9010010"]),
            ),
            (
                "a code with a full stop",
                "AADSTS9010010.",
                Pasted::EntraErrors(vec!["9010010"]),
            ),
        ];
        for (name, text, expected) in table {
            assert_eq!(recognise(text), expected, "{name}");
        }
    }
}
