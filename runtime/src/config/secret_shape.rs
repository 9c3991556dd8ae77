//! Texts that look like secrets wherever they stand: known forms, passwords in addresses, random keys.
//!
//! PC08 keeps them out of configuration files, and whatever shows a value leaves them out. A false alarm costs a
//! rewording; a secret that goes unseen is printed.

use std::sync::LazyLock;

use regex_lite::Regex;

/// Shortest text that may be a random key.
const RANDOM_LENGTH: usize = 24;
/// Of a random key nearly two in three neighbours differ in kind (upper case, lower case, digit); of words few do.
const RANDOM_CHANGES_PERCENT: usize = 40;
/// Shortest text of hexadecimal digits that may be a key: 128 bits.
const HEX_LENGTH: usize = 32;

/// How placeholders are written, but for asterisks: `<password>`, `${PASSWORD}`, `{{ password }}`.
const BRACKETS: [(&str, &str); 4] = [("<", ">"), ("${", "}"), ("{{", "}}"), ("{", "}")];
/// The group of a pattern that holds what is a secret unless it is a placeholder.
const VALUE: &str = "value";

struct Form {
    what: &'static str,
    pattern: Regex,
}

/// Forms that say by themselves what they are.
static FORMS: LazyLock<Vec<Form>> = LazyLock::new(|| {
    let table = [
        ("a private key", r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
        ("a token", r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\."),
        (
            "a client secret of Entra",
            r"[A-Za-z0-9_~.-]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,34}",
        ),
        (
            "an access key of a known service",
            r"\b(gh[opsu]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|glpat-[A-Za-z0-9_-]{16,}|xox[abprs]-[A-Za-z0-9-]{10,}|AKIA[A-Z0-9]{16}|sk_(live|test)_[A-Za-z0-9]{10,}|AIza[A-Za-z0-9_-]{30,})",
        ),
        (
            "a text with a password or key in it",
            r"(?i)(^|[;?&,\s])(password|passwd|pwd|secret|client_secret|accountkey|sharedaccesskey|sharedaccesssignature|[a-z-]*api[-_]?key|access_token|authorization|sig)\s*=\s*(?P<value><[^<>;&,]*>[^;&,\s]*|\$?\{+[^{};&,]*\}+[^;&,\s]*|[^;&,\s]+)",
        ),
        (
            "an address with a password",
            r"://[^/?#@\s:]*:(?P<value>[^/?#@\s]+)@",
        ),
    ];
    table
        .into_iter()
        .map(|(what, pattern)| Form {
            what,
            pattern: Regex::new(pattern)
                .expect("the patterns are constants, which a test compiles"),
        })
        .collect()
});

/// Says what kind of secret a text looks like; `None` for texts that look harmless.
pub(crate) fn find_secret(text: &str) -> Option<&'static str> {
    FORMS
        .iter()
        .find(|form| form.fits(text))
        .map(|form| form.what)
        .or_else(|| is_random(text).then_some("a random key"))
}

impl Form {
    fn fits(&self, text: &str) -> bool {
        let mut found = self.pattern.captures_iter(text);
        found.any(|found| {
            let value = found.name(VALUE);
            value.is_none_or(|value| !is_placeholder(value.as_str()))
        })
    }
}

/// Says whether a text stands for a value that somebody is to fill in: all of it, since a password may well begin with a
/// bracket or an asterisk.
pub(crate) fn is_placeholder(text: &str) -> bool {
    let is_word = |character: char| character.is_alphanumeric() || " _-./".contains(character);
    let is_name = |name: &str| name.chars().all(is_word) && !is_random(name.trim());
    let inside = BRACKETS
        .iter()
        .find_map(|(open, close)| text.strip_prefix(open)?.strip_suffix(close));
    match inside {
        Some(name) => !name.trim().is_empty() && is_name(name),
        None => !text.is_empty() && text.bytes().all(|byte| byte == b'*'),
    }
}

fn is_random(text: &str) -> bool {
    // Keys are written in base 64 or in hexadecimal digits. A dot is a sign of names, a blank one of sentences.
    let is_base64 = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/=_-~".contains(byte);
    let bytes = text.as_bytes();
    if bytes.len() < RANDOM_LENGTH || !bytes.iter().all(is_base64) || is_guid(text) {
        return false;
    }
    let has = |kind: fn(&u8) -> bool| bytes.iter().any(kind);
    if bytes.iter().all(u8::is_ascii_hexdigit) {
        return bytes.len() >= HEX_LENGTH
            && has(u8::is_ascii_digit)
            && has(u8::is_ascii_alphabetic);
    }
    let has_all =
        has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase) && has(u8::is_ascii_digit);
    let changes = bytes
        .windows(2)
        .filter(|pair| kind(pair[0]) != kind(pair[1]))
        .count();
    has_all && changes * 100 >= bytes.len() * RANDOM_CHANGES_PERCENT
}

