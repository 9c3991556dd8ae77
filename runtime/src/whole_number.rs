//! Whole numbers in JSON. `7.0` is one: JSON Schema (2020-12, core, section 4.2.3) does not tell it from `7`, and
//! serialisers of several languages write it for a number that happens to be whole.

use std::fmt;

use portcullis_api_spec::{Primitive, whole};
use serde::Deserializer;
use serde::de::{Error, Visitor};

/// Reads a whole number, however it is written.
///
/// # Errors
/// It is no number, has a part behind the point, or is none that `P` holds.
pub(crate) fn deserialize<'de, P: Primitive, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<P, D::Error> {
    // What is not self-describing needs to know how to read.
    let number = match P::RANGE {
        Some((0.., _)) => deserializer.deserialize_u64(WholeNumber)?,
        Some(_) | None => deserializer.deserialize_i64(WholeNumber)?,
    };
    P::read(&number.to_string()).ok_or_else(|| Error::custom(format!("{number} is out of range")))
}

struct WholeNumber;

impl Visitor<'_> for WholeNumber {
    type Value = i128;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an integer")
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<i128, E> {
        Ok(number.into())
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<i128, E> {
        Ok(number.into())
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<i128, E> {
        let whole = whole(number).map(i128::from);
        whole.ok_or_else(|| Error::custom(format!("{number} is not an integer")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<P: Primitive>(text: &str) -> Option<P> {
        deserialize(&mut serde_json::Deserializer::from_str(text)).ok()
    }

    #[test]
    fn a_whole_number_is_read_however_it_is_written() {
        for text in ["7", "7.0", "7e0", "0.7e1"] {
            assert_eq!(read::<u8>(text), Some(7), "{text}");
            assert_eq!(read::<i64>(text), Some(7), "{text}");
        }
        assert_eq!(read::<i8>("-7.0"), Some(-7));
        assert_eq!(read(&u64::MAX.to_string()), Some(u64::MAX));
        assert_eq!(read(&i64::MIN.to_string()), Some(i64::MIN));
    }

    #[test]
    fn what_is_none_or_does_not_fit_is_refused() {
        for text in [
            "7.5", "256", "256.0", "-1", "1e300", "\"7\"", "true", "null",
        ] {
            assert_eq!(read::<u8>(text), None, "{text}");
        }
        // Would be read as another number than the one that was written.
        assert_eq!(read::<i64>("9007199254740993.5"), None);
    }
}
