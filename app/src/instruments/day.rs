//! Days as clients write them.

use jiff::civil::Date;
use portcullis::Scalar;

/// A day: `2026-01-31` and no other spelling (RFC 3339 section 5.6, `full-date`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Scalar)]
pub struct Day(Date);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_has_one_spelling() {
        assert_eq!(
            "2024-02-29".parse::<Day>().unwrap().to_string(),
            "2024-02-29"
        );
        for text in [
            "",
            "2026-02-30",
            "20260131",
            "20260131T0",
            "2026-1-031",
            "2026-01-31T00:00",
            "-002026-01-31",
            "+26-01-031",
            "2026-W05-6",
            "2026-01-3Z",
            " 2026-1-31",
        ] {
            assert!(text.parse::<Day>().is_err(), "{text:?}");
        }
    }
}