fn is_guid(text: &str) -> bool {
    text.len() == uuid::fmt::Hyphenated::LENGTH && uuid::Uuid::parse_str(text).is_ok()
}

fn kind(byte: u8) -> u8 {
    match byte {
        b'a'..=b'z' => 0,
        b'A'..=b'Z' => 1,
        b'0'..=b'9' => 2,
        _ => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::{find_secret, is_placeholder};

    #[test]
    fn what_looks_like_a_secret_is_told_by_its_kind() {
        let cases = [
            ("-----BEGIN RSA PRIVATE KEY-----\nMIIE", "a private key"),
            ("eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", "a token"),
            (
                "Bearer eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln",
                "a token",
            ),
            (
                "abc8Q~d3fGh1jKlMn0pQrStUvWxYz.1234567890ab",
                "a client secret of Entra",
            ),
            (
                "AccountName=desk;AccountKey=q83vEjRWeJ==",
                "a text with a password or key in it",
            ),
            (
                "Server=db;User Id=desk;Password=hunter2",
                "a text with a password or key in it",
            ),
            (
                "https://desk.blob.core.windows.net/x?sv=1&sig=abc",
                "a text with a password or key in it",
            ),
            ("x-api-key=abcdef", "a text with a password or key in it"),
            (
                "postgres://desk:hunter2@db/desk",
                "an address with a password",
            ),
            ("redis://:hunter2@cache:6379", "an address with a password"),
            (
                "postgres://desk:$hunter2@db/desk",
                "an address with a password",
            ),
            (
                "postgres://desk:{hunter2@db/desk",
                "an address with a password",
            ),
            (
                "Server=db;Password=*hunter2;Pooling=true",
                "a text with a password or key in it",
            ),
            ("Password=<hunter2", "a text with a password or key in it"),
            (
                "Password=<from Key Vault>hunter2",
                "a text with a password or key in it",
            ),
            (
                "Password=${PASSWORD};AccountKey=hunter2",
                "a text with a password or key in it",
            ),
            (
                "ghp_0123456789abcdefghijABCDEFGHIJ",
                "an access key of a known service",
            ),
            ("q83vEjRWeJrN7w0xT2kLmZ9pYb4uHsAc", "a random key"),
            ("0123456789abcdef0123456789abcdef", "a random key"),
        ];
        for (text, what) in cases {
            assert_eq!(find_secret(text), Some(what), "{text}");
        }
    }

    #[test]
    fn ordinary_settings_look_harmless() {
        let cases = [
            "",
            "127.0.0.1:8080",
            "sqlite://data/research-desk.db",
            "postgres://desk@db.contoso.com/desk",
            "postgres://desk:${PASSWORD}@db/desk",
            "postgres://***@db/desk",
            "Server=db;Password=<from Key Vault>",
            "host=db password=${PASSWORD} user=desk",
            "Password=***;Pooling=true",
            "https://login.microsoftonline.com/8f2b1c7e-5d0a-4e7b-9c55-1f6a2d3e4b5c/v2.0",
            "api://8f2b1c7e-5d0a-4e7b-9c55-1f6a2d3e4b5c",
            "8f2b1c7e-5d0a-4e7b-9c55-1f6a2d3e4b5c",
            "info,portcullis=debug,tower_http=warn",
            "ResearchDeskAnalyst2024Reader",
            "research_desk_of_the_contoso_group_2026",
            "/var/run/secrets/azure/tokens/azure-identity-token",
            "Desk.Portfolio.ReadWrite.All",
        ];
        for text in cases {
            assert_eq!(find_secret(text), None, "{text}");
        }
    }

    #[test]
    fn a_placeholder_is_the_whole_text_and_closed() {
        let table = [
            ("<password>", true),
            ("<from Key Vault>", true),
            ("${PASSWORD}", true),
            ("{password}", true),
            ("{{ password }}", true),
            ("***", true),
            ("", false),
            ("<>", false),
            ("$hunter2", false),
            ("<hunter2", false),
            ("{hunter2", false),
            ("*hunter2", false),
            ("***hunter2", false),
            ("<a>hunter2<b>", false),
            ("${PASSWORD:-hunter2}", false),
            ("{\"private_key\": \"hunter2\"}", false),
            ("<q83vEjRWeJrN7w0xT2kLmZ9pYb4uHsAc>", false),
        ];
        for (text, expected) in table {
            assert_eq!(is_placeholder(text), expected, "{text}");
        }
    }
}
