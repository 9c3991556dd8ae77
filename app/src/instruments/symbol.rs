//! The symbol of an instrument: short, upper case, safe in a path.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// Longest symbol, in characters.
const MAX_LENGTH: usize = 12;

/// The symbol of an instrument: 1 to 12 of `A-Z`, `0-9` and the full stop.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Symbol(String);

/// Text that is not a [`Symbol`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a symbol has 1 to 12 of A-Z, 0-9 and the full stop")]
pub struct InvalidSymbol;

impl Symbol {
    /// The symbol as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Symbol {
    type Error = InvalidSymbol;

    fn try_from(text: String) -> Result<Self, InvalidSymbol> {
        let is_allowed =
            |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'.';
        if text.is_empty() || text.len() > MAX_LENGTH || !text.bytes().all(is_allowed) {
            return Err(InvalidSymbol);
        }
        // A client resolves these two in a path before it sends it (RFC 3986 section 5.2.4).
        if text == "." || text == ".." {
            return Err(InvalidSymbol);
        }
        Ok(Self(text))
    }
}

impl FromStr for Symbol {
    type Err = InvalidSymbol;

    fn from_str(text: &str) -> Result<Self, InvalidSymbol> {
        text.to_owned().try_into()
    }
}

impl From<Symbol> for String {
    fn from(symbol: Symbol) -> Self {
        symbol.0
    }
}

impl fmt::Display for Symbol {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl portcullis::PathSegment for Symbol {}

impl PartialSchema for Symbol {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("The symbol of an instrument."))
            .min_length(Some(1))
            .max_length(Some(MAX_LENGTH))
            .pattern(Some("^[A-Z0-9.]{1,12}$"))
            .examples(["ALPN"])
            .into()
    }
}

impl ToSchema for Symbol {
    fn name() -> Cow<'static, str> {
        "Symbol".into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_upper_case_text_is_a_symbol() {
        for text in ["A", "BLT.B", "FLD500", "ABCDEFGHIJKL"] {
            assert_eq!(text.parse::<Symbol>().unwrap().as_str(), text);
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "",
            ".",
            "..",
            "alpn",
            "ABCDEFGHIJKLM",
            "A B",
            "A/B",
            "Ä",
            "A\n",
        ] {
            assert_eq!(text.parse::<Symbol>(), Err(InvalidSymbol), "{text:?}");
        }
    }
}
