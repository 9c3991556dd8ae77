//! Bytes as lower-case hexadecimal digits.

use std::fmt;

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// Written at once, in bytes: a trace's id, or a part of a hash.
const PART: usize = 16;

/// Writes these bytes, two digits each. std writes numbers only, at several times the price.
pub(crate) struct Hex<'a>(pub(crate) &'a [u8]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_to(formatter)
    }
}

impl Hex<'_> {
    /// The digits by themselves.
    pub(crate) fn text(&self) -> String {
        let mut text = String::with_capacity(2 * self.0.len());
        // A string takes what is written to it.
        let _ = self.write_to(&mut text);
        text
    }

    /// Writes them where text goes.
    ///
    /// # Errors
    /// What the text is written to does not take it.
    pub(crate) fn write_to(&self, text: &mut impl fmt::Write) -> fmt::Result {
        for part in self.0.chunks(PART) {
            let mut pairs = [[0; 2]; PART];
            for (pair, byte) in pairs.iter_mut().zip(part) {
                *pair = [byte >> 4, byte & 0xf].map(|digit| DIGITS[usize::from(digit)]);
            }
            let digits = pairs[..part.len()].as_flattened();
            text.write_str(str::from_utf8(digits).map_err(|_| fmt::Error)?)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_is_written_as_std_writes_it() {
        let bytes: Vec<u8> = (0..=u8::MAX).collect();
        let expected: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(Hex(&bytes).to_string(), expected);
        assert_eq!(Hex(&bytes).text(), expected);
        assert_eq!(Hex(&[0x01, 0xfe, 0x10]).to_string(), "01fe10");
        assert_eq!(Hex(&[]).to_string(), "");
    }
}
