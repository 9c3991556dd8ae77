//! Text that is put together while the application is compiled.
//!
//! `format!` does not exist in a `const fn`, and a message without the offender's name helps nobody. So faults are
//! written into a fixed buffer.
//!
//! Invariant: the buffer holds whole `str`s only, so that it is always valid UTF-8. What does not fit is left out.

const CAPACITY_BYTES: usize = 1024;

/// A sentence about a fault.
#[derive(Clone, Copy)]
pub struct Message {
    bytes: [u8; CAPACITY_BYTES],
    length: usize,
}

impl Message {
    /// Begins with this text.
    #[must_use]
    pub const fn new(text: &str) -> Self {
        let empty = Self {
            bytes: [0; CAPACITY_BYTES],
            length: 0,
        };
        empty.text(text)
    }

    /// Appends text.
    #[must_use]
    pub const fn text(mut self, text: &str) -> Self {
        let bytes = text.as_bytes();
        if self.length + bytes.len() > CAPACITY_BYTES {
            return self;
        }
        let mut index = 0;
        while index < bytes.len() {
            self.bytes[self.length] = bytes[index];
            self.length += 1;
            index += 1;
        }
        self
    }

    /// Appends text between backticks, the way rustc writes code.
    #[must_use]
    pub const fn code(self, text: &str) -> Self {
        self.text("`").text(text).text("`")
    }

    /// Appends a decimal number.
    #[must_use]
    pub const fn number(self, number: usize) -> Self {
        let message = if number >= 10 {
            self.number(number / 10)
        } else {
            self
        };
        let (_, digits) = "0123456789".split_at(number % 10);
        message.text(digits.split_at(1).0)
    }

    /// What was written.
    #[must_use]
    pub const fn as_str(&self) -> &str {
        let (written, _) = self.bytes.split_at(self.length);
        match core::str::from_utf8(written) {
            Ok(text) => text,
            Err(_) => "the message is not UTF-8",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_code_and_numbers_are_joined() {
        let message = Message::new("status ").number(1203).text(" of ").code("a");
        assert_eq!(message.as_str(), "status 1203 of `a`");
    }

    #[test]
    fn what_does_not_fit_is_left_out_whole() {
        let long = "ä".repeat(CAPACITY_BYTES / 2);
        let message = Message::new(&long).text("more");
        assert_eq!(message.as_str(), long);
    }
}
