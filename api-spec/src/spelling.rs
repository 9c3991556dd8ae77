//! How numbers are written where everything is text: in a path, a query, a form and a header, as JSON writes them
//! (RFC 8259 section 6).
//!
//! Invariant: a whole number has one spelling. `007` and `+7` would be other paths to the same thing, and `NaN` no number.

use std::str::FromStr;

/// Reads a whole number: digits without leading zeros, with a minus sign before any but zero. `None` for text that is none,
/// or one that `T` cannot hold.
#[must_use]
pub fn parse_integer<T: FromStr>(text: &str) -> Option<T> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_spelled = is_whole(digits) && text != "-0";
    is_spelled.then(|| text.parse().ok()).flatten()
}

/// Reads a number. `None` for text that is none, or one that `T` rounds to infinity.
#[must_use]
pub fn parse_decimal<T: FromStr + Copy + Into<f64>>(text: &str) -> Option<T> {
    let number: T = is_number(text).then(|| text.parse().ok()).flatten()?;
    number.into().is_finite().then_some(number)
}

/// The whole number that a float is; `None` for any other, and above 2^53, where not every whole number has a float of its own.
#[must_use]
pub fn whole(number: f64) -> Option<i64> {
    const MAX_EXACT: f64 = 9_007_199_254_740_992.0;
    (number.fract() == 0.0 && number.abs() <= MAX_EXACT).then_some(number as i64)
}

fn is_number(text: &str) -> bool {
    let text = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = cut(text, &['e', 'E']);
    let (whole, fraction) = cut(mantissa, &['.']);
    let are_digits_signed = |text: &str| are_digits(text.strip_prefix(['+', '-']).unwrap_or(text));
    is_whole(whole) && fraction.is_none_or(are_digits) && exponent.is_none_or(are_digits_signed)
}

/// Cuts text at the first of some characters.
fn cut<'a>(text: &'a str, at: &[char]) -> (&'a str, Option<&'a str>) {
    match text.split_once(at) {
        Some((before, after)) => (before, Some(after)),
        None => (text, None),
    }
}

fn is_whole(digits: &str) -> bool {
    are_digits(digits) && (digits == "0" || !digits.starts_with('0'))
}

fn are_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_number_has_one_spelling() {
        for (text, expected) in [("0", 0), ("7", 7), ("-7", -7), ("120", 120), ("-128", -128)] {
            assert_eq!(parse_integer::<i8>(text), Some(expected), "{text}");
        }
        for text in [
            "", "-", "-0", "+5", "007", "-07", "00", " 7", "7 ", "7.0", "7e0", "128", "٧", "0x7",
        ] {
            assert_eq!(parse_integer::<i8>(text), None, "{text}");
        }
        assert_eq!(parse_integer::<u8>("-1"), None);
        assert_eq!(parse_integer::<u64>("18446744073709551615"), Some(u64::MAX));
    }

    #[test]
    fn a_number_is_what_json_can_write() {
        let texts = [
            "0", "-0", "7", "1.5", "-0.25", "1e3", "1E+3", "2.5e-3", "", "-", "+1", "01", "1.",
            ".5", "1.e3", "1e", "1e+", "1e3.5", "1,5", "NaN", "nan", "inf", "-inf", "infinity",
            "1e999", "-1e999", "0x1p3", " 1", "1_000",
        ];
        for text in texts {
            // serde_json ignores blanks around a value; here they are part of it.
            let by_json = serde_json::from_str::<f64>(text).ok();
            let by_json = by_json.filter(|_| text.trim() == text);
            assert_eq!(parse_decimal::<f64>(text), by_json, "{text}");
        }
    }

    #[test]
    fn a_number_too_large_for_its_type_is_not_infinity() {
        assert!(parse_decimal::<f64>("1e39").is_some());
        assert_eq!(parse_decimal::<f32>("1e39"), None);
        assert_eq!(parse_decimal::<f32>("1.5"), Some(1.5));
    }
}
