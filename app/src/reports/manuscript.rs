//! What an author sends: the parts of a report that are the author's to write.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::faults::Faults;
use crate::instruments::Symbol;

/// Longest title, in characters.
const MAX_TITLE_LENGTH: usize = 200;

/// Longest text, in characters.
const MAX_BODY_LENGTH: usize = 100_000;

/// A report as its author writes it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportInput {
    /// Symbol of the instrument it is about; one that the desk covers.
    #[schema(
        min_length = 1,
        max_length = 12,
        pattern = "^[A-Z0-9.]*[A-Z0-9][A-Z0-9.]*$",
        examples("ALPN")
    )]
    pub symbol: String,
    /// What it says, in one line; 1 to 200 characters.
    #[schema(
        min_length = 1,
        max_length = 200,
        pattern = r"^[^\x00-\x1F\x7F-\x9F]*[^\s\x00-\x1F\x7F-\x9F][^\x00-\x1F\x7F-\x9F]*$",
        examples("Milk prices turn")
    )]
    pub title: String,
    /// The whole text, in Markdown; up to 100 000 characters.
    #[schema(
        max_length = 100_000,
        pattern = r"^[^\x00]*$",
        examples("Feed costs fell for the **third** month.")
    )]
    pub body: String,
}

/// A report whose parts are each valid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Manuscript {
    pub(crate) symbol: Symbol,
    pub(crate) title: String,
    pub(crate) body: String,
}

impl ReportInput {
    /// Parses every part.
    ///
    /// # Errors
    /// All faults of all parts.
    pub(crate) fn parse(self) -> Result<Manuscript, Faults> {
        let mut faults = Faults::default();
        let symbol = faults.keep("/symbol", self.symbol.parse());
        let title = faults.keep("/title", check_title(&self.title));
        let body = faults.keep("/body", check_body(&self.body));
        match (symbol, title, body) {
            (Some(symbol), Some(()), Some(())) => Ok(Manuscript {
                symbol,
                title: self.title,
                body: self.body,
            }),
            _ => Err(faults),
        }
    }
}

fn check_title(title: &str) -> Result<(), String> {
    if title.chars().all(is_blank) || title.chars().count() > MAX_TITLE_LENGTH {
        return Err(format!(
            "a title has 1 to {MAX_TITLE_LENGTH} characters, not all of them blank"
        ));
    }
    if title.chars().any(char::is_control) {
        return Err("a title is one line, without control characters".to_owned());
    }
    Ok(())
}

/// Blank as the pattern in the document has it: ECMA-262 counts U+FEFF, Unicode does not.
fn is_blank(character: char) -> bool {
    character.is_whitespace() || character == '\u{feff}'
}

fn check_body(body: &str) -> Result<(), String> {
    if body.chars().count() > MAX_BODY_LENGTH {
        return Err(format!("a text has at most {MAX_BODY_LENGTH} characters"));
    }
    // PostgreSQL cannot store it, and SQLite would cut the text there in a comparison.
    if body.contains('\0') {
        return Err("a text cannot have the character U+0000".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use portcullis::FieldError;
    use portcullis::api_spec::check_against;
    use serde_json::json;

    use super::*;

    fn input(symbol: &str, title: &str, body: &str) -> ReportInput {
        ReportInput {
            symbol: symbol.to_owned(),
            title: title.to_owned(),
            body: body.to_owned(),
        }
    }

    fn pointers(input: ReportInput) -> Vec<String> {
        let errors = Vec::<FieldError>::from(input.parse().unwrap_err());
        errors.into_iter().map(|error| error.pointer).collect()
    }

    #[test]
    fn bounds_count_characters_not_bytes() {
        let title = "ä".repeat(MAX_TITLE_LENGTH);
        let body = "ß".repeat(MAX_BODY_LENGTH);
        assert!(input("ALPN", &title, &body).parse().is_ok());
        assert!(input("ALPN", "t", "").parse().is_ok());
    }

    #[test]
    fn the_document_allows_what_is_taken_and_nothing_else() {
        for (symbol, title, body, is_taken) in [
            ("ALPN", "Milk", "", true),
            ("..A", " Milk ", "two\nlines\u{81}", true),
            (".", "Milk", "", false),
            ("..", "Milk", "", false),
            ("ALPN", "\u{81}", "", false),
            ("ALPN", "\u{7f}Milk", "", false),
            ("ALPN", " \u{81} ", "", false),
            ("ALPN", " ", "", false),
            ("ALPN", "\u{feff}", "", false),
            ("ALPN", "\u{a0}\u{feff}\u{2003}", "", false),
            ("ALPN", "\u{feff}Milk", "", true),
            ("ALPN", "Milk", "\0", false),
        ] {
            let document = json!({ "symbol": symbol, "title": title, "body": body });
            let faults = check_against::<ReportInput>(&document);
            assert_eq!(faults.is_empty(), is_taken, "{document}: {faults:?}");
            let parsed = input(symbol, title, body).parse();
            assert_eq!(parsed.is_ok(), is_taken, "{document}");
        }
    }

    #[test]
    fn all_faults_come_back_at_once() {
        let body = "b".repeat(MAX_BODY_LENGTH + 1);
        let expected = ["/symbol", "/title", "/body"];
        assert_eq!(pointers(input("alpn", " ", &body)), expected);
        assert_eq!(pointers(input("", "two\nlines", "\0")), expected);
        let title = "t".repeat(MAX_TITLE_LENGTH + 1);
        assert_eq!(pointers(input("ALPN", &title, "")), ["/title"]);
    }
}
