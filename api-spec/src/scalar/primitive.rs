//! What domain types are made of.

use std::fmt::Display;
use std::str::FromStr;

use serde_json::Value;
use uuid::Uuid;

use super::{JsonType, ScalarKind};
use crate::spelling;

/// A value that a domain type can wrap.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot stand in a `Scalar`",
    note = "a scalar wraps `String`, `bool`, an integer of up to 64 bits, `f64`, `uuid::Uuid`, `jiff::civil::Date` or `jiff::Timestamp`"
)]
pub trait Primitive: Display + FromStr {
    /// Which bounds fit.
    const KIND: ScalarKind;
    /// The JSON type.
    const TYPE: JsonType;
    /// The format in the document.
    const FORMAT: Option<&'static str>;
    /// Least and greatest number that the type holds.
    const RANGE: Option<(i128, i128)> = None;
    /// Most characters of a value, where the type says so.
    const MAX_LENGTH: Option<usize> = None;

    /// Says whether JSON writes the value as text of a form of its own.
    #[must_use]
    fn is_spelled_as_text() -> bool {
        Self::KIND == ScalarKind::Fixed && Self::TYPE == JsonType::String
    }

    /// Reads text, in the one spelling that the format stands for: another spelling of the same value would be another path
    /// to the same thing, and is not what the document says.
    fn read(text: &str) -> Option<Self> {
        text.parse().ok()
    }

    /// The value, for checks.
    fn value(&self) -> PrimitiveValue<'_>;

    /// Writes an example as JSON.
    fn example(text: &str) -> Value {
        Value::String(text.to_owned())
    }
}

/// A primitive, seen by its kind.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum PrimitiveValue<'a> {
    /// Text of any form.
    Text(&'a str),
    /// A whole number.
    Integer(i128),
    /// A number.
    Decimal(f64),
    /// Nothing to bound.
    Fixed,
}

fn number_or_text(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned()))
}

impl Primitive for String {
    const KIND: ScalarKind = ScalarKind::Text;
    const TYPE: JsonType = JsonType::String;
    const FORMAT: Option<&'static str> = None;

    fn value(&self) -> PrimitiveValue<'_> {
        PrimitiveValue::Text(self)
    }
}

impl Primitive for f64 {
    const KIND: ScalarKind = ScalarKind::Decimal;
    const TYPE: JsonType = JsonType::Number;
    const FORMAT: Option<&'static str> = Some("double");

    fn read(text: &str) -> Option<Self> {
        spelling::parse_decimal(text)
    }

    fn value(&self) -> PrimitiveValue<'_> {
        PrimitiveValue::Decimal(*self)
    }

    fn example(text: &str) -> Value {
        number_or_text(text)
    }
}

macro_rules! integers {
    ($($type:ident $format:literal,)*) => { $(
        impl Primitive for $type {
            const KIND: ScalarKind = ScalarKind::Integer;
            const TYPE: JsonType = JsonType::Integer;
            const FORMAT: Option<&'static str> = Some($format);
            const RANGE: Option<(i128, i128)> = Some(($type::MIN as i128, $type::MAX as i128));

            fn read(text: &str) -> Option<Self> {
                spelling::parse_integer(text)
            }

            fn value(&self) -> PrimitiveValue<'_> {
                PrimitiveValue::Integer(i128::from(*self))
            }

            fn example(text: &str) -> Value {
                number_or_text(text)
            }
        }
    )* };
}
integers! {
    i8 "int32", i16 "int32", i32 "int32", i64 "int64",
    u8 "int32", u16 "int32", u32 "int64", u64 "int64",
}

macro_rules! fixed {
    ($($type:ty, $json:ident, $format:expr, $length:expr, $is_spelled:expr;)*) => { $(
        impl Primitive for $type {
            const KIND: ScalarKind = ScalarKind::Fixed;
            const TYPE: JsonType = JsonType::$json;
            const FORMAT: Option<&'static str> = $format;
            const MAX_LENGTH: Option<usize> = $length;

            fn read(text: &str) -> Option<Self> {
                let is_spelled: fn(&str) -> bool = $is_spelled;
                is_spelled(text).then(|| text.parse().ok()).flatten()
            }

            fn value(&self) -> PrimitiveValue<'_> {
                PrimitiveValue::Fixed
            }

            fn example(text: &str) -> Value {
                match Self::TYPE {
                    JsonType::Boolean => number_or_text(text),
                    _ => Value::String(text.to_owned()),
                }
            }
        }
    )* };
}
fixed! {
    bool, Boolean, None, None, |_| true;
    Uuid, String, Some("uuid"), Some(36), |text| text.len() == 36;
    jiff::civil::Date, String, Some("date"), Some(10), is_date_spelled;
    jiff::Timestamp, String, Some("date-time"), Some(40), is_time_spelled;
}

/// RFC 3339 section 5.6, `full-date`: jiff reads more forms than this.
fn is_date_spelled(text: &str) -> bool {
    fits(text, "0000-00-00")
}

/// RFC 3339 section 5.6, `date-time`, with a capital `T`.
fn is_time_spelled(text: &str) -> bool {
    let Some((seconds, rest)) = text.split_at_checked("0000-00-00T00:00:00".len()) else {
        return false;
    };
    let digits = rest.strip_prefix('.').unwrap_or(rest);
    let offset = digits.trim_start_matches(|digit: char| digit.is_ascii_digit());
    let has_fraction = rest.starts_with('.');
    let is_fraction_good = has_fraction == (digits.len() > offset.len());
    let is_offset_good = offset == "Z" || fits(offset, "+00:00") || fits(offset, "-00:00");
    fits(seconds, "0000-00-00T00:00:00") && is_fraction_good && is_offset_good
}

/// Compares text with a picture of it, in which `0` stands for any digit.
fn fits(text: &str, picture: &str) -> bool {
    text.len() == picture.len()
        && text
            .bytes()
            .zip(picture.bytes())
            .all(|(byte, expected)| match expected {
                b'0' => byte.is_ascii_digit(),
                other => byte == other,
            })
}
