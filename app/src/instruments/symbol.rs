//! The symbol of an instrument: short, upper case, safe in a path.

use portcullis::Scalar;

/// The symbol of an instrument: 1 to 12 of `A-Z`, `0-9` and the full stop, at least one of them no full stop.
// A client resolves `.` and `..` in a path before it sends it (RFC 3986 section 5.2.4), hence the last condition.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Scalar)]
#[scalar(
    min_length = 1,
    max_length = 12,
    pattern = "^[A-Z0-9.]*[A-Z0-9][A-Z0-9.]*$",
    example = "ALPN"
)]
pub struct Symbol(String);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_upper_case_text_is_a_symbol() {
        for text in ["A", "BLT.B", "..A", "FLD500", "ABCDEFGHIJKL"] {
            assert_eq!(text.parse::<Symbol>().unwrap().get(), text);
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "",
            ".",
            "..",
            "...",
            "alpn",
            "ABCDEFGHIJKLM",
            "A B",
            "A/B",
            "Ä",
            "A\n",
        ] {
            assert!(text.parse::<Symbol>().is_err(), "{text:?}");
        }
    }
}
